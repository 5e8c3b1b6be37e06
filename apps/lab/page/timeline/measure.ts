/** A span of time that the reader measures, from edge to edge. */
import { signal } from '@preact/signals';
import type { Ticks } from '../../../../src/sim/time.ts';
import type { Picture } from './picture.ts';

/** In times of a pane; `done`: both ends are set. */
export interface Measured {
  readonly pane: 0 | 1;
  readonly from: Ticks;
  readonly to: Ticks;
  readonly done: boolean;
}
export const measured = signal<Measured | null>(null);

/** The edge of a span that is nearest to `time` and not further away than `reach`; else `time`. */
export function snapped(picture: Picture | null, time: Ticks, reach: Ticks, lane = ''): Ticks {
  let best = time, distance = reach;
  for (const [key, found] of picture?.lanes ?? []) {
    if (found.spans === null || (lane !== '' && key !== lane)) continue;
    for (const edges of [found.spans.starts, found.spans.ends])
      for (const edge of edges) {
        const far = Math.abs(edge - time);
        if (far < distance) [best, distance] = [edge, far];
      }
  }
  return best;
}
