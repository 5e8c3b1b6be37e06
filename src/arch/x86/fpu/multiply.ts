/** Multiplication of 80-bit operands (FMUL) and the 64 x 64 bit product below it. */
import {
  A_HI, A_LO, A_SE, B_HI, B_LO, B_SE, INFINITY, invalid, kindA, kindB, L0, L1, L2, L3, NA_EXP, NA_HI,
  NA_LO, nanAB, NB_EXP, NB_HI, NB_LO, normalizeA, normalizeB, noteDenormals, QNAN, resultInfinity,
  resultZero, W, ZERO,
} from './operands.ts';
import { roundPack } from './round.ts';

/** Upper 32 bits of the unsigned product of two 32-bit numbers, as int32. */
export function multiplyHigh(a: number, b: number): number {
  const aLo = a & 0xffff;
  const aHi = a >>> 16;
  const bLo = b & 0xffff;
  const bHi = b >>> 16;
  const mid = (Math.imul(aHi, bLo) + (Math.imul(aLo, bLo) >>> 16)) | 0;
  const cross = (Math.imul(aLo, bHi) + (mid & 0xffff)) | 0;
  return (Math.imul(aHi, bHi) + (mid >>> 16) + (cross >>> 16)) | 0;
}

/** W[L3..L0] = aHi.aLo * bHi.bLo, 128 bits. */
export function multiplyWide(aHi: number, aLo: number, bHi: number, bLo: number): void {
  const low = Math.imul(aLo, bLo);
  const x = Math.imul(aHi, bLo);
  const y = Math.imul(aLo, bHi);
  const z = Math.imul(aHi, bHi);
  // Column sums stay below 2^35, exact as numbers.
  const c1 = (multiplyHigh(aLo, bLo) >>> 0) + (x >>> 0) + (y >>> 0);
  const l1 = c1 | 0;
  const c2 =
    (c1 - (l1 >>> 0)) / 4294967296 + (multiplyHigh(aHi, bLo) >>> 0) + (multiplyHigh(aLo, bHi) >>> 0) + (z >>> 0);
  const l2 = c2 | 0;
  W[L0] = low;
  W[L1] = l1;
  W[L2] = l2;
  W[L3] = (multiplyHigh(aHi, bHi) + (c2 - (l2 >>> 0)) / 4294967296) | 0;
}

/** R = A * B. */
export function multiply(): void {
  const aSe = W[A_SE];
  const bSe = W[B_SE];
  const sign = ((aSe ^ bSe) >> 15) & 1;
  let aExp = aSe & 0x7fff;
  let bExp = bSe & 0x7fff;
  let aHi = W[A_HI];
  let aLo = W[A_LO];
  let bHi = W[B_HI];
  let bLo = W[B_LO];
  if (aHi >= 0 || bHi >= 0 || aExp === 0 || bExp === 0 || aExp === 0x7fff || bExp === 0x7fff) {
    if (special(sign)) return;
    normalizeA();
    normalizeB();
    aExp = W[NA_EXP];
    aHi = W[NA_HI];
    aLo = W[NA_LO];
    bExp = W[NB_EXP];
    bHi = W[NB_HI];
    bLo = W[NB_LO];
  }
  multiplyWide(aHi, aLo, bHi, bLo);
  const hi = W[L3];
  const lo = W[L2];
  const ext = W[L1];
  const rest = W[L0];
  const exp = aExp + bExp - 0x3ffe;
  if (hi < 0) roundPack(sign, exp, hi, lo, ext | (rest !== 0 ? 1 : 0));
  else {
    roundPack(sign, exp - 1, (hi << 1) | (lo >>> 31), (lo << 1) | (ext >>> 31),
      (ext << 1) | (rest >>> 31) | (rest !== 0 ? 1 : 0));
  }
}

/** Zeros, infinities and NaNs; true when R holds the answer. */
function special(sign: number): boolean {
  const a = kindA();
  const b = kindB();
  if (a >= QNAN || b >= QNAN) return nanAB(a, b);
  if ((a === INFINITY && b === ZERO) || (a === ZERO && b === INFINITY)) {
    invalid();
    return true;
  }
  noteDenormals(a, b);
  if (a === INFINITY || b === INFINITY) resultInfinity(sign);
  else if (a === ZERO || b === ZERO) resultZero(sign);
  else return false;
  return true;
}
