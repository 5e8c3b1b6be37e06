/** MUL, IMUL, DIV, IDIV. */
import type { Builder } from '../../../ir/builder.ts';
import type { Insn } from '../decode/insn.ts';
import { DIV, IDIV, IMUL1, IMUL2, IMUL2_I, MUL } from './op-tables.ts';
import { regOperand, source } from './operand.ts';

export function mulE(d: Insn, b: Builder): void {
  b.op(MUL[d.w], source(d, b, d.w), 0, 0);
}

export function imulE(d: Insn, b: Builder): void {
  b.op(IMUL1[d.w], source(d, b, d.w), 0, 0);
}

export function divE(d: Insn, b: Builder): void {
  b.op(DIV[d.w], source(d, b, d.w), 0, 0);
}

export function idivE(d: Insn, b: Builder): void {
  b.op(IDIV[d.w], source(d, b, d.w), 0, 0);
}

export function imulGE(d: Insn, b: Builder): void {
  const g = regOperand(d);
  b.op(IMUL2[d.w], g, g, source(d, b, d.w));
}

/** 69, 6B. */
export function imulGEI(d: Insn, b: Builder): void {
  b.op(IMUL2_I[d.w], regOperand(d), source(d, b, d.w), d.imm);
}
