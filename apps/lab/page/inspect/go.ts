/** Where a click in the inspector leads: whatever it selects is selected everywhere. */
import { signal } from '@preact/signals';
import type { Ticks } from '../../../../src/sim/time.ts';
import { active, moments, playing, selection } from '../state/workbench.ts';

export const TABS = ['selected', 'processor', 'memory', 'map', 'notes'] as const;
export type Tab = (typeof TABS)[number];
/** What the inspector shows. */
export const tab = signal<Tab>('selected');

/** Selects a record and shows its moment. */
export function goToRecord(id: number, time: Ticks): void {
  playing.value = false;
  moments[active.value].value = { time, record: id, beat: 0 };
  selection.value = { kind: 'record', id };
  tab.value = 'selected';
}

/** Shows a moment; what is selected stays. */
export function goToMoment(time: Ticks): void {
  playing.value = false;
  moments[active.value].value = { time, record: 0, beat: 0 };
}

export function goToPart(name: string): void {
  selection.value = { kind: 'part', name };
  tab.value = 'selected';
}

export function goToMemory(space: string, address: number): void {
  selection.value = { kind: 'memory', space, address };
  tab.value = 'memory';
}
