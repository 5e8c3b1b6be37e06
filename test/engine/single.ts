/** For tests: runs a few µops on the Wasm interpreter with chosen cell contents. */
import { MAP, STATE, UOP_BYTES } from '../../src/ir/layout.ts';
import { OP, type OpName } from '../../src/ir/ops.ts';
import type { Side } from './pair.ts';

/** Operation name and up to three operand words. */
export type Uop = readonly [OpName, number?, number?, number?];

/** Cell of register n. */
export function reg(n: number): number {
  return STATE.ISA + 4 * n;
}

/** Cell of temporary n. */
export function temp(n: number): number {
  return STATE.TEMP + 4 * n;
}

/** Writes `uops` and a `stop` to `at` (default: the scratch region) and returns the address. */
export function write(side: Side, uops: readonly Uop[], at: number = MAP.SCRATCH): number {
  const { words } = side.guest;
  let index = at >> 2;
  for (const [name, w1 = 0, w2 = 0, w3 = 0] of [...uops, ['stop'] as const]) {
    words.set([OP[name], w1, w2, w3], index);
    index += UOP_BYTES / 4;
  }
  return at;
}

/** Cell contents as u32. */
export function peek(side: Side, cell: number): number {
  return side.guest.words[cell >> 2] >>> 0;
}

export function poke(side: Side, cell: number, value: number): void {
  side.guest.words[cell >> 2] = value;
}
