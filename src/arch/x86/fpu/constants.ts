/**
 * The built-in constants of FLD1 .. FLDZ, held with more bits than the format and rounded by RC.
 */
import { RC_MASK, RC_NEAREST, RC_SHIFT, RC_UP } from './layout.ts';
import { CW, setR, W } from './operands.ts';

/**
 * Sign and exponent, truncated significand halves, and whether to add a unit when rounding to
 * nearest; by ModRM - 0xE8.
 */
const EXPONENT = Int32Array.of(0x3fff, 0x4000, 0x3fff, 0x4000, 0x3ffd, 0x3ffe, 0);
const HIGH = Int32Array.of(0x80000000, 0xd49a784b, 0xb8aa3b29, 0xc90fdaa2, 0x9a209a84, 0xb17217f7, 0);
const LOW = Int32Array.of(0, 0xcd1b8afe, 0x5c17f0bb, 0x2168c234, 0xfbcff798, 0xd1cf79ab, 0);
const NEAREST_UP = Int32Array.of(0, 0, 1, 1, 1, 1, 0);
const INEXACT = Int32Array.of(0, 1, 1, 1, 1, 1, 0);

/** Constant number 0..6 as rounding to nearest makes it. */
export function constantWord(index: number): { readonly exponent: number; readonly significand: bigint } {
  const upper = BigInt(HIGH[index] >>> 0) << 32n;
  return { exponent: EXPONENT[index], significand: upper | BigInt((LOW[index] + NEAREST_UP[index]) >>> 0) };
}

/**
 * R = constant number 0..6: 1, log2 10, log2 e, pi, log10 2, ln 2, 0. Raises nothing (SDM vol. 2,
 * FLD1).
 */
export function loadConstant(index: number): void {
  const rc = (W[CW] & RC_MASK) >> RC_SHIFT;
  const up = rc === RC_NEAREST ? NEAREST_UP[index] : rc === RC_UP ? INEXACT[index] : 0;
  setR(EXPONENT[index], HIGH[index], LOW[index] + up);
}
