/** Steps through a run, and who wrote a byte. Times are ticks; ids are those of trace records. */
import type { LastWrite, SearchedBytes } from '../../../src/control/explore/last-writer.ts';
import type { Place, StepKind } from '../../../src/control/explore/steps.ts';
import type { TraceRecord } from '../../../src/sim/trace/records.ts';
import type { Ticks } from '../../../src/sim/time.ts';

/** A moment of the page: what `page/state/moment.ts` has of it. */
export interface From {
  readonly time: Ticks;
  readonly record: number;
}

export interface ExploreApi {
  /** Whether what happens from now on is recorded. */
  record(on: boolean): Promise<void>;
  /** Checksum of all state there: however a time was come to, it is the same. */
  checksum(time: Ticks): Promise<string>;
  /** `count` steps on, or back if negative, as far as there are so many. */
  step(kind: StepKind, count: number, from: From): Promise<Place>;
  /**
   * The records that the next steps come to, the nearest first: up to `count`, or back if negative.
   * The machine runs on for the first of them only. Empty: the run has no more.
   */
  following(kind: Exclude<StepKind, 'instruction'>, count: number, from: From): Promise<TraceRecord[]>;
  /**
   * Who wrote bytes last, up to a time; null: nobody since the software was loaded. Takes long
   * where that was long ago; a later question ends it (null).
   */
  lastWriter(bytes: SearchedBytes, time: Ticks): Promise<LastWrite | null>;
}
