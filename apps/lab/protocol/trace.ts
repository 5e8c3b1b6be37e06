/** What the page can ask of a trace. Times are ticks; ids are those of trace records. */
import type { LaneSheet } from '../../../src/control/trace/lane.ts';
import type { Gap, StoreSums } from '../../../src/control/trace/store.ts';
import type { TraceWindow, WindowQuery } from '../../../src/control/trace/window.ts';
import type { Shape } from '../../../src/sim/trace/names.ts';
import type { TraceRecord } from '../../../src/sim/trace/records.ts';
import type { Ticks } from '../../../src/sim/time.ts';

/** The trace of the machine of a worker. */
export interface TraceApi {
  record(id: number): Promise<TraceRecord | null>;
  records(from: number, count: number): Promise<TraceRecord[]>;
  idAt(time: Ticks): Promise<number>;
  /** How much there is. */
  sums(): Promise<StoreSums>;
  /** Times of which nothing is kept. */
  gaps(): Promise<Gap[]>;
  /** The lanes that have records, in an order that stays. */
  lanes(): Promise<LaneSheet[]>;
  window(query: WindowQuery): Promise<TraceWindow>;
  /** Names and shapes from these numbers on: those before never change. */
  tables(names: number, shapes: number): Promise<{ names: string[]; shapes: Shape[] }>;
}
