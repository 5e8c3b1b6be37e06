/**
 * The working registers of the arithmetic: operands A and B, result R, the flags raised so far and
 * the control word in force. They are shared by all units of this process; nothing is kept in them
 * from one instruction to the next. A typed array, because stores into it never allocate.
 */
import { DE, IE } from './layout.ts';

/** Int32Array of operand slots; read halves with `>>> 0` where the magnitude matters. */
export const W = new Int32Array(64);

/** Operand slots: significand low half, high half, sign and exponent. B is the second source. */
export const A_LO = 0;
export const A_HI = 1;
export const A_SE = 2;
export const B_LO = 4;
export const B_HI = 5;
export const B_SE = 6;
export const R_LO = 8;
export const R_HI = 9;
export const R_SE = 10;
/** Status-word bits raised by the operation (IE..PE, SF, C1, and C0/C2/C3 of compares). */
export const FLAGS = 12;
/** Control word in force: masks, precision, rounding. */
export const CW = 13;
/**
 * DE when the memory operand in B was a denormal single or double (its 80-bit form is normal), else
 * 0.
 */
export const B_DENORMAL = 14;
/** Scratch limbs returned by the wide multiply and divide, most significant first. */
export const L3 = 16;
export const L2 = 17;
export const L1 = 18;
export const L0 = 19;
/**
 * Normalised operands (see {@link normalizeA}): significand halves and the unbiased-range exponent.
 */
export const NA_LO = 20;
export const NA_HI = 21;
export const NA_EXP = 22;
export const NB_LO = 23;
export const NB_HI = 24;
export const NB_EXP = 25;

/** Kinds of an 80-bit encoding. */
export const ZERO = 0;
export const NORMAL = 1;
/** Denormal or pseudo-denormal. */
export const DENORMAL = 2;
export const INFINITY = 3;
export const QNAN = 4;
export const SNAN = 5;
/** Unnormal, pseudo-infinity, pseudo-NaN: refused since the 387 (SDM vol. 1, 8.2.2). */
export const UNSUPPORTED = 6;

/** Kind of the value with these three words. */
export function kindOf(se: number, hi: number, lo: number): number {
  const exp = se & 0x7fff;
  if (exp === 0) return (hi | lo) === 0 ? ZERO : DENORMAL;
  if (hi >= 0) return UNSUPPORTED;
  if (exp !== 0x7fff) return NORMAL;
  if (((hi & 0x7fffffff) | lo) === 0) return INFINITY;
  return (hi & 0x40000000) !== 0 ? QNAN : SNAN;
}

/** Kind of operand A. */
export function kindA(): number {
  return kindOf(W[A_SE], W[A_HI], W[A_LO]);
}

/** Kind of operand B. */
export function kindB(): number {
  return kindOf(W[B_SE], W[B_HI], W[B_LO]);
}

/** R = the three words. */
export function setR(se: number, hi: number, lo: number): void {
  W[R_SE] = se;
  W[R_HI] = hi;
  W[R_LO] = lo;
}

/** R = A. */
export function resultA(): void {
  W[R_SE] = W[A_SE];
  W[R_HI] = W[A_HI];
  W[R_LO] = W[A_LO];
}

/** R = signed zero. */
export function resultZero(sign: number): void {
  setR(sign << 15, 0, 0);
}

/** R = signed infinity. */
export function resultInfinity(sign: number): void {
  setR((sign << 15) | 0x7fff, 0x80000000 | 0, 0);
}

/** R = real indefinite (the default quiet NaN) and IE raised. */
export function invalid(): void {
  W[FLAGS] |= IE;
  setR(0xffff, 0xc0000000 | 0, 0);
}

/**
 * Sorts out a single operand A that is a NaN or unsupported; true when R already holds the answer.
 */
export function nanA(kind: number): boolean {
  if (kind < QNAN) return false;
  if (kind === UNSUPPORTED) invalid();
  else {
    if (kind === SNAN) W[FLAGS] |= IE;
    setR(W[A_SE], W[A_HI] | 0x40000000, W[A_LO]);
  }
  return true;
}

/**
 * Sorts out operands of which at least one is a NaN or unsupported; true when R holds the answer.
 * Rules: SDM vol. 1, table 4-7 (x87 column): a quiet NaN wins over a signalling one, of two alike
 * the larger significand, of two equal ones the positive.
 */
export function nanAB(kindOfA: number, kindOfB: number): boolean {
  if (kindOfA < QNAN && kindOfB < QNAN) return false;
  if (kindOfA === UNSUPPORTED || kindOfB === UNSUPPORTED) {
    invalid();
    return true;
  }
  if (kindOfA === SNAN || kindOfB === SNAN) W[FLAGS] |= IE;
  let takeA: boolean;
  if (kindOfB < QNAN) takeA = true;
  else if (kindOfA < QNAN) takeA = false;
  else if (kindOfA !== kindOfB) takeA = kindOfA === QNAN;
  else {
    const order = compareSignificands(W[A_HI], W[A_LO], W[B_HI], W[B_LO]);
    takeA = order > 0 || (order === 0 && (W[A_SE] & 0x8000) === 0);
  }
  if (takeA) setR(W[A_SE], W[A_HI] | 0x40000000, W[A_LO]);
  else setR(W[B_SE], W[B_HI] | 0x40000000, W[B_LO]);
  return true;
}

/** -1, 0 or 1: unsigned comparison of two 64-bit numbers. */
export function compareSignificands(aHi: number, aLo: number, bHi: number, bLo: number): number {
  if (aHi !== bHi) return aHi >>> 0 < bHi >>> 0 ? -1 : 1;
  if (aLo !== bLo) return aLo >>> 0 < bLo >>> 0 ? -1 : 1;
  return 0;
}

/** NA = A with the leading one in bit 63; denormals get exponents below one. A must not be zero. */
export function normalizeA(): void {
  let hi = W[A_HI];
  let lo = W[A_LO];
  let exp = W[A_SE] & 0x7fff;
  if (exp === 0) exp = 1;
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
  W[NA_HI] = hi;
  W[NA_LO] = lo;
  W[NA_EXP] = exp;
}

/** NB = B normalised likewise. */
export function normalizeB(): void {
  let hi = W[B_HI];
  let lo = W[B_LO];
  let exp = W[B_SE] & 0x7fff;
  if (exp === 0) exp = 1;
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
  W[NB_HI] = hi;
  W[NB_LO] = lo;
  W[NB_EXP] = exp;
}

/** Raises DE if either kind is a denormal. */
export function noteDenormals(kindOfA: number, kindOfB: number): void {
  if (kindOfA === DENORMAL || kindOfB === DENORMAL) W[FLAGS] |= DE;
}
