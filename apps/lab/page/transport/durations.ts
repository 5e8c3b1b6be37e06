/** How long things take on the page. Pure; wall times in ms, simulated times in ticks. */
import type { StepKind } from '../../../../src/control/explore/steps.ts';
import { endOf, timeOf } from '../../../../src/control/export/record-line.ts';
import type { TraceRecord } from '../../../../src/sim/trace/records.ts';
import { TICKS_PER_SECOND, type Ticks } from '../../../../src/sim/time.ts';
import type { Pace } from '../state/moment.ts';

type SteppedPace = Exclude<Pace, 'full'>;

/** Wall time of a simulated nanosecond, and the shortest and longest motion that is shown. */
const SCALES: Readonly<Record<SteppedPace, { perNanosecond: number; least: number; most: number }>> = {
  beat: { perNanosecond: 15, least: 300, most: 1500 },
  burst: { perNanosecond: 2, least: 300, most: 2400 },
  transaction: { perNanosecond: 0.6, least: 120, most: 1200 },
  command: { perNanosecond: 0.6, least: 500, most: 1200 },
  interrupt: { perNanosecond: 0.6, least: 600, most: 1200 },
};
/** Longest that nothing is shown to happen. */
const LONGEST_IDLE = 250;

/** What one step of a pace goes over. A beat is a part of a transaction. */
export const STEP_OF: Readonly<Record<SteppedPace, Exclude<StepKind, 'instruction'>>> = {
  beat: 'transaction', burst: 'transaction', transaction: 'transaction', command: 'command', interrupt: 'interrupt',
};

function wall(ticks: Ticks, pace: SteppedPace): number {
  return (ticks / TICKS_PER_SECOND) * 1e9 * SCALES[pace].perNanosecond;
}

/** How long a span of a record is shown: in proportion to what it takes, within reason. */
export function shownFor(ticks: Ticks, pace: SteppedPace): number {
  const { least, most } = SCALES[pace];
  return Math.min(most, Math.max(least, wall(ticks, pace)));
}

/** How long idle time is shown, and whether that is shorter than it ought to be. */
export function idleFor(ticks: Ticks, pace: SteppedPace): { readonly ms: number; readonly shortened: boolean } {
  const ms = wall(Math.max(0, ticks), pace);
  return { ms: Math.min(LONGEST_IDLE, ms), shortened: ms > LONGEST_IDLE };
}

/** Idle time from a moment to the begin of a record. */
export function idleBefore(record: TraceRecord, time: Ticks): Ticks {
  return Math.max(0, timeOf(record) - time);
}

/** The time at a share (0 to 1) of a record. */
export function timeWithin(record: TraceRecord, share: number): Ticks {
  const start = timeOf(record), end = endOf(record);
  return Math.min(end, Math.round(start + share * (end - start)));
}
