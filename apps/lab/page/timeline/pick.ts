/** From a place on the paper to a record. */
import { panes } from '../state/workbench.ts';
import { hit } from './hit.ts';
import { inTurn } from './in-turn.ts';
import { goTo, select, sides, type PaneNumber } from './model.ts';
import { spansOf, type Lane } from './picture.ts';
import { nearest } from './source.ts';

/** Selects what a lane has at a time or within `reach` of it; the time alone if that is nothing. */
export function pick(pane: PaneNumber, lane: Lane, time: number, reach: number): Promise<void> {
  return inTurn(() => find(pane, lane, time, reach));
}

async function find(pane: PaneNumber, lane: Lane, time: number, reach: number): Promise<void> {
  const found = hit(spansOf(sides[pane].picture.peek(), lane), time, Number.isFinite(reach) ? reach : 0);
  const of = panes[pane];
  const record = await of.settled(found > 0 ? of.remote.trace.record(found) : nearest(of, lane, time, reach));
  // A machine that is gone keeps nothing waiting.
  if (record === undefined) return;
  if (record === null) goTo(pane, time);
  else select(pane, record);
}
