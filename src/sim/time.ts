/**
 * Simulated time: an integer number of ticks of 1/3 ns. A double holds integers up to 2^53, which
 * is 34.7 days of such ticks, and a third of a nanosecond makes the periods of 33⅓ MHz, 66⅔ MHz,
 * 200 MHz, 1 GHz and 3 GHz clocks whole numbers.
 */
export type Ticks = number;

const TICKS_PER_NS = 3;
export const TICKS_PER_SECOND = 3e9;

/** Nanoseconds to ticks, rounded to the nearest tick. */
export function ns(n: number): Ticks {
  return Math.round(n * TICKS_PER_NS);
}
/** Microseconds to ticks. */
export function us(n: number): Ticks {
  return Math.round(n * 1e3 * TICKS_PER_NS);
}
/** Milliseconds to ticks. */
export function ms(n: number): Ticks {
  return Math.round(n * 1e6 * TICKS_PER_NS);
}
/** Seconds to ticks. */
export function seconds(n: number): Ticks {
  return Math.round(n * TICKS_PER_SECOND);
}
/** Ticks to seconds (a double, for people). */
export function toSeconds(t: Ticks): number {
  return t / TICKS_PER_SECOND;
}
/** Ticks to nanoseconds (a double, for people). */
export function toNs(t: Ticks): number {
  return t / TICKS_PER_NS;
}
