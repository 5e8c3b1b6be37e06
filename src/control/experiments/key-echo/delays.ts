import { toSeconds } from '../../../sim/time.ts';
import { STAGES, type Stage } from './typist.ts';

/**
 * Thresholds of perception that echoes are counted against (ms). 100: what is taken for at once
 * (Nielsen, "Usability Engineering", 1993, chapter 5, after Miller, 1968; second-hand). 50 and 10
 * are unverified: what is said of practised typists and of lines drawn by hand.
 */
export const THRESHOLDS = [10, 50, 100] as const;

/** Seconds from one stage to another, of each key that got to both. */
export function delays(times: Readonly<Record<Stage, ArrayLike<number>>>, from: Stage, to: Stage): number[] {
  return Array.from(times[to], (t, k) => [times[from][k], t] as const)
    .filter(([a, b]) => a >= 0 && b >= 0).map(([a, b]) => toSeconds(b - a));
}

/**
 * The least value that the share `part` (0 to 1) of all values is not above (nearest rank); NaN if
 * there are none.
 */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? NaN;
}

/** The share of values above a limit. */
export function shareAbove(values: readonly number[], limit: number): number {
  return values.filter((v) => v > limit).length / values.length;
}

/** Whether every key got through every stage, in order. */
export function whole(times: Readonly<Record<Stage, ArrayLike<number>>>): boolean {
  return Array.from(times.down).every((_, k) =>
    STAGES.every((stage, n) => times[stage][k] >= (n === 0 ? 0 : times[STAGES[n - 1]][k])));
}
