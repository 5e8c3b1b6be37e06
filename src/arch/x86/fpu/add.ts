/** Addition and subtraction of 80-bit operands (FADD, FSUB, FSUBR). */
import { RC_DOWN, RC_SHIFT } from './layout.ts';
import {
  A_HI, A_LO, A_SE, B_HI, B_LO, B_SE, CW, INFINITY, invalid, kindA, kindB, nanAB, noteDenormals,
  QNAN, resultInfinity, resultZero, W, ZERO,
} from './operands.ts';
import { roundPack } from './round.ts';

/**
 * R = A + B, or A - B when negate is 1 (B's sign is looked at inverted, never for a NaN result).
 */
export function add(negate: number): void {
  const aExp = W[A_SE] & 0x7fff;
  const bExp = W[B_SE] & 0x7fff;
  const aSign = (W[A_SE] >> 15) & 1;
  const bSign = ((W[B_SE] >> 15) & 1) ^ negate;
  const normal = W[A_HI] < 0 && W[B_HI] < 0 && aExp !== 0 && bExp !== 0 && aExp !== 0x7fff && bExp !== 0x7fff;
  if (!normal && special(aSign, bSign)) return;
  // A denormal is an unnormalised number of exponent 1; aligning needs no normalised operands.
  if (aSign === bSign) addMagnitudes(aSign, aExp | (aExp === 0 ? 1 : 0), bExp | (bExp === 0 ? 1 : 0));
  else subtractMagnitudes(aSign, aExp | (aExp === 0 ? 1 : 0), bExp | (bExp === 0 ? 1 : 0));
}

/** Zeros, infinities and NaNs; true when R holds the answer. */
function special(aSign: number, bSign: number): boolean {
  const a = kindA();
  const b = kindB();
  if (a >= QNAN || b >= QNAN) return nanAB(a, b);
  noteDenormals(a, b);
  if (a === INFINITY) {
    if (b === INFINITY && aSign !== bSign) invalid();
    else resultInfinity(aSign);
    return true;
  }
  if (b === INFINITY) {
    resultInfinity(bSign);
    return true;
  }
  if (a === ZERO && b === ZERO) {
    resultZero(aSign === bSign ? aSign : zeroSign());
    return true;
  }
  return false;
}

/** Sign of an exact zero difference: negative only when rounding down. */
function zeroSign(): number {
  return ((W[CW] >> RC_SHIFT) & 3) === RC_DOWN ? 1 : 0;
}

function addMagnitudes(sign: number, aExp: number, bExp: number): void {
  let hi = W[A_HI];
  let lo = W[A_LO];
  let sHi = W[B_HI];
  let sLo = W[B_LO];
  let exp = aExp;
  let shift = aExp - bExp;
  if (shift < 0) {
    shift = bExp - aExp;
    exp = bExp;
    hi = sHi;
    lo = sLo;
    sHi = W[A_HI];
    sLo = W[A_LO];
  }
  let ext = 0;
  let sticky = 0;
  if (shift >= 32) {
    if (shift >= 64) {
      if (shift >= 96) {
        sticky = (sHi | sLo) !== 0 ? 1 : 0;
        ext = 0;
        shift = 0;
      } else {
        sticky = sLo !== 0 ? 1 : 0;
        ext = sHi;
        shift -= 64;
      }
      sLo = 0;
    } else {
      ext = sLo;
      sLo = sHi;
      shift -= 32;
    }
    sHi = 0;
  }
  if (shift !== 0) {
    if (ext << (32 - shift) !== 0) sticky = 1;
    ext = (ext >>> shift) | (sLo << (32 - shift));
    sLo = (sLo >>> shift) | (sHi << (32 - shift));
    sHi >>>= shift;
  }
  ext |= sticky;
  lo = (lo + sLo) | 0;
  const carry = lo >>> 0 < sLo >>> 0 ? 1 : 0;
  const before = hi;
  hi = (hi + sHi + carry) | 0;
  if (carry !== 0 ? hi >>> 0 <= before >>> 0 : hi >>> 0 < before >>> 0) {
    ext = (ext >>> 1) | (lo << 31) | (ext & 1);
    lo = (lo >>> 1) | (hi << 31);
    hi = (hi >>> 1) | 0x80000000;
    exp++;
  }
  finish(sign, exp, hi, lo, ext);
}

function subtractMagnitudes(aSign: number, aExp: number, bExp: number): void {
  let hi = W[A_HI];
  let lo = W[A_LO];
  let sHi = W[B_HI];
  let sLo = W[B_LO];
  let exp = aExp;
  let sign = aSign;
  let shift = aExp - bExp;
  if (shift < 0 || (shift === 0 && (hi >>> 0 < sHi >>> 0 || (hi === sHi && lo >>> 0 < sLo >>> 0)))) {
    shift = bExp - aExp;
    exp = bExp;
    sign ^= 1;
    hi = sHi;
    lo = sLo;
    sHi = W[A_HI];
    sLo = W[A_LO];
  }
  let ext = 0;
  let sticky = 0;
  if (shift >= 32) {
    if (shift >= 64) {
      if (shift >= 96) {
        sticky = (sHi | sLo) !== 0 ? 1 : 0;
        ext = 0;
        shift = 0;
      } else {
        sticky = sLo !== 0 ? 1 : 0;
        ext = sHi;
        shift -= 64;
      }
      sLo = 0;
    } else {
      ext = sLo;
      sLo = sHi;
      shift -= 32;
    }
    sHi = 0;
  }
  if (shift !== 0) {
    if (ext << (32 - shift) !== 0) sticky = 1;
    ext = (ext >>> shift) | (sLo << (32 - shift));
    sLo = (sLo >>> shift) | (sHi << (32 - shift));
    sHi >>>= shift;
  }
  ext |= sticky;
  // hi.lo.0 - sHi.sLo.ext; the sticky bit stays sticky, because the subtrahend was only made
  // larger.
  ext = -ext | 0;
  let borrow = ext !== 0 ? 1 : 0;
  let difference = (lo - sLo - borrow) | 0;
  borrow = borrow !== 0 ? (lo >>> 0 <= sLo >>> 0 ? 1 : 0) : lo >>> 0 < sLo >>> 0 ? 1 : 0;
  lo = difference;
  difference = (hi - sHi - borrow) | 0;
  hi = difference;
  if ((hi | lo | ext) === 0) {
    resultZero(zeroSign());
    return;
  }
  finish(sign, exp, hi, lo, ext);
}

/** Normalises hi.lo.ext (not zero) and rounds it. */
function finish(sign: number, exp: number, hi: number, lo: number, ext: number): void {
  if (hi >= 0) {
    while (hi === 0) {
      hi = lo;
      lo = ext;
      ext = 0;
      exp -= 32;
    }
    const shift = Math.clz32(hi);
    if (shift !== 0) {
      hi = (hi << shift) | (lo >>> (32 - shift));
      lo = (lo << shift) | (ext >>> (32 - shift));
      ext <<= shift;
      exp -= shift;
    }
  }
  roundPack(sign, exp, hi, lo, ext);
}
