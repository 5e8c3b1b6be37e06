/**
 * The toy's instructions: words of 32 bits, most significant byte first, opcode | d | a | 16 bits.
 * Here is how one is written, and how it becomes µops.
 */
import type { Builder } from '../../src/ir/builder.ts';
import { OP } from '../../src/ir/ops.ts';
import { ENABLED, EPC, FAULT, WAITING, register } from './state.ts';

const OPCODE = {
  wait: 0, li: 1, lui: 2, add: 3, sub: 4, addi: 5, lw: 6, sw: 7, lh: 8, sh: 9, bnz: 10, call: 11, jr: 12, rfi: 13,
  ei: 14, trap: 15,
} as const;

function word(opcode: number, d: number, a: number, low: number): number {
  return ((opcode << 24) | (d << 20) | (a << 16) | (low & 0xffff)) >>> 0;
}

/** Each instruction as a word; branches count instructions from the branch on. */
export const I = {
  wait: () => word(OPCODE.wait, 0, 0, 0),
  li: (d: number, value: number) => word(OPCODE.li, d, 0, value),
  lui: (d: number, value: number) => word(OPCODE.lui, d, 0, value),
  add: (d: number, a: number, b: number) => word(OPCODE.add, d, a, b),
  sub: (d: number, a: number, b: number) => word(OPCODE.sub, d, a, b),
  addi: (d: number, a: number, value: number) => word(OPCODE.addi, d, a, value),
  lw: (d: number, a: number, offset = 0) => word(OPCODE.lw, d, a, offset),
  sw: (d: number, a: number, offset = 0) => word(OPCODE.sw, d, a, offset),
  lh: (d: number, a: number, offset = 0) => word(OPCODE.lh, d, a, offset),
  sh: (d: number, a: number, offset = 0) => word(OPCODE.sh, d, a, offset),
  bnz: (a: number, by: number) => word(OPCODE.bnz, a, 0, by),
  call: (d: number, by: number) => word(OPCODE.call, d, 0, by),
  jr: (a: number) => word(OPCODE.jr, a, 0, 0),
  rfi: () => word(OPCODE.rfi, 0, 0, 0),
  ei: () => word(OPCODE.ei, 0, 0, 0),
  trap: () => word(OPCODE.trap, 0, 0, 0),
} as const;

/** Emits the instruction `w` at `pc`; true if it ends its block. */
export function lift(b: Builder, w: number, pc: number): boolean {
  const d = register((w >>> 20) & 15), a = register((w >>> 16) & 15), c = register(w & 15);
  const low = (w << 16) >> 16, next = (pc + 4) | 0, target = (pc + 4 * low) | 0;
  switch (w >>> 24) {
    case OPCODE.li: b.op(OP.movi32, d, low); return false;
    case OPCODE.lui: b.op(OP.movi32, d, w << 16); return false;
    case OPCODE.add: b.op(OP.add32, d, a, c); return false;
    case OPCODE.sub: b.op(OP.sub32, d, a, c); return false;
    case OPCODE.addi: b.op(OP.add32i, d, a, low); return false;
    case OPCODE.lw: b.op(OP.ld32be, d, a, low); return false;
    case OPCODE.sw: b.op(OP.st32be, d, a, low); return false;
    case OPCODE.lh: b.op(OP.ldsx16be, d, a, low); return false;
    case OPCODE.sh: b.op(OP.st16be, d, a, low); return false;
    case OPCODE.bnz:
      b.op(OP.jnz, target, 0, d);
      b.op(OP.goto, next);
      return true;
    case OPCODE.call:
      b.op(OP.movi32, d, next);
      b.call(next);
      b.op(OP.goto, target);
      return true;
    case OPCODE.jr: b.op(OP.gotor, d); return true;
    case OPCODE.rfi:
      b.op(OP.movi32, ENABLED, 1);
      b.op(OP.syncr, EPC);
      return true;
    case OPCODE.ei:
      b.op(OP.movi32, ENABLED, 1);
      b.op(OP.sync, next);
      return true;
    case OPCODE.wait:
      b.op(OP.movi32, WAITING, 1);
      b.op(OP.sync, next);
      return true;
    case OPCODE.trap: b.op(OP.raise, FAULT.TRAP, -1); return true;
    default: b.op(OP.raise, FAULT.ILLEGAL, -1); return true;
  }
}
