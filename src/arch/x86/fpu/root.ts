/** Square root of an 80-bit operand (FSQRT). */
import {
  A_SE, INFINITY, invalid, kindA, L0, L1, L2, NA_EXP, NA_HI, NA_LO, nanA, normalizeA,
  noteDenormals, QNAN, resultA, W, ZERO,
} from './operands.ts';
import { multiplyWide } from './multiply.ts';
import { roundPack } from './round.ts';

const TWO32 = 4294967296;

/** R = square root of A. */
export function squareRoot(): void {
  const kind = kindA();
  const negative = (W[A_SE] & 0x8000) !== 0;
  if (kind >= QNAN) {
    nanA(kind);
    return;
  }
  if (kind === ZERO || (kind === INFINITY && !negative)) {
    resultA();
    return;
  }
  if (negative) {
    invalid();
    return;
  }
  noteDenormals(kind, ZERO);
  normalizeA();
  const mHi = W[NA_HI];
  const mLo = W[NA_LO];
  const exponent = W[NA_EXP] - 0x3fff;
  const odd = (exponent & 1) !== 0;
  // Radicand of 127 or 128 bits, limbs n3 n2 n1 and a zero limb, so that the root has exactly 64
  // bits.
  const n3 = odd ? mHi : mHi >>> 1;
  const n2 = odd ? mLo : (mLo >>> 1) | (mHi << 31);
  const n1 = odd ? 0 : mLo << 31;
  // First 32 bits: the double root of the top 64 bits is off by at most one.
  const top = (n3 >>> 0) * TWO32 + (n2 >>> 0);
  let high = Math.floor(Math.sqrt(top));
  if (high > 4294967295) high = 4294967295;
  multiplyWide(0, high | 0, 0, high | 0);
  let rest = ((n3 >>> 0) - (W[L1] >>> 0)) * TWO32 + ((n2 >>> 0) - (W[L0] >>> 0));
  if (rest < 0) {
    high -= 1;
    rest += 2 * high + 1;
  } else if (rest > 2 * high) {
    rest -= 2 * high + 1;
    high += 1;
  }
  // Next 32 bits by division; at most two too large, put right by the exact remainder.
  let low = Math.floor((rest * TWO32 + (n1 >>> 0)) / (2 * high));
  if (low > 4294967295) low = 4294967295;
  let rHi = high | 0;
  let rLo = low | 0;
  multiplyWide(rHi, rLo, rHi, rLo);
  // remainder = radicand - root^2, kept as three limbs (it is small against 2^96)
  let borrow = W[L0] !== 0 ? 1 : 0;
  let d0 = -W[L0] | 0;
  let t = (n1 >>> 0) - (W[L1] >>> 0) - borrow;
  let d1 = t | 0;
  borrow = t < 0 ? 1 : 0;
  t = (n2 >>> 0) - (W[L2] >>> 0) - borrow;
  let d2 = t | 0;
  while (d2 < 0) {
    const oldLo = rLo;
    rLo = (rLo - 1) | 0;
    if (oldLo === 0) rHi = (rHi - 1) | 0;
    // d += 2 * root + 1
    const a0 = (rLo << 1) | 1;
    t = (d0 >>> 0) + (a0 >>> 0);
    d0 = t | 0;
    t = (d1 >>> 0) + (((rHi << 1) | (rLo >>> 31)) >>> 0) + (t >= TWO32 ? 1 : 0);
    d1 = t | 0;
    d2 = (d2 + (rHi >>> 31) + (t >= TWO32 ? 1 : 0)) | 0;
  }
  while (aboveTwice(d2, d1, d0, rHi, rLo)) {
    // d -= 2 * root + 1
    const a0 = (rLo << 1) | 1;
    t = (d0 >>> 0) - (a0 >>> 0);
    d0 = t | 0;
    t = (d1 >>> 0) - (((rHi << 1) | (rLo >>> 31)) >>> 0) - (t < 0 ? 1 : 0);
    d1 = t | 0;
    d2 = (d2 - (rHi >>> 31) - (t < 0 ? 1 : 0)) | 0;
    rLo = (rLo + 1) | 0;
    if (rLo === 0) rHi = (rHi + 1) | 0;
  }
  // A tie cannot happen: (root + 1/2)^2 is no integer. Above half means remainder > root.
  let ext = 0;
  if ((d2 | d1 | d0) !== 0) {
    const above = d2 !== 0 || (d1 !== rHi ? d1 >>> 0 > rHi >>> 0 : d0 >>> 0 > rLo >>> 0);
    ext = above ? 0x80000001 | 0 : 1;
  }
  roundPack(0, 0x3fff + (odd ? (exponent - 1) / 2 : exponent / 2), rHi, rLo, ext);
}

/** True when the three-limb remainder exceeds twice the root. */
function aboveTwice(d2: number, d1: number, d0: number, rHi: number, rLo: number): boolean {
  const t2 = rHi >>> 31;
  if (d2 !== t2) return d2 > t2;
  const t1 = (rHi << 1) | (rLo >>> 31);
  if (d1 !== t1) return d1 >>> 0 > t1 >>> 0;
  return d0 >>> 0 > (rLo << 1) >>> 0;
}
