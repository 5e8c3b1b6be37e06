/** What a view, a moment, a selection and a pace are: plain data. */
import type { Ticks } from '../../../../src/sim/time.ts';

/** The question with two machines; everything; or a machine within somebody else's page. */
export const VIEWS = ['minute', 'workbench', 'embedded'] as const;
export type View = (typeof VIEWS)[number];

/** The moment that is shown of a pane: the time, and the record under way (0: none). */
export interface Moment {
  readonly time: Ticks;
  readonly record: number;
  /** Beat of the record's burst, from 0. */
  readonly beat: number;
}

/** At the reset, chosen by nobody: a machine that reaches its mark `begin` is shown there. */
export const START: Moment = { time: 0, record: 0, beat: 0 };

/** What is selected of the active pane, in whichever panel. */
export type Selection =
  | { readonly kind: 'none' }
  | { readonly kind: 'record'; readonly id: number }
  | { readonly kind: 'part'; readonly name: string }
  | { readonly kind: 'memory'; readonly space: string; readonly address: number };

/** What one step is. */
export const PACES = ['beat', 'burst', 'transaction', 'command', 'interrupt', 'full'] as const;
export type Pace = (typeof PACES)[number];
