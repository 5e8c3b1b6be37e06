/** Division of 80-bit operands (FDIV, FDIVR) and the digit step below it. */
import { ZE } from './layout.ts';
import {
  A_HI, A_LO, A_SE, B_HI, B_LO, B_SE, compareSignificands, FLAGS, INFINITY, invalid, kindA, kindB, L0,
  L1, NA_EXP, NA_HI, NA_LO, nanAB, NB_EXP, NB_HI, NB_LO, normalizeA, normalizeB, noteDenormals,
  QNAN, resultInfinity, resultZero, W, ZERO,
} from './operands.ts';
import { multiplyHigh } from './multiply.ts';
import { roundPack } from './round.ts';

const TWO32 = 4294967296;

/**
 * One 32-bit quotient digit: floor(rHi.rLo * 2^32 / dHi.dLo) for a remainder below the divisor and
 * a divisor with bit 63 set. Returns the digit as int32; the new remainder goes to W[L1].W[L0].
 */
export function divideDigit(rHi: number, rLo: number, dHi: number, dLo: number): number {
  // The quotient of the rounded doubles is off by less than 2^-19 of a unit plus truncation, so by
  // at most one.
  let digit = Math.floor((((rHi >>> 0) * TWO32 + (rLo >>> 0)) / ((dHi >>> 0) * TWO32 + (dLo >>> 0))) * TWO32);
  if (digit > 4294967295) digit = 4294967295;
  const q = digit | 0;
  // remainder = rHi.rLo.0 - q * dHi.dLo, modulo 2^96
  const p0 = Math.imul(q, dLo);
  const c1 = (multiplyHigh(q, dLo) >>> 0) + (Math.imul(q, dHi) >>> 0);
  const p1 = c1 | 0;
  const p2 = (multiplyHigh(q, dHi) + (c1 >= TWO32 ? 1 : 0)) | 0;
  let low = -p0 | 0;
  const borrow0 = p0 !== 0 ? 1 : 0;
  let mid = (rLo - p1 - borrow0) | 0;
  const borrow1 = borrow0 !== 0 ? (rLo >>> 0 <= p1 >>> 0 ? 1 : 0) : rLo >>> 0 < p1 >>> 0 ? 1 : 0;
  const top = (rHi - p2 - borrow1) | 0;
  let result = q;
  if (top < 0) {
    // digit one too large
    result = (q - 1) | 0;
    low = (low + dLo) | 0;
    mid = (mid + dHi + (low >>> 0 < dLo >>> 0 ? 1 : 0)) | 0;
  } else if (top > 0 || compareSignificands(mid, low, dHi, dLo) >= 0) {
    result = (q + 1) | 0;
    const borrow = low >>> 0 < dLo >>> 0 ? 1 : 0;
    low = (low - dLo) | 0;
    mid = (mid - dHi - borrow) | 0;
  }
  W[L1] = mid;
  W[L0] = low;
  return result;
}

/** R = A / B, or B / A when reverse is set. */
export function divide(reverse: boolean): void {
  const sign = ((W[A_SE] ^ W[B_SE]) >> 15) & 1;
  let nExp = W[A_SE] & 0x7fff;
  let dExp = W[B_SE] & 0x7fff;
  let nHi = W[A_HI];
  let nLo = W[A_LO];
  let dHi = W[B_HI];
  let dLo = W[B_LO];
  if (nHi >= 0 || dHi >= 0 || nExp === 0 || dExp === 0 || nExp === 0x7fff || dExp === 0x7fff) {
    if (special(sign, reverse)) return;
    normalizeA();
    normalizeB();
    nExp = W[NA_EXP];
    nHi = W[NA_HI];
    nLo = W[NA_LO];
    dExp = W[NB_EXP];
    dHi = W[NB_HI];
    dLo = W[NB_LO];
  }
  if (reverse) {
    const exp = nExp;
    const hi = nHi;
    const lo = nLo;
    nExp = dExp;
    nHi = dHi;
    nLo = dLo;
    dExp = exp;
    dHi = hi;
    dLo = lo;
  }
  const exp = nExp - dExp + 0x3fff;
  if (nHi >>> 0 > dHi >>> 0 || (nHi === dHi && nLo >>> 0 >= dLo >>> 0)) {
    // Quotient 1.x: the leading one is known, 64 more bits follow.
    const borrow = nLo >>> 0 < dLo >>> 0 ? 1 : 0;
    const q1 = divideDigit((nHi - dHi - borrow) | 0, (nLo - dLo) | 0, dHi, dLo);
    const q0 = divideDigit(W[L1], W[L0], dHi, dLo);
    const sticky = (W[L1] | W[L0]) !== 0 ? 1 : 0;
    roundPack(sign, exp, (q1 >>> 1) | 0x80000000, (q0 >>> 1) | (q1 << 31), (q0 << 31) | sticky);
    return;
  }
  const q1 = divideDigit(nHi, nLo, dHi, dLo);
  const q0 = divideDigit(W[L1], W[L0], dHi, dLo);
  roundPack(sign, exp - 1, q1, q0, halfAndSticky(W[L1], W[L0], dHi, dLo));
}

/** Guard word for a remainder below the divisor: 0, below half, half, or above half. */
function halfAndSticky(rHi: number, rLo: number, dHi: number, dLo: number): number {
  if ((rHi | rLo) === 0) return 0;
  if (rHi < 0) return 0x80000001 | 0;
  const order = compareSignificands((rHi << 1) | (rLo >>> 31), rLo << 1, dHi, dLo);
  return order < 0 ? 1 : order === 0 ? 0x80000000 | 0 : 0x80000001 | 0;
}

/** Zeros, infinities and NaNs; true when R holds the answer. */
function special(sign: number, reverse: boolean): boolean {
  const a = kindA();
  const b = kindB();
  if (a >= QNAN || b >= QNAN) return nanAB(a, b);
  const dividend = reverse ? b : a;
  const divisor = reverse ? a : b;
  if ((dividend === INFINITY && divisor === INFINITY) || (dividend === ZERO && divisor === ZERO)) {
    invalid();
    return true;
  }
  if (divisor === ZERO && dividend !== INFINITY) {
    W[FLAGS] |= ZE;
    resultInfinity(sign);
    return true;
  }
  noteDenormals(a, b);
  if (dividend === INFINITY) resultInfinity(sign);
  else if (dividend === ZERO || divisor === INFINITY) resultZero(sign);
  else return false;
  return true;
}

