/** Partial remainders: FPREM (truncating) and FPREM1 (IEEE, nearest even). */
import { C0, C1, C2, C3 } from './layout.ts';
import {
  A_SE, FLAGS, INFINITY, invalid, kindA, kindB, NA_EXP, NA_HI, NA_LO, nanAB, NB_EXP, NB_HI, NB_LO,
  normalizeA, normalizeB, noteDenormals, QNAN, resultA, resultZero, W, ZERO,
} from './operands.ts';
import { roundPack64 } from './round.ts';

/**
 * R = A rem B. Sets C2 in FLAGS when the reduction is incomplete, else C0, C3, C1 to quotient bits
 * 2, 1, 0. An incomplete step takes the exponent difference down by 32..63 (SDM vol. 2, FPREM),
 * here by 32 + its low five bits, so that the last step is a full one. False when there was no
 * quotient (NaN or invalid operands).
 */
export function remainder(nearest: boolean): boolean {
  const a = kindA();
  const b = kindB();
  if (a >= QNAN || b >= QNAN) {
    nanAB(a, b);
    return false;
  }
  if (a === INFINITY || b === ZERO) {
    invalid();
    return false;
  }
  noteDenormals(a, b);
  if (a === ZERO) {
    resultA();
    return true;
  }
  const sign = (W[A_SE] >> 15) & 1;
  normalizeA();
  if (b === INFINITY) {
    roundPack64(sign, W[NA_EXP], W[NA_HI], W[NA_LO], 0);
    return true;
  }
  normalizeB();
  const difference = W[NA_EXP] - W[NB_EXP];
  if (difference >= 64) {
    W[FLAGS] |= C2;
    const steps = (difference & 31) | 32;
    reduce(steps);
    pack(sign, W[NB_EXP] + difference - steps, W[NA_HI], W[NA_LO]);
    return true;
  }
  if (difference < (nearest ? -1 : 0)) {
    roundPack64(sign, W[NA_EXP], W[NA_HI], W[NA_LO], 0);
    return true;
  }
  const dHi = W[NB_HI];
  const dLo = W[NB_LO];
  if (difference < 0) {
    // FPREM1 with B/4 < |A| < B: quotient 0 or 1; 2B - A needs no 65th bit when A's significand is
    // the larger.
    let rHi = W[NA_HI];
    let rLo = W[NA_LO];
    let flip = 0;
    if (rHi >>> 0 > dHi >>> 0 || (rHi === dHi && rLo >>> 0 > dLo >>> 0)) {
      flip = 1;
      const borrow = (dLo << 1) >>> 0 < rLo >>> 0 ? 1 : 0;
      rHi = (((dHi << 1) | (dLo >>> 31)) - rHi - borrow) | 0;
      rLo = ((dLo << 1) - rLo) | 0;
      W[FLAGS] |= C1;
    }
    pack(sign ^ flip, W[NB_EXP] - 1, rHi, rLo);
    return true;
  }
  let quotient = reduce(difference);
  let rHi = W[NA_HI];
  let rLo = W[NA_LO];
  let flip = 0;
  if (nearest) {
    const twiceHi = (rHi << 1) | (rLo >>> 31);
    const twiceLo = rLo << 1;
    const above = rHi < 0 || twiceHi >>> 0 > dHi >>> 0 || (twiceHi === dHi && twiceLo >>> 0 > dLo >>> 0);
    const tie = rHi >= 0 && twiceHi === dHi && twiceLo === dLo;
    if (above || (tie && (quotient & 1) !== 0)) {
      const borrow = dLo >>> 0 < rLo >>> 0 ? 1 : 0;
      rHi = (dHi - rHi - borrow) | 0;
      rLo = (dLo - rLo) | 0;
      flip = 1;
      quotient++;
    }
  }
  W[FLAGS] |= ((quotient & 4) !== 0 ? C0 : 0) | ((quotient & 2) !== 0 ? C3 : 0) | ((quotient & 1) !== 0 ? C1 : 0);
  pack(sign, W[NB_EXP], rHi, rLo, flip);
  return true;
}

/** NA's significand = NA * 2^steps mod NB's; returns the low bits of the quotient. */
function reduce(steps: number): number {
  let rHi = W[NA_HI];
  let rLo = W[NA_LO];
  const dHi = W[NB_HI];
  const dLo = W[NB_LO];
  let quotient = 0;
  let carry = 0;
  for (;;) {
    quotient <<= 1;
    if (carry !== 0 || rHi >>> 0 > dHi >>> 0 || (rHi === dHi && rLo >>> 0 >= dLo >>> 0)) {
      const borrow = rLo >>> 0 < dLo >>> 0 ? 1 : 0;
      rHi = (rHi - dHi - borrow) | 0;
      rLo = (rLo - dLo) | 0;
      quotient |= 1;
    }
    if (steps-- === 0) break;
    carry = rHi >>> 31;
    rHi = (rHi << 1) | (rLo >>> 31);
    rLo <<= 1;
  }
  W[NA_HI] = rHi;
  W[NA_LO] = rLo;
  return quotient;
}

/** R = an exact remainder; a zero keeps the dividend's sign. */
function pack(sign: number, exp: number, hi: number, lo: number, flip = 0): void {
  if ((hi | lo) === 0) {
    resultZero(sign);
    return;
  }
  if (hi === 0) {
    hi = lo;
    lo = 0;
    exp -= 32;
  }
  const shift = Math.clz32(hi);
  if (shift !== 0) {
    hi = (hi << shift) | (lo >>> (32 - shift));
    lo <<= shift;
    exp -= shift;
  }
  roundPack64(sign ^ flip, exp, hi, lo, 0);
}
