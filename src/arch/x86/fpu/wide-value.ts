/** BigInt forms of operands and results, for the transcendental instructions only. */
import { FB } from './fixed-point.ts';
import { B_HI, B_LO, B_SE, NA_EXP, NA_HI, NA_LO, NB_HI, NB_LO, R_HI, R_LO, R_SE, W } from './operands.ts';
import { roundPack64 } from './round.ts';

/** Exponent bias of the 80-bit format. */
export const BIAS = 0x3fff;
const WORD = 0xffffffffn;

/** Significand of the normalised A, below 2^64. */
export function significandA(): bigint {
  return (BigInt(W[NA_HI] >>> 0) << 32n) | BigInt(W[NA_LO] >>> 0);
}

/** Significand of the normalised B. */
export function significandB(): bigint {
  return (BigInt(W[NB_HI] >>> 0) << 32n) | BigInt(W[NB_LO] >>> 0);
}

/** |A| as a fixed-point number; A normalised, its exponent not much below -70. */
export function fixedA(): bigint {
  const shift = W[NA_EXP] - BIAS - 63 + FB;
  return shift >= 0 ? significandA() << BigInt(shift) : significandA() >> BigInt(-shift);
}

/** Number of bits of a positive BigInt. */
export function bitLength(value: bigint): number {
  return value.toString(16).length * 4 - Math.clz32(parseInt(value.toString(16)[0], 16)) + 28;
}

/**
 * R = (-1)^sign * value * 2^scale rounded; inexact says that value is not the whole truth
 * (truncated).
 */
export function pack(sign: number, value: bigint, scale: number, inexact: boolean): void {
  const length = bitLength(value);
  let sticky = inexact ? 1 : 0;
  const excess = length - 96;
  let top = value;
  if (excess > 0) {
    top = value >> BigInt(excess);
    if (top << BigInt(excess) !== value) sticky = 1;
  } else top = value << BigInt(-excess);
  roundPack64(sign, BIAS + scale + length - 1,
    Number(top >> 64n) | 0, Number((top >> 32n) & WORD) | 0, Number(top & WORD) | sticky);
}

/** B = R. */
export function copyResultToB(): void {
  W[B_SE] = W[R_SE];
  W[B_HI] = W[R_HI];
  W[B_LO] = W[R_LO];
}
