/**
 * The six modes of the 8254 as functions of the clocks since the count was loaded (231164-005 §Mode
 * Definitions). `count` is the loaded count in clocks, `position` the clocks counted.
 */

/** Clocks of a mode 3 period during which OUT is high: (N + 1) / 2 of an odd count. */
function highClocks(count: number): number {
  return Math.ceil(count / 2);
}

/**
 * OUT. In modes 2, 3 and 4 a stopped counter has OUT high. A count of 1 is illegal in modes 2 and
 * 3; here OUT then stays high.
 */
export function outAt(mode: number, count: number, position: number, running: boolean): boolean {
  switch (mode) {
    case 0:
    case 1:
      return position >= count;
    case 2:
      return !running || count === 1 || position % count !== count - 1;
    case 3:
      return !running || position % count < highClocks(count);
    default:
      return !running || position !== count;
  }
}

/** Clocks until OUT changes, or Infinity. */
export function nextOutChange(mode: number, count: number, position: number): number {
  switch (mode) {
    case 0:
    case 1:
      return position < count ? count - position : Infinity;
    case 2: {
      if (count === 1) return Infinity;
      const p = position % count;
      return p < count - 1 ? count - 1 - p : 1;
    }
    case 3: {
      if (count === 1) return Infinity;
      const p = position % count;
      return p < highClocks(count) ? highClocks(count) - p : count - p;
    }
    default:
      return position < count ? count - position : position === count ? 1 : Infinity;
  }
}

/** The counting element, modulo its size (65536, or 10000 in BCD). */
export function countAt(mode: number, count: number, position: number, modulus: number): number {
  if (mode === 2) return (count - (position % count)) % modulus;
  if (mode === 3) {
    // It counts by two; an odd count is loaded less one, and holds 0 for a clock in the high half.
    const p = position % count;
    const q = p < highClocks(count) ? p : p - highClocks(count);
    return (count - (count & 1) - 2 * q) % modulus;
  }
  return (((count - position) % modulus) + modulus) % modulus;
}

/** Modes 2 and 3: clocks until a newly written count is taken over. */
export function switchPoint(mode: number, count: number, position: number): number {
  const p = position % count;
  return mode === 3 && p < highClocks(count) ? highClocks(count) - p : count - p;
}
