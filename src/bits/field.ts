/** Bit fields of 32-bit values. */

/** Mask of bits hi..lo (inclusive), unsigned. */
export function mask(hi: number, lo: number = hi): number {
  const width = hi - lo + 1;
  return ((width >= 32 ? 0xffffffff : (1 << width) - 1) << lo) >>> 0;
}

/** Bits hi..lo of a value, right-aligned, unsigned. */
export function bits(value: number, hi: number, lo: number = hi): number {
  return (value & mask(hi, lo)) >>> lo;
}

/** All ones of an access size in bytes (1, 2, 4), unsigned: what an undriven bus reads. */
export function allOnes(size: number): number {
  return size === 1 ? 0xff : size === 2 ? 0xffff : 0xffffffff;
}
