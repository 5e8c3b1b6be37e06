/** Instructions about flags alone, and the decimal adjustments. */
import type { Builder } from '../../../ir/builder.ts';
import { OP } from '../../../ir/ops.ts';
import type { Insn } from '../decode/insn.ts';
import { SLOW } from '../slow-ops.ts';
import { AH, AL, DF } from '../state.ts';
import { T0 } from './operand.ts';

/** SF ZF AF PF CF. */
const LOW_FLAGS = 0xd5;

export function lahf(_d: Insn, b: Builder): void {
  b.op(OP.getflags, T0, 0, 0);
  b.op(OP.mov8, AH, T0, 0);
}

export function sahf(_d: Insn, b: Builder): void {
  b.op(OP.zx8to32, T0, AH, 0);
  b.op(OP.setflags, T0, LOW_FLAGS, 0);
}

export function clc(_d: Insn, b: Builder): void {
  b.op(OP.clc, 0, 0, 0);
}

export function stc(_d: Insn, b: Builder): void {
  b.op(OP.stc, 0, 0, 0);
}

export function cmc(_d: Insn, b: Builder): void {
  b.op(OP.cmc, 0, 0, 0);
}

export function cld(_d: Insn, b: Builder): void {
  b.op(OP.movi32, DF, 0, 0);
}

export function std(_d: Insn, b: Builder): void {
  b.op(OP.movi32, DF, 1, 0);
}

/** D6: AL = CF ? FF : 0. */
export function salc(_d: Insn, b: Builder): void {
  b.op(OP.set_b, T0, 0, 0);
  b.op(OP.shl32i, T0, T0, 31);
  b.op(OP.sar32i, T0, T0, 31);
  b.op(OP.mov8, AL, T0, 0);
}

export function daa(_d: Insn, b: Builder): void {
  b.op(OP.helper, SLOW.daa, 0, 0);
}

export function das(_d: Insn, b: Builder): void {
  b.op(OP.helper, SLOW.das, 0, 0);
}

export function aaa(_d: Insn, b: Builder): void {
  b.op(OP.helper, SLOW.aaa, 0, 0);
}

export function aas(_d: Insn, b: Builder): void {
  b.op(OP.helper, SLOW.aas, 0, 0);
}

export function aam(d: Insn, b: Builder): void {
  b.op(OP.helper, SLOW.aam, d.imm & 0xff, 0);
}

export function aad(d: Insn, b: Builder): void {
  b.op(OP.helper, SLOW.aad, d.imm & 0xff, 0);
}
