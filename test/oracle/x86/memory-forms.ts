/** Random memory operands that reach a given address. */
import type { Lcg } from './lcg.ts';

const EBX = 3, ESP = 4, EBP = 5, ESI = 6, EDI = 7;

/** A case in the making. */
export interface Draft {
  readonly r: Lcg;
  readonly mode: number;
  readonly regs: Uint32Array;
  readonly pokes: [number, number][];
  readonly bytes: number[];
}

/** Appends `bytes` bytes of v, little endian. */
export function word(d: Draft, v: number, bytes: number): void {
  for (let i = 0; i < bytes; i++) d.bytes.push((v >>> (8 * i)) & 0xff);
}

/**
 * ModRM, SIB and displacement of a random 32-bit form that reaches `target`. Register `fixed` keeps
 * its value.
 */
export function memory32(d: Draft, reg: number, target: number, fixed: number): void {
  const { r, regs } = d;
  let mod = r.below(3);
  const sib = r.oneIn(2);
  let rm = sib ? 4 : r.below(8);
  if (!sib && rm === 4) rm = 3;
  let baseReg = rm;
  let index = 4;
  let scale = 0;
  if (sib) {
    baseReg = r.below(8);
    index = r.below(8);
    scale = r.below(4);
  }
  const indexed = (): number => (index === 4 ? 0 : (regs[index] << scale) >>> 0);
  const absolute = mod === 0 && baseReg === 5;
  if (!absolute && mod < 2 && (baseReg === ESP || baseReg === index || baseReg === fixed)) mod = 2;
  let disp = 0;
  if (absolute) {
    disp = target - indexed();
  } else if (mod === 2) {
    disp = target - regs[baseReg] - indexed();
  } else {
    disp = mod === 1 ? (r.next() << 24) >> 24 : 0;
    regs[baseReg] = target - disp - indexed();
  }
  d.bytes.push((mod << 6) | (reg << 3) | rm);
  if (sib) d.bytes.push((scale << 6) | (index << 3) | baseReg);
  if (mod === 1) word(d, disp, 1);
  else if (mod === 2 || absolute) word(d, disp, 4);
}

const BASES = [EBX, EBX, EBP, EBP, ESI, EDI, EBP, EBX];
const INDEXES = [ESI, EDI, ESI, EDI, -1, -1, -1, -1];

/** The same for 16-bit addresses; false if it cannot be done. */
export function memory16(d: Draft, reg: number, target: number, fixed: number): boolean {
  const { r, regs } = d;
  const rm = r.below(8);
  const mod = r.below(3);
  const base = BASES[rm];
  const index = INDEXES[rm] < 0 ? 0 : regs[INDEXES[rm]];
  let disp = 0;
  if (mod === 0 && rm === 6) {
    disp = target;
  } else if (mod === 2) {
    disp = target - regs[base] - index;
  } else {
    if (base === fixed) return false;
    disp = mod === 1 ? (r.next() << 24) >> 24 : 0;
    regs[base] = ((target - disp - index) & 0xffff) | (regs[base] & 0xffff0000);
  }
  d.bytes.push((mod << 6) | (reg << 3) | rm);
  if (mod === 1) word(d, disp, 1);
  else if (mod === 2 || (mod === 0 && rm === 6)) word(d, disp, 2);
  return true;
}
