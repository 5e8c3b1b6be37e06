/**
 * Length and operand decoding: prefixes, opcode, ModRM, SIB, displacement, immediates (Intel SDM
 * vol. 2, chapter 2 and appendix A). What the opcode means is not looked at here.
 */
import { EBP, EBX, EDI, ESI, GPR } from '../state.ts';
import { DS, SS } from '../state.ts';
import { FORM, IMM } from './form.ts';
import type { Insn } from './insn.ts';
import { FORMS } from './table.ts';

/** Longest instruction; a longer one is #GP (SDM vol. 3A §6.15, exception 13). */
export const MAX_LENGTH = 15;

/** 16-bit addressing: base and index cells by rm (SDM vol. 2A, table 2-1). */
const BASE16 = [EBX, EBX, EBP, EBP, ESI, EDI, EBP, EBX];
const INDEX16 = [ESI, EDI, ESI, EDI, 0, 0, 0, 0];
const SEG16 = [DS, DS, SS, SS, DS, DS, SS, DS];

function word(bytes: Uint8Array, p: number): number {
  return bytes[p] | (bytes[p + 1] << 8);
}

function dword(bytes: Uint8Array, p: number): number {
  return bytes[p] | (bytes[p + 1] << 8) | (bytes[p + 2] << 16) | (bytes[p + 3] << 24);
}

/**
 * Decodes the instruction at `bytes[start]` into `d`, whose mode and `pc` are set. Returns its
 * length in bytes; more than MAX_LENGTH means #GP. Reads up to 26 bytes, whatever they are; the
 * caller checks the length against what may be fetched.
 */
export function decode(d: Insn, bytes: Uint8Array, start: number): number {
  let p = start;
  let opcode = bytes[p++];
  let form = FORMS[opcode];
  let op32 = d.code32;
  let addr32 = op32;
  let override = -1;
  d.lock = false;
  d.rep = 0;
  if ((form & (FORM.PREFIX | FORM.ESCAPE)) !== 0) {
    while ((form & FORM.PREFIX) !== 0) {
      switch (opcode) {
        case 0x26: case 0x2e: case 0x36: case 0x3e: override = (opcode >> 3) & 3; break;
        case 0x64: case 0x65: override = opcode - 0x60; break;
        case 0x66: op32 = !d.code32; break;
        case 0x67: addr32 = !d.code32; break;
        case 0xf0: d.lock = true; break;
        case 0xf2: d.rep = 2; break;
        default: d.rep = 1;
      }
      if (p - start >= MAX_LENGTH) return MAX_LENGTH + 1;
      opcode = bytes[p++];
      form = FORMS[opcode];
    }
    if ((form & FORM.ESCAPE) !== 0) {
      opcode = bytes[p++] | 0x100;
      form = FORMS[opcode];
    }
  }
  d.opcode = opcode;
  d.op32 = op32;
  d.addr32 = addr32;
  d.override = override;
  d.seg = override >= 0 ? override : DS;
  const w = (form & FORM.BYTE) !== 0 ? 0 : op32 ? 2 : 1;
  d.w = w;
  d.mod = 3;
  d.reg = 0;
  if ((form & FORM.MODRM) !== 0) {
    const modrm = bytes[p++];
    d.modrm = modrm;
    const mod = modrm >> 6;
    const rm = modrm & 7;
    d.mod = mod;
    d.reg = (modrm >> 3) & 7;
    d.rm = rm;
    if (mod !== 3) {
      if (addr32) {
        let base = GPR + 4 * rm;
        d.index = 0;
        let disp = 0;
        let number = rm;
        if (rm === 4) {
          const sib = bytes[p++];
          number = sib & 7;
          base = GPR + 4 * number;
          const index = (sib >> 3) & 7;
          if (index !== 4) {
            d.index = GPR + 4 * index;
            d.scale = sib >> 6;
          }
        }
        if (mod === 0) {
          if (number === 5) {
            base = 0;
            number = 0;
            disp = dword(bytes, p);
            p += 4;
          }
        } else if (mod === 1) {
          disp = (bytes[p++] << 24) >> 24;
        } else {
          disp = dword(bytes, p);
          p += 4;
        }
        d.base = base;
        d.disp = disp;
        if (override < 0 && (number === 4 || number === 5)) d.seg = SS;
      } else {
        d.base = BASE16[rm];
        d.index = INDEX16[rm];
        d.scale = 0;
        if (override < 0) d.seg = SEG16[rm];
        if (mod === 0) {
          d.disp = 0;
          if (rm === 6) {
            d.base = 0;
            d.disp = word(bytes, p);
            p += 2;
            if (override < 0) d.seg = DS;
          }
        } else if (mod === 1) {
          d.disp = (bytes[p++] << 24) >> 24;
        } else {
          d.disp = (word(bytes, p) << 16) >> 16;
          p += 2;
        }
      }
    }
  }
  const imm = form >> FORM.IMM_SHIFT;
  if (imm !== 0) p = immediate(d, bytes, p, imm, w);
  return p - start;
}

function immediate(d: Insn, bytes: Uint8Array, at: number, kind: number, w: number): number {
  let p = at;
  let k = kind;
  if (k === IMM.TEST) {
    if (d.reg > 1) return p;
    k = IMM.Z;
  }
  if (k === IMM.B || (k === IMM.Z && w === 0)) {
    d.imm = (bytes[p] << 24) >> 24;
    return p + 1;
  }
  if (k === IMM.Z) {
    if (w === 2) {
      d.imm = dword(bytes, p);
      return p + 4;
    }
    d.imm = (word(bytes, p) << 16) >> 16;
    return p + 2;
  }
  if (k === IMM.W || k === IMM.WB) {
    d.imm = word(bytes, p);
    p += 2;
    if (k === IMM.WB) d.imm2 = bytes[p++];
    return p;
  }
  if (k === IMM.MOFFS) {
    d.mod = 0;
    d.base = 0;
    d.index = 0;
    d.disp = d.addr32 ? dword(bytes, p) : word(bytes, p);
    return p + (d.addr32 ? 4 : 2);
  }
  // far pointer
  d.imm = d.op32 ? dword(bytes, p) : word(bytes, p);
  p += d.op32 ? 4 : 2;
  d.imm2 = word(bytes, p);
  return p + 2;
}
