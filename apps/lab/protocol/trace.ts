/** What the page can ask of a trace. Times are ticks; ids are those of trace records. */
import type { ChainPath, Way } from '../../../src/control/trace/chain-walk.ts';
import type { TraceFormat } from '../../../src/control/export/formats.ts';
import type { Tables } from '../../../src/control/trace/frames.ts';
import type { LaneSheet } from '../../../src/control/trace/lane.ts';
import type { LaneEdge, Side } from '../../../src/control/trace/moment.ts';
import type { RowWish } from '../../../src/control/trace/row-filter.ts';
import type { Gap, StoreSums } from '../../../src/control/trace/store.ts';
import type { TraceWindow, WindowQuery } from '../../../src/control/trace/window.ts';
import type { TraceRecord } from '../../../src/sim/trace/records.ts';
import type { Ticks } from '../../../src/sim/time.ts';

/** The trace of the machine of a worker. */
export interface TraceApi {
  record(id: number): Promise<TraceRecord | null>;
  records(from: number, count: number): Promise<TraceRecord[]>;
  /** Of these records those that are kept. */
  kept(ids: readonly number[]): Promise<TraceRecord[]>;
  idAt(time: Ticks): Promise<number>;
  /** How much there is. */
  sums(): Promise<StoreSums>;
  /** Times of which nothing is kept. */
  gaps(): Promise<Gap[]>;
  /** The lanes that have records, in an order that stays. */
  lanes(): Promise<LaneSheet[]>;
  window(query: WindowQuery): Promise<TraceWindow>;
  /** Names and shapes from these numbers on: those before never change. */
  tables(names: number, shapes: number): Promise<Tables>;
  /** The edge of a lane that is nearest to a time, or the nearest one before or after it. */
  edge(lane: string, time: Ticks, side: Side): Promise<LaneEdge | null>;
  /** Direct effects of a record, in their order: up to `most` ids, and how many there are. */
  effects(id: number, most: number): Promise<{ ids: number[]; count: number }>;
  /** The neighbour of a record in its chain of causes. */
  walk(id: number, way: Way): Promise<TraceRecord | null>;
  /** The piece of work that a record belongs to. */
  path(id: number): Promise<ChainPath | null>;
  /** Waits for a record that passes; the machine is paused for it. Before it, `before` are kept. */
  arm(wish: RowWish, before: number): Promise<void>;
  disarm(): Promise<void>;
  /**
   * What is kept as a file: `trace` is what `northbridge trace` reads, and the others are what it
   * makes of that. `told` hears the share that is done.
   * @throws Error with one line if it becomes too large for a page
   */
  file(format: 'trace' | TraceFormat, told: (share: number) => void): Promise<Blob>;
}
