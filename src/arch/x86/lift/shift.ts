/** Shifts and rotates, SHLD and SHRD. */
import type { Builder } from '../../../ir/builder.ts';
import { OP } from '../../../ir/ops.ts';
import type { Insn } from '../decode/insn.ts';
import { CL } from '../state.ts';
import { BYTES, LDW, SHIFT, SHIFT_I, SHLD, SHRD, ST } from './op-tables.ts';
import { T0, T1, address, reg, regOperand } from './operand.ts';

/**
 * A count of 0 changes neither register nor flags, but a memory operand is still read and written.
 */
function shift(d: Insn, b: Builder, op: number, count: number): void {
  if (d.mod === 3) {
    const e = reg(d.w, d.rm);
    b.op(op, e, e, count);
    return;
  }
  address(d, b, BYTES[d.w], true);
  b.op(LDW[d.w], T0, d.cell, d.off);
  b.op(op, T0, T0, count);
  b.op(ST[d.w], T0, d.cell, d.off);
}

/** Group 2: C0, C1. */
export function shiftI(d: Insn, b: Builder): void {
  shift(d, b, SHIFT_I[d.reg * 3 + d.w], d.imm & 31);
}

/** Group 2: D0, D1. */
export function shift1(d: Insn, b: Builder): void {
  shift(d, b, SHIFT_I[d.reg * 3 + d.w], 1);
}

/** Group 2: D2, D3. */
export function shiftCl(d: Insn, b: Builder): void {
  shift(d, b, SHIFT[d.reg * 3 + d.w], CL);
}

function double(d: Insn, b: Builder, op: number, count: number): void {
  const g = regOperand(d);
  if (d.mod === 3) {
    b.op(op, reg(d.w, d.rm), g, count);
    return;
  }
  address(d, b, BYTES[d.w], true);
  b.op(LDW[d.w], T0, d.cell, d.off);
  b.op(op, T0, g, count);
  b.op(ST[d.w], T0, d.cell, d.off);
}

function immediateCount(d: Insn, b: Builder): number {
  b.op(OP.movi32, T1, d.imm & 31, 0);
  return T1;
}

export function shldI(d: Insn, b: Builder): void {
  double(d, b, SHLD[d.w], immediateCount(d, b));
}

export function shldCl(d: Insn, b: Builder): void {
  double(d, b, SHLD[d.w], CL);
}

export function shrdI(d: Insn, b: Builder): void {
  double(d, b, SHRD[d.w], immediateCount(d, b));
}

export function shrdCl(d: Insn, b: Builder): void {
  double(d, b, SHRD[d.w], CL);
}
