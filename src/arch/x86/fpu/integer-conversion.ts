/** Conversions between 80-bit values, two's complement integers and packed decimals. */
import { C1, IE, PE, RC_DOWN, RC_NEAREST, RC_SHIFT, RC_UP } from './layout.ts';
import {
  A_HI, A_LO, A_SE, B_DENORMAL, B_HI, B_LO, B_SE, CW, DENORMAL, FLAGS, INFINITY, kindA, L0, L1, W, ZERO,
} from './operands.ts';
import { multiplyWide } from './multiply.ts';
import { EXT, HI, LO, OUT, shiftRight } from './round.ts';

const TOP_BIT = 0x80000000 | 0;

/** B = a signed 32-bit integer (16-bit ones sign-extended by the caller). */
export function int32ToB(value: number): void {
  const sign = value < 0 ? 0x8000 : 0;
  const magnitude = value < 0 ? -value | 0 : value;
  W[B_DENORMAL] = 0;
  W[B_LO] = 0;
  if (magnitude === 0) {
    W[B_SE] = 0;
    W[B_HI] = 0;
    return;
  }
  const shift = Math.clz32(magnitude);
  W[B_SE] = sign | (0x3fff + 31 - shift);
  W[B_HI] = magnitude << shift;
}

/** B = a signed 64-bit integer. */
export function int64ToB(hi: number, lo: number): void {
  let sign = 0;
  if (hi < 0) {
    sign = 0x8000;
    lo = -lo | 0;
    hi = lo === 0 ? -hi | 0 : ~hi;
  }
  magnitudeToB(sign, hi, lo);
}

/** B = an unsigned 64-bit magnitude with a sign; zero keeps the sign. */
function magnitudeToB(sign: number, hi: number, lo: number): void {
  W[B_DENORMAL] = 0;
  let exp = 0x3fff + 63;
  if (hi === 0) {
    hi = lo;
    lo = 0;
    exp -= 32;
  }
  if (hi === 0) exp = 0;
  else {
    const shift = Math.clz32(hi);
    if (shift !== 0) {
      hi = (hi << shift) | (lo >>> (32 - shift));
      lo <<= shift;
      exp -= shift;
    }
  }
  W[B_SE] = sign | exp;
  W[B_HI] = hi;
  W[B_LO] = lo;
}

/**
 * L1.L0 = |A| rounded to an integer under RC. Returns PE | C1 as they apply, or -1 when A is no
 * number below 2^64. Raises nothing.
 */
function integerMagnitude(): number {
  const kind = kindA();
  W[L1] = 0;
  W[L0] = 0;
  if (kind === ZERO) return 0;
  if (kind >= INFINITY) return -1;
  const sign = (W[A_SE] >> 15) & 1;
  const rc = (W[CW] >> RC_SHIFT) & 3;
  const away = rc === (sign !== 0 ? RC_DOWN : RC_UP);
  const exp = (W[A_SE] & 0x7fff) - 0x3fff;
  if (exp > 63) return -1;
  if (exp < -1 || kind === DENORMAL) {
    W[L0] = away ? 1 : 0;
    return away ? PE | C1 : PE;
  }
  OUT[HI] = W[A_HI];
  OUT[LO] = W[A_LO];
  OUT[EXT] = 0;
  if (exp < 63) shiftRight(63 - exp, W[A_HI], W[A_LO], 0);
  const rest = OUT[EXT];
  let hi = OUT[HI];
  let lo = OUT[LO];
  let flags = 0;
  if (rest !== 0) {
    flags = PE;
    if (rc === RC_NEAREST ? rest < 0 && (rest !== TOP_BIT || (lo & 1) !== 0) : away) {
      // No carry out: with a fraction the magnitude is below 2^63.
      lo = (lo + 1) | 0;
      if (lo === 0) hi = (hi + 1) | 0;
      flags = PE | C1;
    }
  }
  W[L1] = hi;
  W[L0] = lo;
  return flags;
}

