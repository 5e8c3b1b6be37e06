/** FSCALE, FXTRACT and FRNDINT. */
import { C1, PE, RC_DOWN, RC_NEAREST, RC_SHIFT, RC_UP, ZE } from './layout.ts';
import {
  A_HI, A_LO, A_SE, B_HI, B_LO, B_SE, CW, DENORMAL, FLAGS, INFINITY, invalid, kindA, kindB, NA_EXP, NA_HI,
  NA_LO, nanA, nanAB, normalizeA, noteDenormals, QNAN, R_HI, R_LO, R_SE, resultA, resultInfinity, resultZero,
  setR, W, ZERO,
} from './operands.ts';
import { roundPack64 } from './round.ts';

/** R = A * 2^trunc(B). */
export function scale(): void {
  const a = kindA();
  const b = kindB();
  if (a >= QNAN || b >= QNAN) {
    nanAB(a, b);
    return;
  }
  const sign = (W[A_SE] >> 15) & 1;
  const down = (W[B_SE] & 0x8000) !== 0;
  if (b === INFINITY) {
    if (down ? a === INFINITY : a === ZERO) {
      invalid();
      return;
    }
    noteDenormals(a, b);
    if (down) resultZero(sign);
    else resultInfinity(sign);
    return;
  }
  noteDenormals(a, b);
  if (a === INFINITY || a === ZERO) {
    resultA();
    return;
  }
  // Beyond 2^17 every result is far out of range; keep the count small.
  const bExp = (W[B_SE] & 0x7fff) - 0x3fff;
  let count = bExp < 0 ? 0 : bExp > 16 ? 0x20000 : W[B_HI] >>> (31 - bExp);
  if (down) count = -count;
  normalizeA();
  roundPack64(sign, W[NA_EXP] + count, W[NA_HI], W[NA_LO], 0);
}

/** R = unbiased exponent of A as a number, B = its significand with exponent zero. */
export function extract(): void {
  const kind = kindA();
  const sign = (W[A_SE] >> 15) & 1;
  if (kind >= QNAN) {
    nanA(kind);
    copyRToB();
    return;
  }
  if (kind === INFINITY) {
    resultA();
    copyRToB();
    resultInfinity(0);
    return;
  }
  if (kind === ZERO) {
    W[FLAGS] |= ZE;
    resultA();
    copyRToB();
    resultInfinity(1);
    return;
  }
  noteDenormals(kind, ZERO);
  normalizeA();
  W[B_SE] = (sign << 15) | 0x3fff;
  W[B_HI] = W[NA_HI];
  W[B_LO] = W[NA_LO];
  const exponent = W[NA_EXP] - 0x3fff;
  if (exponent === 0) resultZero(0);
  else {
    const magnitude = Math.abs(exponent);
    const shift = Math.clz32(magnitude);
    setR((exponent < 0 ? 0x8000 : 0) | (0x3fff + 31 - shift), magnitude << shift, 0);
  }
}

/** B = R. */
function copyRToB(): void {
  W[B_SE] = W[R_SE];
  W[B_HI] = W[R_HI];
  W[B_LO] = W[R_LO];
}

/** R = A rounded to an integer under RC. */
export function roundToInteger(): void {
  const kind = kindA();
  if (kind >= QNAN) {
    nanA(kind);
    return;
  }
  if (kind === INFINITY || kind === ZERO) {
    resultA();
    return;
  }
  noteDenormals(kind, ZERO);
  const sign = (W[A_SE] >> 15) & 1;
  const rc = (W[CW] >> RC_SHIFT) & 3;
  const exp = W[A_SE] & 0x7fff;
  const away = rc === (sign !== 0 ? RC_DOWN : RC_UP);
  if (exp >= 0x3fff + 63) {
    resultA();
    return;
  }
  let hi = W[A_HI];
  let lo = W[A_LO];
  if (exp < 0x3fff) {
    // Magnitude below one: 0 or 1.
    const aboveHalf = exp === 0x3ffe && ((hi & 0x7fffffff) | lo) !== 0 && kind !== DENORMAL;
    const up = rc === RC_NEAREST ? aboveHalf : away;
    W[FLAGS] |= up ? PE | C1 : PE;
    if (up) setR((sign << 15) | 0x3fff, 0x80000000 | 0, 0);
    else resultZero(sign);
    return;
  }
  const fraction = 0x3fff + 63 - exp; // 1..63 bits after the point
  let rest: number;
  let odd: number;
  let oneHi: number;
  let oneLo: number;
  if (fraction >= 32) {
    const bits = fraction - 32;
    rest = bits === 0 ? lo : (hi << (32 - bits)) | (lo >>> bits) | (lo << (32 - bits) !== 0 ? 1 : 0);
    oneHi = (1 << bits) | 0;
    oneLo = 0;
    hi = bits === 0 ? hi : hi & -(1 << bits);
    lo = 0;
    odd = hi & oneHi;
  } else {
    rest = lo << (32 - fraction);
    oneHi = 0;
    oneLo = 1 << fraction;
    lo &= -oneLo;
    odd = lo & oneLo;
  }
  if (rest === 0) {
    resultA();
    return;
  }
  let resultExp = exp;
  let flags = PE;
  if (rc === RC_NEAREST ? rest < 0 && (rest !== (0x80000000 | 0) || odd !== 0) : away) {
    flags = PE | C1;
    lo = (lo + oneLo) | 0;
    if (oneHi !== 0 || lo === 0) hi = (hi + (oneHi !== 0 ? oneHi : 1)) | 0;
    if (hi >= 0) {
      hi = 0x80000000 | 0;
      resultExp++;
    }
  }
  W[FLAGS] |= flags;
  setR((sign << 15) | resultExp, hi, lo);
}
