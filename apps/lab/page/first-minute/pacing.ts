import { us, type Ticks } from '../../../../src/sim/time.ts';

/** Wall time in which single words are seen on their way (s). */
export const SLOW_SECONDS = 5;
/** Simulated time that goes by in a second of it. */
const SLOW_RATE = us(0.75);
/** From then on it goes by faster and faster: e times as fast after so many seconds. */
const GROWTH_SECONDS = 2;

/**
 * How far the machines are, in ticks behind the beginning of the job, `seconds` of wall time after
 * it: first word by word, then ever faster, so that a job of milliseconds is over within half a
 * minute and its first words were seen.
 */
export function elapsedAt(seconds: number): Ticks {
  if (seconds <= SLOW_SECONDS) return Math.floor(SLOW_RATE * Math.max(0, seconds));
  const grown = Math.exp((seconds - SLOW_SECONDS) / GROWTH_SECONDS);
  return Math.floor(SLOW_RATE * (SLOW_SECONDS + GROWTH_SECONDS * (grown - 1)));
}
