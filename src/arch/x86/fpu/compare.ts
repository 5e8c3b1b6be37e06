/** Comparison and examination: FCOM, FUCOM, FTST, FXAM. */
import { C0, C1, C2, C3, IE } from './layout.ts';
import {
  A_HI, A_LO, A_SE, B_HI, B_LO, B_SE, DENORMAL, FLAGS, INFINITY, kindA, kindB, kindOf, noteDenormals,
  QNAN, SNAN, UNSUPPORTED, W, ZERO,
} from './operands.ts';

/**
 * Raises exceptions for A ? B and returns C3, C2, C0 as in the status word (all three: unordered).
 */
export function compare(quietAllowed: boolean): number {
  const a = kindA();
  const b = kindB();
  if (a >= QNAN || b >= QNAN) {
    if (!quietAllowed || a === SNAN || b === SNAN || a === UNSUPPORTED || b === UNSUPPORTED) W[FLAGS] |= IE;
    return C3 | C2 | C0;
  }
  noteDenormals(a, b);
  if (a === ZERO && b === ZERO) return C3;
  const aNegative = (W[A_SE] & 0x8000) !== 0;
  const bNegative = (W[B_SE] & 0x8000) !== 0;
  if (a === ZERO) return bNegative ? 0 : C0;
  if (b === ZERO) return aNegative ? C0 : 0;
  if (aNegative !== bNegative) return aNegative ? C0 : 0;
  const order = compareMagnitudes();
  if (order === 0) return C3;
  return order < 0 !== aNegative ? C0 : 0;
}

/** -1, 0, 1 for |A| ? |B|, neither zero, a NaN or unsupported. */
export function compareMagnitudes(): number {
  // A pseudo-denormal has the value of exponent 1.
  const aExp = W[A_SE] & 0x7fff || 1;
  const bExp = W[B_SE] & 0x7fff || 1;
  if (aExp !== bExp) return aExp < bExp ? -1 : 1;
  const aHi = W[A_HI] >>> 0;
  const bHi = W[B_HI] >>> 0;
  if (aHi !== bHi) return aHi < bHi ? -1 : 1;
  const aLo = W[A_LO] >>> 0;
  const bLo = W[B_LO] >>> 0;
  return aLo < bLo ? -1 : aLo > bLo ? 1 : 0;
}

/** FXAM: C3, C2, C1 (sign), C0 for a register that may be empty. */
export function examine(se: number, hi: number, lo: number, empty: boolean): number {
  const sign = (se & 0x8000) !== 0 ? C1 : 0;
  if (empty) return sign | C3 | C0;
  switch (kindOf(se, hi, lo)) {
    case UNSUPPORTED: return sign;
    case QNAN: case SNAN: return sign | C0;
    case INFINITY: return sign | C2 | C0;
    case ZERO: return sign | C3;
    case DENORMAL: return sign | C3 | C2;
    default: return sign | C2;
  }
}
