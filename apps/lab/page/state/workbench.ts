/** What the page shows: the machines, and the one moment that every panel shows. */
import { computed, signal } from '@preact/signals';
import { START, type Pace, type Selection } from './moment.ts';
import { Pane } from './pane.ts';

export { PACES, START, type Moment, type Pace, type Selection } from './moment.ts';

/** Machine A, and machine B where two are compared. */
export const panes = [new Pane(), new Pane()] as const;
/** How many of them are shown. */
export const shown = signal<1 | 2>(1);
/** Which of them the inspector and the keys are about. */
export const active = signal<0 | 1>(0);
export const activePane = computed(() => panes[active.value]);

/** The moment that is shown, by pane. Whoever moves it moves every panel. */
export const moments = [signal(START), signal(START)] as const;
/** What is selected of the active pane. */
export const selection = signal<Selection>({ kind: 'none' });
export const pace = signal<Pace>('transaction');
/** The recording is being played at the pace; with `full`, the newest moment is shown. */
export const playing = signal(false);
