/** Two machines at one moment: each as long after its own mark `begin`. */
import { effect } from '@preact/signals';
import type { Ticks } from '../../../../src/sim/time.ts';
import { active, moments, panes, shown } from '../state/workbench.ts';
import { RecordWindow } from './record-window.ts';

const windows = [new RecordWindow(), new RecordWindow()] as const;

/** Forgets the records of machines that were replaced, from now on. */
export function followOpenings(): void {
  panes.forEach((pane, n) => effect(() => {
    void pane.sheet.value;
    windows[n as 0 | 1].clear();
  }));
}

/** Has the other machine follow the active one, which was moved. */
export function align(): void {
  if (shown.peek() !== 2) return;
  const here = active.peek(), n = here === 0 ? 1 : 0, other = panes[n], status = other.status.peek();
  if (status === null || other.sheet.peek() === null) return;
  const { time } = moments[here].peek(), mine = panes[here].begin, its = other.begin;
  const there = mine === null || its === null ? time : its + time - mine;
  show(n, Math.min(status.now, Math.max(0, there)));
}

/** Shows a time of a machine, with the record under way then: at once, or when it is known. */
export function show(n: 0 | 1, time: Ticks): void {
  const pane = panes[n], status = pane.status.peek();
  if (status === null || pane.sheet.peek() === null) return;
  const record = windows[n].at(time, pane.remote.trace, status.now, () => {
    // Only if nobody has moved it since.
    if (moments[n].peek() === moment) show(n, time);
  });
  const moment = { time, record: record?.id ?? 0, beat: 0 };
  moments[n].value = moment;
}
