/** MOV, MOVZX, MOVSX, LEA, CMOVcc, SETcc, XLAT, BSWAP and sign extensions of the accumulator. */
import type { Builder } from '../../../ir/builder.ts';
import { OP } from '../../../ir/ops.ts';
import { W16, W32, W8 } from '../decode/insn.ts';
import type { Insn } from '../decode/insn.ts';
import { AL, EAX, EBX, EDX, GPR } from '../state.ts';
import { ADD_SCALED, BYTES, CMOVNZ, LD, MOV, MOV_I, SET, ST, ST_I } from './op-tables.ts';
import { T0, T1, TA, address, effective, reg, regOperand, segmented, source } from './operand.ts';

export function movEG(d: Insn, b: Builder): void {
  const g = regOperand(d);
  if (d.mod === 3) {
    b.op(MOV[d.w], reg(d.w, d.rm), g, 0);
    return;
  }
  address(d, b, BYTES[d.w], true);
  b.op(ST[d.w], g, d.cell, d.off);
}

export function movGE(d: Insn, b: Builder): void {
  const g = regOperand(d);
  if (d.mod === 3) {
    b.op(MOV[d.w], g, reg(d.w, d.rm), 0);
    return;
  }
  address(d, b, BYTES[d.w], false);
  b.op(LD[d.w], g, d.cell, d.off);
}

/** A0, A1: MOV AL/AX/EAX, moffs. */
export function movAccO(d: Insn, b: Builder): void {
  address(d, b, BYTES[d.w], false);
  b.op(LD[d.w], EAX, d.cell, d.off);
}

/** A2, A3. */
export function movOAcc(d: Insn, b: Builder): void {
  address(d, b, BYTES[d.w], true);
  b.op(ST[d.w], EAX, d.cell, d.off);
}

/** B0..BF. */
export function movRI(d: Insn, b: Builder): void {
  b.op(MOV_I[d.w], reg(d.w, d.opcode & 7), d.imm, 0);
}

/** C6, C7 /0. */
export function movEI(d: Insn, b: Builder): void {
  if (d.mod === 3) {
    b.op(MOV_I[d.w], reg(d.w, d.rm), d.imm, 0);
    return;
  }
  address(d, b, BYTES[d.w], true);
  b.op(ST_I[d.w], d.imm, d.cell, d.off);
}

export function lea(d: Insn, b: Builder): void {
  const g = regOperand(d);
  if (d.w === W32 && d.addr32) {
    if (d.index === 0) {
      if (d.base === 0) b.op(OP.movi32, g, d.disp, 0);
      else if (d.disp === 0) b.op(OP.mov32, g, d.base, 0);
      else b.op(OP.add32i, g, d.base, d.disp);
      return;
    }
    if (d.base === 0) b.op(OP.shl32i, g, d.index, d.scale);
    else b.op(ADD_SCALED[d.scale], g, d.base, d.index);
    if (d.disp !== 0) b.op(OP.add32i, g, g, d.disp);
    return;
  }
  effective(d, b);
  if (d.off !== 0) {
    b.op(OP.add32i, TA, d.cell, d.off);
    d.cell = TA;
  }
  b.op(MOV[d.w], g, d.cell, 0);
}

export function movzx8(d: Insn, b: Builder): void {
  const g = regOperand(d);
  if (d.mod === 3) {
    b.op(d.w === W32 ? OP.zx8to32 : OP.zx8to16, g, reg(W8, d.rm), 0);
    return;
  }
  address(d, b, 1, false);
  if (d.w === W32) {
    b.op(OP.ldzx8, g, d.cell, d.off);
    return;
  }
  b.op(OP.ld8, T0, d.cell, d.off);
  b.op(OP.zx8to16, g, T0, 0);
}

export function movsx8(d: Insn, b: Builder): void {
  const g = regOperand(d);
  if (d.mod === 3) {
    b.op(d.w === W32 ? OP.sx8to32 : OP.sx8to16, g, reg(W8, d.rm), 0);
    return;
  }
  address(d, b, 1, false);
  if (d.w === W32) {
    b.op(OP.ldsx8, g, d.cell, d.off);
    return;
  }
  b.op(OP.ld8, T0, d.cell, d.off);
  b.op(OP.sx8to16, g, T0, 0);
}

export function movzx16(d: Insn, b: Builder): void {
  extend16(d, b, OP.zx16to32, OP.ldzx16);
}

export function movsx16(d: Insn, b: Builder): void {
  extend16(d, b, OP.sx16to32, OP.ldsx16);
}

/** With a 16-bit operand size it is a plain move. */
function extend16(d: Insn, b: Builder, fromRegister: number, fromMemory: number): void {
  const g = regOperand(d);
  if (d.mod === 3) {
    b.op(d.w === W32 ? fromRegister : OP.mov16, g, GPR + 4 * d.rm, 0);
    return;
  }
  address(d, b, 2, false);
  b.op(d.w === W32 ? fromMemory : OP.ld16, g, d.cell, d.off);
}

/** A memory source is always read. */
export function cmov(d: Insn, b: Builder): void {
  const e = source(d, b, d.w);
  b.op(SET[d.opcode & 15], T1, 0, 0);
  b.op(CMOVNZ[d.w], regOperand(d), e, T1);
}

export function setcc(d: Insn, b: Builder): void {
  const set = SET[d.opcode & 15];
  if (d.mod === 3) {
    b.op(set, reg(W8, d.rm), 0, 0);
    return;
  }
  address(d, b, 1, true);
  b.op(set, T0, 0, 0);
  b.op(OP.st8, T0, d.cell, d.off);
}

export function xlat(d: Insn, b: Builder): void {
  b.op(OP.zx8to32, TA, AL, 0);
  b.op(d.addr32 ? OP.add32 : OP.add16, TA, EBX, TA);
  d.cell = TA;
  d.off = 0;
  segmented(d, b, 1, false);
  b.op(OP.ld8, AL, d.cell, d.off);
}

/** The 16-bit form is undefined in the manual; processors clear the register. */
export function bswap(d: Insn, b: Builder): void {
  const r = GPR + 4 * (d.opcode & 7);
  if (d.w === W32) b.op(OP.bswap32, r, r, 0);
  else b.op(OP.movi16, r, 0, 0);
}

/** CBW, CWDE. */
export function cbw(d: Insn, b: Builder): void {
  if (d.w === W32) b.op(OP.sx16to32, EAX, EAX, 0);
  else b.op(OP.sx8to16, EAX, AL, 0);
}

/** CWD, CDQ. */
export function cwd(d: Insn, b: Builder): void {
  if (d.w === W32) {
    b.op(OP.sar32i, EDX, EAX, 31);
    return;
  }
  b.op(OP.sx16to32, T0, EAX, 0);
  b.op(OP.sar32i, T0, T0, 31);
  b.op(MOV[W16], EDX, T0, 0);
}
