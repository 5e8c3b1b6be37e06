/** Which part of the time is seen, and where it stands on the paper. Times are ticks. */
import type { Ticks } from '../../../../src/sim/time.ts';

/** A span of time that fills the width of the paper. */
export interface View {
  readonly from: Ticks;
  readonly span: Ticks;
}

/** The least that can be seen: 20 ns. */
export const LEAST_SPAN: Ticks = 60;
/** Paper that is left free at each side when everything is seen, as a share of it. */
const MARGIN = 0.02;

/** Everything from one time to another, with a margin. */
export function fitted(from: Ticks, to: Ticks): View {
  const span = Math.max(LEAST_SPAN, to - from);
  return { from: from - span * MARGIN, span: span * (1 + 2 * MARGIN) };
}

/** Pixels from the left. */
export function xOf({ from, span }: View, width: number, time: Ticks): number {
  return ((time - from) / span) * width;
}

/** The time at `x` pixels from the left; not rounded. */
export function timeAt({ from, span }: View, width: number, x: number): Ticks {
  return from + (x / width) * span;
}

/**
 * Larger or smaller, the time `at` staying where it is.
 * @param factor of the span: less than 1 shows more detail
 * @param whole what there is to be seen: no more than that and its margin is shown
 */
export function zoomed(view: View, factor: number, at: Ticks, whole: View): View {
  const span = Math.min(Math.max(view.span * factor, LEAST_SPAN), Math.max(whole.span, LEAST_SPAN));
  return inside({ from: at - ((at - view.from) / view.span) * span, span }, whole);
}

/** Moved by `ticks` to the right. */
export function panned(view: View, ticks: Ticks, whole: View): View {
  return inside({ from: view.from + ticks, span: view.span }, whole);
}

/** Not outside of the whole, where that can be. */
function inside({ from, span }: View, whole: View): View {
  if (span >= whole.span) return { from: whole.from - (span - whole.span) / 2, span };
  return { from: Math.min(Math.max(from, whole.from), whole.from + whole.span - span), span };
}

/** So that a time is seen, not nearer to an edge than a tenth of the width; the same if it is. */
export function showing(view: View, time: Ticks, whole: View): View {
  const { from, span } = view;
  if (time >= from + span * 0.1 && time <= from + span * 0.9) return view;
  return inside({ from: time - span / 2, span }, whole);
}
