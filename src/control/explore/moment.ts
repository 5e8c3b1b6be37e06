import type { Ticks } from '../../sim/time.ts';

/**
 * A moment of a run. `ticks`: the first instruction boundary at that time or later; within a HLT,
 * that time. `instructions`: the first boundary at which so many have been executed since reset.
 * Either way it is one state, however it was reached.
 */
export type Moment = { readonly ticks: Ticks } | { readonly instructions: number };

/** Where a machine stands between two runs, and the moments that mean it. */
export interface Position {
  /** The least time that means it: those from here to `now` do. */
  readonly asked: Ticks;
  readonly now: Ticks;
  /** Executed since reset. */
  readonly instructions: number;
  /** It is the first boundary with this count. */
  readonly exact: boolean;
}

/** Before the first instruction. */
export const START: Position = { asked: 0, now: 0, instructions: 0, exact: true };

/** Whether a machine at `p` is at the moment. */
export function isAt(p: Position, m: Moment): boolean {
  return 'ticks' in m ? m.ticks >= p.asked && m.ticks <= p.now : p.exact && m.instructions === p.instructions;
}

/** Whether a machine at `p` comes to the moment by running on, if it is not there. */
export function isBefore(p: Position, m: Moment): boolean {
  return 'ticks' in m ? p.now < m.ticks : p.instructions < m.instructions;
}
