/** Where a click in the inspector leads: whatever it selects is selected everywhere. */
import { signal } from '@preact/signals';
import type { Ticks } from '../../../../src/sim/time.ts';
import { active, moments, playing, selection } from '../state/workbench.ts';
import { align } from '../transport/align.ts';

export const TABS = ['selected', 'processor', 'memory', 'map', 'notes'] as const;
export type Tab = (typeof TABS)[number];
/** What the inspector shows. */
export const tab = signal<Tab>('selected');

/** Selects a record and shows its moment. */
export function goToRecord(id: number, time: Ticks): void {
  moveTo(time, id);
  selection.value = { kind: 'record', id };
  tab.value = 'selected';
}

/** Shows a moment; what is selected stays. */
export function goToMoment(time: Ticks): void {
  moveTo(time, 0);
}

function moveTo(time: Ticks, record: number): void {
  playing.value = false;
  moments[active.value].value = { time, record, beat: 0 };
  align();
}

export function goToPart(name: string): void {
  selection.value = { kind: 'part', name };
  tab.value = 'selected';
}

export function goToMemory(space: string, address: number): void {
  selection.value = { kind: 'memory', space, address };
  tab.value = 'memory';
}
