/** FPATAN, FSIN, FCOS, FSINCOS and FPTAN. */
import { arctangent, cosine, FB, ONE, PI, PI_66, sine } from './fixed-point.ts';
import { C1 } from './layout.ts';
import {
  A_SE, B_HI, B_LO, B_SE, FLAGS, INFINITY, kindA, kindB, NA_EXP, nanAB, NB_EXP, normalizeA, normalizeB,
  noteDenormals, QNAN, resultA, resultZero, setR, W, ZERO,
} from './operands.ts';
import { BIAS, copyResultToB, fixedA, pack, significandA, significandB } from './wide-value.ts';

/** FPATAN: angle of the point (x = A, y = B). */
export function arctangentOfBOverA(): void {
  const a = kindA();
  const b = kindB();
  if (a >= QNAN || b >= QNAN) {
    nanAB(a, b);
    return;
  }
  const sign = (W[B_SE] >> 15) & 1;
  const left = (W[A_SE] & 0x8000) !== 0;
  noteDenormals(a, b);
  if (b === INFINITY) {
    if (a === INFINITY) pack(sign, left ? 3n * PI : PI, -FB - 2, true);
    else pack(sign, PI, -FB - 1, true);
    return;
  }
  if (b === ZERO || a === INFINITY) {
    if (left) pack(sign, PI, -FB, true);
    else resultZero(sign);
    return;
  }
  if (a === ZERO) {
    pack(sign, PI, -FB - 1, true);
    return;
  }
  normalizeA();
  normalizeB();
  const difference = W[NB_EXP] - W[NA_EXP];
  const x = significandA();
  const y = significandB();
  if (difference < -70 && !left) {
    // Just below the quotient.
    pack(sign, ((y << 130n) - 1n) / x, difference - 130, true);
    return;
  }
  let angle: bigint;
  if (difference < -70) angle = PI - 1n;
  else if (difference > 70) angle = (PI >> 1n) + (left ? 1n : -1n);
  else {
    // Bring both to the scale of the smaller exponent.
    const bigX = difference < 0 ? x << BigInt(-difference) : x;
    const bigY = difference > 0 ? y << BigInt(difference) : y;
    if (bigY <= bigX) {
      angle = arctangent((bigY << BigInt(FB)) / bigX);
      if (left) angle = PI - angle;
    } else {
      angle = arctangent((bigX << BigInt(FB)) / bigY);
      angle = left ? (PI >> 1n) + angle : (PI >> 1n) - angle;
    }
  }
  pack(sign, angle, -FB, true);
}

/** Outcome of {@link reduce}: remainder within half a quadrant of zero, and the quadrant 0..3. */
let reduced = 0n;
let quadrant = 0;

/** Reduces |A| modulo pi/2, to the nearest multiple. */
function reduce(): void {
  const value = fixedA();
  const quarter = PI_66 >> 1n;
  let count = value / quarter;
  let rest = value - count * quarter;
  if (rest > quarter >> 1n) {
    rest -= quarter;
    count++;
  }
  reduced = rest;
  quadrant = Number(count & 3n);
}

/** Packs a signed fixed-point number, never zero, with the argument's sign folded in. */
function packSigned(value: bigint, flip: number): void {
  if (value < 0n) pack(flip ^ 1, -value, -FB, true);
  else pack(flip, value, -FB, true);
}

/** True when A is so small that sin A = tan A = A and cos A = 1 but for the rounding. */
function tiny(): boolean {
  noteDenormals(kindA(), ZERO);
  normalizeA();
  return W[NA_EXP] < BIAS - 68;
}

/** R = A with an error of less than a unit in the guard word, towards zero or away from it. */
function nearlyA(outwards: boolean): void {
  pack((W[A_SE] >> 15) & 1, (significandA() << 64n) + (outwards ? 1n : -1n), W[NA_EXP] - BIAS - 127, true);
}

/** R = a number just below one. */
function nearlyOne(): void {
  pack(0, ONE - 1n, -FB, true);
}

function sineOfQuadrant(): bigint {
  const value = (quadrant & 1) !== 0 ? cosine(reduced) : sine(reduced);
  return (quadrant & 2) !== 0 ? -value : value;
}

function cosineOfQuadrant(): bigint {
  const value = (quadrant & 1) !== 0 ? sine(reduced) : cosine(reduced);
  return quadrant === 1 || quadrant === 2 ? -value : value;
}

export function sineOfA(): void {
  if (kindA() === ZERO) resultA();
  else if (tiny()) nearlyA(false);
  else {
    reduce();
    packSigned(sineOfQuadrant(), (W[A_SE] >> 15) & 1);
  }
}

export function cosineOfA(): void {
  if (kindA() === ZERO) setR(BIAS, 0x80000000 | 0, 0);
  else if (tiny()) nearlyOne();
  else {
    reduce();
    packSigned(cosineOfQuadrant(), 0);
  }
}

/** FSINCOS: R = sine, B = cosine. C1 is that of the last rounding, the cosine's. */
export function sineAndCosineOfA(): void {
  cosineOfA();
  copyResultToB();
  W[FLAGS] &= ~C1;
  sineOfA();
}

/** FPTAN: R = tangent, B = one. */
export function tangentOfA(): void {
  W[B_SE] = BIAS;
  W[B_HI] = 0x80000000 | 0;
  W[B_LO] = 0;
  if (kindA() === ZERO) resultA();
  else if (tiny()) nearlyA(true);
  else {
    reduce();
    const s = sineOfQuadrant();
    const c = cosineOfQuadrant();
    const flip = ((W[A_SE] >> 15) & 1) ^ ((s < 0n) !== (c < 0n) ? 1 : 0);
    const quotient = ((s < 0n ? -s : s) << BigInt(FB)) / (c < 0n ? -c : c);
    pack(flip, quotient, -FB, true);
  }
}
