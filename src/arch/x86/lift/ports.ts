/** IN and OUT; the import checks the privilege. A 32-bit port access is the widest. */
import type { Builder } from '../../../ir/builder.ts';
import type { Insn } from '../decode/insn.ts';
import { EAX, EDX } from '../state.ts';
import { IN, IN_I, OUT, OUT_I } from './op-tables.ts';

/** E4, E5. */
export function inI(d: Insn, b: Builder): void {
  b.op(IN_I[d.w], EAX, d.imm & 0xff, 0);
}

/** E6, E7. */
export function outI(d: Insn, b: Builder): void {
  b.op(OUT_I[d.w], EAX, d.imm & 0xff, 0);
}

/** EC, ED. */
export function inDx(d: Insn, b: Builder): void {
  b.op(IN[d.w], EAX, EDX, 0);
}

/** EE, EF. */
export function outDx(d: Insn, b: Builder): void {
  b.op(OUT[d.w], EAX, EDX, 0);
}
