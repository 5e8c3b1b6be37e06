/**
 * The next of a row of numbers that look random and are the same every time: xorshift32 (G.
 * Marsaglia, "Xorshift RNGs", 2003: 13, 17, 5). Signed; never 0 unless `x` is.
 */
export function xorshift32(x: number): number {
  x ^= x << 13;
  x ^= x >>> 17;
  x ^= x << 5;
  return x;
}
