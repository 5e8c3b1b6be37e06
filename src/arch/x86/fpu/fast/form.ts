/** What the functions of the fast path have in common. */
import type { Code } from '../../../../jit/wasm-code.ts';
import { C0, C2, C3, CONTROL, PE } from '../layout.ts';
import { WindowCode } from './window.ts';

/**
 * One function and the instructions that it executes, as (opcode & 7) << 8 | ModRM; of memory
 * forms, with mod and rm 0.
 */
export interface Form {
  readonly codes: readonly number[];
  /** `at`: byte address of the core's window (`ir/layout.ts`). */
  readonly emit: (at: number) => Code;
}

/** What a comparison replaces. */
export const CONDITIONS: number = C0 | C2 | C3;
/** ModRM.reg of the operations: + × - reversed - ÷ reversed ÷. */
export const OPERATIONS: readonly number[] = [0, 1, 4, 5, 6, 7];

/** ModRM of a register form with ST(i) for each i. */
export function stack(opcode: number, field: number): number[] {
  return Array.from({ length: 8 }, (_, i) => register(opcode, field, i));
}

export function register(opcode: number, field: number, i: number): number {
  return (opcode << 8) | 0xc0 | (field << 3) | i;
}

export function memory(opcode: number, field: number): number {
  return (opcode << 8) | (field << 3);
}

/** ST0 and ST(i) in a and b. */
export function pair(at: number, control: 'any' | 'arithmetic', refusal = 0): WindowCode {
  const w = new WindowCode(at, refusal);
  w.open(control);
  w.locateOther();
  w.needFull(w.top, w.other);
  w.load(w.top, w.a);
  w.load(w.other, w.b);
  return w;
}

export function single(w: WindowCode): void {
  w.needFull(w.top);
  w.load(w.top, w.a);
}

/** An unmasked PE keeps nothing back, but it sets ES. */
export function needPeMasked(w: WindowCode): void {
  w.word(CONTROL).const(PE).and().eqz();
  w.refuseIf();
}

export function settleComparison(w: WindowCode, pops: number): void {
  if (pops > 0) w.settleAndPop(true, pops, CONDITIONS);
  else w.settle(true, CONDITIONS);
}
