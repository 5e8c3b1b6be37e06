/** From a place on the paper to a record. */
import { panes } from '../state/workbench.ts';
import { hit } from './hit.ts';
import { goTo, select, sides, type PaneNumber } from './model.ts';
import { spansOf, type Lane } from './picture.ts';
import { nearest } from './source.ts';

/** Selects what a lane has at a time or within `reach` of it; the time alone if that is nothing. */
export async function pick(pane: PaneNumber, lane: Lane, time: number, reach: number): Promise<void> {
  const found = hit(spansOf(sides[pane].picture.peek(), lane), time, Number.isFinite(reach) ? reach : 0);
  const { remote } = panes[pane];
  const record = found > 0 ? await remote.trace.record(found) : await nearest(panes[pane], lane, time, reach);
  if (record === null) goTo(pane, time);
  else select(pane, record);
}
