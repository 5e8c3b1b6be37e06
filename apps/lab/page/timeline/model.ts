/** What the timeline shows, and what its controls do: no drawing here, no elements. */
import { computed, effect, signal, untracked } from '@preact/signals';
import { timeOf } from '../../../../src/control/export/record-line.ts';
import type { Ticks } from '../../../../src/sim/time.ts';
import type { TraceRecord } from '../../../../src/sim/trace/records.ts';
import { active, moments, panes, selection, shown } from '../state/workbench.ts';
import { align } from '../transport/align.ts';
import { AS_THEY_COME, rowsOf, type Arrangement } from './rows.ts';
import { fitted, panned, showing, xOf, zoomed, type View } from './scale.ts';
import { Side } from './side.ts';

export type PaneNumber = 0 | 1;

/** Both machines; a single one is the first. */
export const sides = [new Side(panes[0]), new Side(panes[1])] as const;

/** What the paper shows, in the time of `origin`. */
export const view = signal<View>(fitted(0, 3000));
/** The view follows what is new. */
export const following = signal(true);
export const arrangement = signal<Arrangement>(AS_THEY_COME);
/** Two machines in one row each, not one above the other. */
export const overlaid = signal(false);
/** Key of the lane that the keys are about; '': none. */
export const chosenLane = signal('');
/** Width of the paper in CSS pixels. */
export const width = signal(0);

/** Panes that are shown. */
export const paneNumbers = computed<readonly PaneNumber[]>(() => (shown.value === 2 ? [0, 1] : [0]));

/**
 * The time of a pane that stands at 0 of the axis: its mark `begin` where two machines are shown,
 * else its reset.
 */
export function originOf(pane: PaneNumber): Ticks {
  if (shown.value === 1) return 0;
  return panes[pane].begin ?? 0;
}

/** All that there is to see. */
export const whole = computed<View>(() => {
  const ends = paneNumbers.value.map((n) => [-originOf(n), (panes[n].status.value?.now ?? 0) - originOf(n)] as const);
  return fitted(Math.min(...ends.map(([from]) => from)), Math.max(3000, ...ends.map(([, to]) => to)));
});

export const rows = computed(() => rowsOf(paneNumbers.value.map((pane) => ({
  pane, lanes: sides[pane].lanes.value,
  title: shown.value === 1 ? '' : `${pane === 0 ? 'A' : 'B'}  ${panes[pane].sheet.value?.method ?? ''}`,
})), arrangement.value, overlaid.value && shown.value === 2));

/** Everything is shown, and what comes. */
export function fit(): void {
  following.value = true;
  view.value = whole.value;
}

/** Larger (`factor` < 1) or smaller around a time of the axis; without one, around the moment. */
export function zoom(factor: number, at?: Ticks): void {
  following.value = false;
  const middle = view.value.from + view.value.span / 2;
  const moment = moments[active.value].value.time - originOf(active.value), x = xOf(view.value, 1, moment);
  view.value = zoomed(view.value, factor, at ?? (x >= 0 && x <= 1 ? moment : middle), whole.value);
}

/** To the right by a share of the width. */
export function pan(share: number): void {
  following.value = false;
  view.value = panned(view.value, view.value.span * share, whole.value);
}

/** Selects a record and goes to its moment; every panel shows it. */
export function select(pane: PaneNumber, record: TraceRecord): void {
  const time = timeOf(record);
  active.value = pane;
  selection.value = { kind: 'record', id: record.id };
  moments[pane].value = { time, record: record.id, beat: 0 };
  align();
}

/** The moment comes into view when something moves it: a step, a player, a walk along the chain. */
export function followMoment(): () => void {
  return effect(() => {
    const pane = active.value, { time } = moments[pane].value;
    untracked(() => {
      if (!following.value) view.value = showing(view.value, time - originOf(pane), whole.value);
    });
  });
}

/** Goes to a time at which nothing is selected. */
export function goTo(pane: PaneNumber, time: Ticks): void {
  active.value = pane;
  selection.value = { kind: 'none' };
  moments[pane].value = { time: Math.max(0, Math.round(time)), record: 0, beat: 0 };
  align();
}
