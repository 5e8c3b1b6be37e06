/** F2XM1, FYL2X and FYL2XP1. */
import { exponentialMinusOne, FB, LN2, LOG2E, log2Ratio, ONE, times } from './fixed-point.ts';
import { PE, UE, ZE } from './layout.ts';
import {
  A_HI, A_LO, A_SE, B_SE, FLAGS, INFINITY, invalid, kindA, kindB, NA_EXP, nanA, nanAB, NB_EXP, normalizeA,
  normalizeB, noteDenormals, QNAN, R_SE, resultA, resultInfinity, resultZero, setR, W, ZERO,
} from './operands.ts';
import { BIAS, bitLength, fixedA, pack, significandA, significandB } from './wide-value.ts';

/** F2XM1. Defined for -1..1 only; beyond, the operand is returned unchanged with PE. */
export function twoToXMinusOne(): void {
  const kind = kindA();
  if (kind >= QNAN) {
    nanA(kind);
    return;
  }
  const sign = (W[A_SE] >> 15) & 1;
  if (kind === INFINITY) {
    if (sign !== 0) setR(0xbfff, 0x80000000 | 0, 0);
    else resultA();
    return;
  }
  if (kind === ZERO) {
    resultA();
    return;
  }
  noteDenormals(kind, ZERO);
  normalizeA();
  const exponent = W[NA_EXP] - BIAS;
  if (exponent >= 0) {
    W[FLAGS] |= PE;
    resultA();
    if (exponent === 0 && W[A_HI] === (0x80000000 | 0) && W[A_LO] === 0 && sign !== 0) setR(0xbffe, 0x80000000 | 0, 0);
    return;
  }
  if (exponent < -70) {
    pack(sign, significandA() * LN2, exponent - 63 - FB, true);
    return;
  }
  const y = times(fixedA(), LN2);
  const value = exponentialMinusOne(sign !== 0 ? -y : y);
  pack(sign, value < 0n ? -value : value, -FB, true);
}

/** FYL2X: B * log2 A. */
export function yLog2X(): void {
  const a = kindA();
  const b = kindB();
  if (a >= QNAN || b >= QNAN) {
    nanAB(a, b);
    return;
  }
  const ySign = (W[B_SE] >> 15) & 1;
  const negative = (W[A_SE] & 0x8000) !== 0;
  if (a !== ZERO && negative) {
    invalid();
    return;
  }
  if (a === ZERO) {
    if (b === ZERO) invalid();
    else {
      if (b !== INFINITY) W[FLAGS] |= ZE;
      resultInfinity(ySign ^ 1);
    }
    return;
  }
  if (a === INFINITY) {
    if (b === ZERO) invalid();
    else {
      noteDenormals(a, b);
      resultInfinity(ySign);
    }
    return;
  }
  normalizeA();
  const exponent = W[NA_EXP] - BIAS;
  const isOne = exponent === 0 && W[A_HI] === (0x80000000 | 0) && W[A_LO] === 0;
  if (b === INFINITY) {
    if (isOne) invalid();
    else {
      noteDenormals(a, b);
      resultInfinity(exponent < 0 ? ySign ^ 1 : ySign);
    }
    return;
  }
  noteDenormals(a, b);
  if (b === ZERO || isOne) {
    resultZero(exponent < 0 ? ySign ^ 1 : ySign);
    return;
  }
  normalizeB();
  // A = m * 2^k with m in [0.75, 1.5)
  let m = significandA() << BigInt(FB - 63);
  let k = exponent;
  if (m >= ONE + (ONE >> 1n)) {
    m >>= 1n;
    k++;
  }
  const exact = m === ONE;
  const logarithm = BigInt(k) * ONE + (exact ? 0n : log2Ratio(((m - ONE) << BigInt(FB)) / (m + ONE)));
  const sign = logarithm < 0n ? ySign ^ 1 : ySign;
  pack(sign, significandB() * (logarithm < 0n ? -logarithm : logarithm), W[NB_EXP] - BIAS - 63 - FB, !exact);
  if (exact) noteInexact();
}

/**
 * FYL2XP1: B * log2(A + 1). Defined for |A| up to 1 - sqrt(1/2); A of -1 and below is returned
 * unchanged with PE.
 */
export function yLog2XPlusOne(): void {
  const a = kindA();
  const b = kindB();
  if (a >= QNAN || b >= QNAN) {
    nanAB(a, b);
    return;
  }
  const ySign = (W[B_SE] >> 15) & 1;
  const sign = ySign ^ ((W[A_SE] >> 15) & 1);
  if (a === ZERO) {
    if (b === INFINITY) invalid();
    else {
      noteDenormals(a, b);
      resultZero(sign);
    }
    return;
  }
  if (a === INFINITY) {
    if (b === ZERO || sign !== ySign) invalid();
    else {
      noteDenormals(a, b);
      resultInfinity(sign);
    }
    return;
  }
  normalizeA();
  const exponent = W[NA_EXP] - BIAS;
  const negative = sign !== ySign;
  noteDenormals(a, b);
  if (b === INFINITY) {
    resultInfinity(sign);
    return;
  }
  if (b === ZERO) {
    resultZero(sign);
    return;
  }
  if (negative && exponent >= 0) {
    W[FLAGS] |= PE;
    resultA();
    return;
  }
  normalizeB();
  const y = significandB();
  const yScale = W[NB_EXP] - BIAS - 63 - FB;
  if (exponent < -70) {
    pack(sign, significandA() * LOG2E * y, exponent - 63 + yScale, true);
    return;
  }
  let logarithm: bigint;
  let exact = false;
  if (exponent > 70) {
    // The one no longer counts.
    const m = significandA() << BigInt(FB - 64);
    logarithm = BigInt(exponent + 1) * ONE + log2Ratio(((m - ONE) << BigInt(FB)) / (m + ONE));
  } else {
    let m = ONE + (negative ? -fixedA() : fixedA());
    let k = 0;
    let numerator = m - ONE;
    if (m >= ONE + (ONE >> 1n) || m < ONE - (ONE >> 2n)) {
      k = bitLength(m) - 1 - FB;
      m = k >= 0 ? m >> BigInt(k) : m << BigInt(-k);
      if (m >= ONE + (ONE >> 1n)) {
        m >>= 1n;
        k++;
      }
      numerator = m - ONE;
      exact = numerator === 0n;
    }
    logarithm = BigInt(k) * ONE + log2Ratio((numerator << BigInt(FB)) / (m + ONE));
  }
  pack(sign, y * (logarithm < 0n ? -logarithm : logarithm), yScale, !exact);
  if (exact) noteInexact();
}

/** Processors report an inexact result even for the exact logarithm of a power of two. */
function noteInexact(): void {
  W[FLAGS] |= (W[R_SE] & 0x7fff) === 0 ? PE | UE : PE;
}
