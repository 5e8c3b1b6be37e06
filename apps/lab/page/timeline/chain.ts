/** The chain of causes of the selected record: what led to it, what it led to. */
import { effect, signal } from '@preact/signals';
import { endOf, timeOf } from '../../../../src/control/export/record-line.ts';
import type { RecordWords } from '../../../../src/control/inspect/describe-record.ts';
import type { Way } from '../../../../src/control/trace/chain-walk.ts';
import type { TraceRecord } from '../../../../src/sim/trace/records.ts';
import { active, activePane, moments, panes, playing, selection } from '../state/workbench.ts';
import { inTurn } from './in-turn.ts';
import { laneOf } from './lane-of.ts';
import { select } from './model.ts';
import type { Knot } from './paint.ts';
import { chainOf } from './source.ts';

/** The selected record and what caused it in words, while that is known. */
export const selected = signal<
  { readonly kind: TraceRecord['kind']; readonly words: RecordWords; readonly cause: RecordWords | null } | null
>(null);
export const selectedKnot = signal<Knot | null>(null);
/** Why the last step led nowhere, one sentence; '' if it did. */
export const nowhere = signal('');
const NOWHERE: Readonly<Record<Way, string>> = {
  cause: 'Nothing that was recorded led to this.', effect: 'This led to nothing that was recorded.',
  next: 'There is no next one.', previous: 'There is none before.', on: 'The piece of work ends here.',
  back: 'The piece of work begins here.', origin: 'Nothing that was recorded led to this.',
  outcome: 'This led to nothing that was recorded.',
};
/** From cause to effect. */
export const arrows = signal<readonly { readonly from: Knot; readonly to: Knot }[]>([]);

/** Follows the selection. Returns what ends it. */
export function followSelection(): () => void {
  let asked = 0;
  return effect(() => {
    const at = selection.value, pane = active.value;
    const machine = activePane.value.sheet.value;
    const turn = ++asked;
    nowhere.value = '';
    if (at.kind !== 'record' || machine === null) {
      selected.value = selectedKnot.value = null;
      arrows.value = [];
      return;
    }
    void look(pane, at.id, () => turn === asked);
  });
}

async function look(pane: 0 | 1, id: number, current: () => boolean): Promise<void> {
  const of = panes[pane];
  try {
    const [chain, told] = await Promise.all([chainOf(of, id), of.remote.inspect.record(id)]);
    if (!current() || chain === null) return;
    const { record, line, effects } = chain;
    selected.value = told === null ? null : { kind: record.kind, words: told.words, cause: told.causes[0] ?? null };
    selectedKnot.value = knot(pane, record);
    const knots = line.map((r) => knot(pane, r)), on = new Set(line.map((r) => r.id));
    arrows.value = [
      ...knots.slice(1).map((to, n) => ({ from: knots[n], to })),
      ...effects.filter((r) => !on.has(r.id)).map((r) => ({ from: knot(pane, record), to: knot(pane, r) })),
    ];
  } catch (error) {
    if (current() && of.failure.peek() === '') throw error;
  }
}

function knot(pane: 0 | 1, record: TraceRecord): Knot {
  const from = timeOf(record);
  return { pane, id: record.id, lane: laneOf(record), from, to: endOf(record) };
}

/**
 * Goes from the selected record, or the one of the moment, to its cause, its first effect, or along
 * the line of requests.
 */
export function walk(way: Way): Promise<void> {
  return inTurn(() => step(way));
}

async function step(way: Way): Promise<void> {
  const at = selection.peek(), pane = active.peek(), from = at.kind === 'record' ? at.id : moments[pane].peek().record;
  if (from === 0 || panes[pane].sheet.peek() === null) return;
  const { remote } = panes[pane], found = panes[pane].settled<TraceRecord | null>(remote.trace.walk(from, way));
  const next = await found.catch(() => undefined);
  if (next === undefined) return;
  playing.value = false;
  if (next !== null) return select(pane, next);
  nowhere.value = NOWHERE[way];
}
