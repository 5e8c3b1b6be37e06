/**
 * Elementary functions on fixed-point numbers: a BigInt v stands for v / 2^FB. All arguments and
 * results lie within a few units, so FB bits after the point leave some 130 significant bits for
 * arguments down to 2^-70. Truncation errors stay below 2^-(FB-8).
 */

/** Bits after the point. */
export const FB = 208;
const BITS = BigInt(FB);
export const ONE = 1n << BITS;

/** Product of two fixed-point numbers. */
export function times(a: bigint, b: bigint): bigint {
  return (a * b) >> BITS;
}

/** atanh(z) and atan(z) for small |z| by their series; sign is +1n for atanh, -1n for atan. */
function inverseTangentSeries(z: bigint, sign: bigint): bigint {
  const square = times(z, z);
  let power = z;
  let sum = z;
  for (let n = 3n; ; n += 2n) {
    power = sign * times(power, square);
    const term = power / n;
    if (term === 0n) return sum;
    sum += term;
  }
}

/** ln 2 = 2 atanh(1/3). */
export const LN2: bigint = 2n * inverseTangentSeries(ONE / 3n, 1n);
/** log2 e. */
export const LOG2E: bigint = (ONE * ONE) / LN2;
/** pi, by Machin: 16 atan(1/5) - 4 atan(1/239). */
export const PI: bigint = 16n * inverseTangentSeries(ONE / 5n, -1n) - 4n * inverseTangentSeries(ONE / 239n, -1n);
/**
 * The pi that the processor reduces trigonometric arguments by: 66 significant bits
 * (SDM vol. 1, 7.5.8 "Pi": 0.f * 2^2 with f = C90FDAA2 2168C234 C).
 */
export const PI_66: bigint = (0xc90fdaa22168c234cn << BITS) >> 66n;

/** e^y - 1 for |y| < 1. */
export function exponentialMinusOne(y: bigint): bigint {
  let term = y;
  let sum = y;
  for (let n = 2n; term !== 0n && term !== -1n; n++) {
    term = times(term, y) / n;
    sum += term;
  }
  return sum;
}

/** log2((1 + z) / (1 - z)) for |z| < 1/5. */
export function log2Ratio(z: bigint): bigint {
  return times(2n * inverseTangentSeries(z, 1n), LOG2E);
}

/** sin r for |r| < 1. */
export function sine(r: bigint): bigint {
  const square = times(r, r);
  let term = r;
  let sum = r;
  for (let n = 2n; ; n += 2n) {
    term = -times(term, square) / (n * (n + 1n));
    if (term === 0n) return sum;
    sum += term;
  }
}

/** cos r for |r| < 1. */
export function cosine(r: bigint): bigint {
  const square = times(r, r);
  let term = ONE;
  let sum = ONE;
  for (let n = 1n; ; n += 2n) {
    term = -times(term, square) / (n * (n + 1n));
    if (term === 0n) return sum;
    sum += term;
  }
}

/** atan(k/8) for k = 0..8, each from the one before. */
const ARCTANGENTS: bigint[] = [0n];
for (let k = 1n; k <= 8n; k++) {
  // atan(k/8) - atan((k-1)/8) = atan(8 / (64 + k (k-1)))
  ARCTANGENTS.push(ARCTANGENTS[Number(k) - 1] + inverseTangentSeries((8n * ONE) / (64n + k * (k - 1n)), -1n));
}

/** atan t for 0 <= t <= 1. */
export function arctangent(t: bigint): bigint {
  const k = (t * 16n + ONE) >> (BITS + 1n); // nearest eighth
  if (k === 0n) return inverseTangentSeries(t, -1n);
  const z = (((8n * t - k * ONE) << BITS)) / (8n * ONE + k * t);
  return ARCTANGENTS[Number(k)] + inverseTangentSeries(z, -1n);
}
