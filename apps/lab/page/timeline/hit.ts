/** What is under the pointer. */
import type { SpanTable } from '../../../../src/control/trace/window.ts';
import type { Ticks } from '../../../../src/sim/time.ts';

/**
 * The record of a lane at a time: of spans that cover it the one that began last, else the one
 * with the nearest edge not further away than `reach`.
 * @returns its id, or 0
 */
export function hit(tables: readonly SpanTable[], time: Ticks, reach: Ticks): number {
  let best = 0, distance = reach, latest = -Infinity;
  for (const { ids, starts, ends } of tables)
    for (let n = 0; n < ids.length; n++) {
      if (starts[n] <= time && time < ends[n] && starts[n] >= latest) [best, latest] = [ids[n], starts[n]];
      if (latest > -Infinity) continue;
      const far = Math.min(Math.abs(starts[n] - time), Math.abs(ends[n] - time));
      if (far <= distance) [best, distance] = [ids[n], far];
    }
  return best;
}
