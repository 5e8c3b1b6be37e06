/** All emitters, one a row of `ir/ops.ts`: a missing one does not compile. */
import type { OpName } from '../../ir/ops.ts';
import { ALU_EMITTERS } from './alu.ts';
import { CONTROL_EMITTERS } from './control.ts';
import { FLAG_EMITTERS } from './flags.ts';
import { MEMORY_EMITTERS } from './memory.ts';
import { MOVE_EMITTERS } from './moves.ts';
import { MULDIV_EMITTERS } from './muldiv.ts';
import type { Emitter } from './operands.ts';
import { PORT_EMITTERS } from './ports.ts';
import { SHIFT_EMITTERS } from './shift.ts';

export const EMITTERS: Readonly<Record<OpName, Emitter>> = {
  ...CONTROL_EMITTERS, ...MOVE_EMITTERS, ...MEMORY_EMITTERS, ...ALU_EMITTERS, ...SHIFT_EMITTERS, ...MULDIV_EMITTERS,
  ...FLAG_EMITTERS, ...PORT_EMITTERS,
};
