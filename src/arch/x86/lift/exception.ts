/** Exceptions raised by the instruction itself. */
import type { Builder } from '../../../ir/builder.ts';
import { OP } from '../../../ir/ops.ts';
import { ABSENT_AT } from '../decode/absent.ts';
import { slot } from '../decode/form.ts';
import type { Insn } from '../decode/insn.ts';
import { SLOW } from '../slow-ops.ts';

const UD = 6, GP = 13;

/** #UD: opcodes that do not exist, also UD2 (0F 0B), UD1 and UD0. */
export function undefinedOpcode(d: Insn, b: Builder): void {
  b.op(OP.raise, UD, -1, 0);
  d.ended = true;
}

/** #UD of an instruction that this processor lacks: the helper says so and raises it. */
export function absent(d: Insn, b: Builder): void {
  b.op(OP.helper, SLOW.absent, ABSENT_AT[slot(d.opcode, d.mod, d.reg)], 0);
  d.ended = true;
}

/** #GP(0). */
export function generalProtection(d: Insn, b: Builder): void {
  b.op(OP.raise, GP, 0, 0);
  d.ended = true;
}
