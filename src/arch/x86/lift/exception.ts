/** Exceptions raised by the instruction itself. */
import type { Builder } from '../../../ir/builder.ts';
import { OP } from '../../../ir/ops.ts';
import type { Insn } from '../decode/insn.ts';

const UD = 6, GP = 13;

/** #UD: opcodes that do not exist, also UD2 (0F 0B), UD1 and UD0. */
export function undefinedOpcode(d: Insn, b: Builder): void {
  b.op(OP.raise, UD, -1, 0);
  d.ended = true;
}

/** #GP(0). */
export function generalProtection(d: Insn, b: Builder): void {
  b.op(OP.raise, GP, 0, 0);
  d.ended = true;
}
