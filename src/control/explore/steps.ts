import type { Ticks } from '../../sim/time.ts';

/** What can be stepped over. */
export type StepKind = 'instruction' | 'record' | 'transaction' | 'command' | 'interrupt';

/** A place in a run, as the machine stands there. */
export interface Place {
  readonly ticks: Ticks;
  /** Executed since reset. */
  readonly instructions: number;
  /** The record that has just ended, or the last that has begun; 0: none. */
  readonly record: number;
}
