/** What the page shows: the machines, and the one moment that every panel shows. */
import { computed, signal } from '@preact/signals';
import type { Ticks } from '../../../../src/sim/time.ts';
import { Pane } from './pane.ts';

/** Machine A, and machine B where two are compared. */
export const panes = [new Pane(), new Pane()] as const;
/** How many of them are shown. */
export const shown = signal<1 | 2>(1);
/** Which of them the inspector and the keys are about. */
export const active = signal<0 | 1>(0);
export const activePane = computed(() => panes[active.value]);

/** The moment that is shown of a pane: the time, and the record under way (0: none). */
export interface Moment {
  readonly time: Ticks;
  readonly record: number;
  /** Beat of the record's burst, from 0. */
  readonly beat: number;
}

/** Before anything has happened. */
export const START: Moment = { time: 0, record: 0, beat: 0 };
/** By pane. Whoever moves it moves every panel. */
export const moments = [signal(START), signal(START)] as const;

/** What is selected of the active pane, in whichever panel. */
export type Selection =
  | { readonly kind: 'none' }
  | { readonly kind: 'record'; readonly id: number }
  | { readonly kind: 'part'; readonly name: string }
  | { readonly kind: 'memory'; readonly space: string; readonly address: number };
export const selection = signal<Selection>({ kind: 'none' });

/** What one step is. */
export const PACES = ['beat', 'burst', 'transaction', 'command', 'interrupt', 'full'] as const;
export type Pace = (typeof PACES)[number];
export const pace = signal<Pace>('transaction');
/** The recording is being played at the pace; with `full`, the newest moment is shown. */
export const playing = signal(false);