/** L0 = A as a signed 16-bit integer; out of range: 0x8000 and IE. */
export function aToInt16(): void {
  const flags = integerMagnitude();
  const negative = (W[A_SE] & 0x8000) !== 0;
  if (flags < 0 || W[L1] !== 0 || W[L0] >>> 0 > (negative ? 0x8000 : 0x7fff)) {
    W[FLAGS] |= IE;
    W[L0] = 0x8000;
    return;
  }
  W[FLAGS] |= flags;
  if (negative) W[L0] = -W[L0];
}

/** L0 = A as a signed 32-bit integer; out of range: 0x80000000 and IE. */
export function aToInt32(): void {
  const flags = integerMagnitude();
  const negative = (W[A_SE] & 0x8000) !== 0;
  if (flags < 0 || W[L1] !== 0 || W[L0] >>> 0 > (negative ? 0x80000000 : 0x7fffffff)) {
    W[FLAGS] |= IE;
    W[L0] = TOP_BIT;
    return;
  }
  W[FLAGS] |= flags;
  if (negative) W[L0] = -W[L0];
}

/** L1.L0 = A as a signed 64-bit integer; out of range: 2^63 and IE. */
export function aToInt64(): void {
  const flags = integerMagnitude();
  const negative = (W[A_SE] & 0x8000) !== 0;
  if (flags < 0 || (W[L1] < 0 && !(negative && W[L1] === TOP_BIT && W[L0] === 0))) {
    W[FLAGS] |= IE;
    W[L1] = TOP_BIT;
    W[L0] = 0;
    return;
  }
  W[FLAGS] |= flags;
  if (negative) {
    W[L0] = -W[L0];
    W[L1] = W[L0] === 0 ? -W[L1] : ~W[L1];
  }
}

const BILLION = 1000000000;

/** B = the packed decimal of 18 digits at offset 0 of the view (sign in bit 7 of byte 9). */
export function decimalToB(operand: DataView): void {
  multiplyWide(0, nineDigits(operand, 9), 0, BILLION);
  const low = (W[L0] >>> 0) + nineDigits(operand, 0);
  magnitudeToB((operand.getUint8(9) & 0x80) << 8, (W[L1] + (low > 4294967295 ? 1 : 0)) | 0, low | 0);
}

/** Value of nine decimal digits, the lowest being number `first`. */
function nineDigits(operand: DataView, first: number): number {
  let value = 0;
  for (let digit = first + 8; digit >= first; digit--) {
    value = value * 10 + ((operand.getUint8(digit >> 1) >> ((digit & 1) << 2)) & 15);
  }
  return value;
}

/**
 * Writes A as a packed decimal of 18 digits to offset 0 of the view; out of range: the indefinite
 * and IE.
 */
export function aToDecimal(operand: DataView): void {
  const flags = integerMagnitude();
  // 10^18 = 0x0DE0B6B3.A7640000
  const hi = W[L1] >>> 0;
  if (flags < 0 || hi > 0x0de0b6b3 || (hi === 0x0de0b6b3 && W[L0] >>> 0 >= 0xa7640000)) {
    W[FLAGS] |= IE;
    operand.setInt32(0, 0, true);
    operand.setInt32(4, 0xc0000000 | 0, true);
    operand.setInt16(8, -1, true);
    return;
  }
  W[FLAGS] |= flags;
  // Divide by 10^9 in 16-bit steps; the partial remainders fit a double exactly.
  let rest = hi % BILLION;
  let quotient = Math.floor(hi / BILLION);
  const lo = W[L0];
  for (let shift = 16; shift >= 0; shift -= 16) {
    rest = rest * 65536 + ((lo >>> shift) & 0xffff);
    const digit = Math.floor(rest / BILLION);
    quotient = quotient * 65536 + digit;
    rest -= digit * BILLION;
  }
  operand.setUint8(9, (W[A_SE] >> 8) & 0x80);
  for (let i = 0; i < 9; i++) operand.setUint8(i, 0);
  putNine(operand, 0, rest);
  putNine(operand, 9, quotient);
}

/** Adds nine decimal digits from number `first` up. */
function putNine(operand: DataView, first: number, value: number): void {
  for (let digit = first; digit < first + 9; digit++) {
    const next = Math.floor(value / 10);
    const at = digit >> 1;
    operand.setUint8(at, operand.getUint8(at) | ((value - next * 10) << ((digit & 1) << 2)));
    value = next;
  }
}
