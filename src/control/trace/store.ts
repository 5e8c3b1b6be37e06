import type { Trace, TraceSink } from '../../sim/trace.ts';
import type { TraceRecord } from '../../sim/trace/records.ts';
import { recordOf } from '../../sim/trace/records.ts';
import type { Rows } from '../../sim/trace/rows.ts';
import { TICKS_PER_SECOND, type Ticks } from '../../sim/time.ts';
import { Blocks } from './blocks.ts';
import { ChainWalk, type ChainPath, type Way } from './chain-walk.ts';
import type { TraceHeader } from './format.ts';
import { TraceFrames, type Tables } from './frames.ts';
import type { LaneSheet } from './lane.ts';
import { Lanes, type LaneOrder } from './lanes.ts';
import { momentOf, nearestEdge, type LaneEdge, type Side, type TraceMoment } from './moment.ts';
import type { RecordBlock } from './reader.ts';
import { RowFilter, type RowWish } from './row-filter.ts';
import { seekRecord, type RecordWish } from './seek.ts';
import { Windows, type TraceWindow, type WindowQuery } from './window.ts';

/** What a store is to be like. */
export interface StoreOptions {
  /**
   * Bytes of encoded records, with what lanes and chains know of them, at most: the oldest go
   * first. Infinity if absent.
   */
  readonly limit?: number;
}

/** A time of which nothing is kept. */
export interface Gap {
  readonly from: Ticks;
  /** Infinity: it lasts. */
  readonly to: Ticks;
  /** Recording was off; it was waiting for its trigger; or the records had to go for newer ones. */
  readonly why: 'off' | 'trigger' | 'limit';
}

/** How much there is. */
export interface StoreSums {
  /** Ids of the first and last record that is kept; 0: there is none. */
  readonly first: number;
  readonly last: number;
  /** Records that are kept, and that went for newer ones. */
  readonly records: number;
  readonly dropped: number;
  /** Bytes of the encoded records, and of what makes answers fast. */
  readonly bytes: number;
  readonly indexBytes: number;
  /** Bytes that a simulated second takes, from the latest blocks; 0: not known yet. */
  readonly bytesPerSecond: number;
  readonly recording: boolean;
  /** It waits for its trigger. */
  readonly armed: boolean;
}

/** Bytes of a record that is not encoded yet, and of what lanes and chains know of one, about. */
const RAW = 8, INDEXED = 12;
/** Blocks from which the rate is known. */
const RATE_BLOCKS = 64;

/** The records of one machine's run in memory, for questions about any of them. */
export class TraceStore {
  private readonly options: StoreOptions;
  private trace: Trace | null = null;
  private tables: Tables = { names: [''], shapes: [] };
  private blocks = new Blocks([], ['']);
  private lanesOfRun = new Lanes([], [''], {});
  private windows = new Windows(this.blocks, this.lanesOfRun);
  private chain = new ChainWalk(this.blocks);
  private readonly sink: TraceSink = { block: (rows, count, first) => this.keep(rows, count, first) };
  private on = false;
  /** Records that were dropped, and where what is kept begins because of that. */
  private dropped = 0;
  private droppedTo: Ticks | null = null;
  private droppedFor: Gap['why'] = 'limit';
  private readonly off: { from: Ticks; to: Ticks; why: 'off' }[] = [];
  private trigger: RowFilter | null = null;
  /** Records that are kept while it waits for its trigger. */
  private pretrigger = 0;
  private numbers = new Float64Array(0);

  constructor(options: StoreOptions = {}) {
    this.options = options;
  }

  /**
   * Takes everything that `trace` records from now on.
   * @param order of the lanes of a kind
   */
  attach(trace: Trace, order: LaneOrder = {}): void {
    this.trace = trace;
    this.begin({ names: trace.names.list, shapes: trace.shapes.list }, order);
    trace.attach(this.sink);
    this.on = true;
  }

  /** Begins with records of another origin than a machine: `take` gives them. */
  begin(tables: Tables, order: LaneOrder = {}): void {
    this.tables = tables;
    this.blocks = new Blocks(tables.shapes, tables.names);
    this.lanesOfRun = new Lanes(tables.shapes, tables.names, order);
    this.windows = new Windows(this.blocks, this.lanesOfRun);
    this.chain = new ChainWalk(this.blocks);
  }

  /** Whether records are taken. */
  get recording(): boolean {
    return this.on;
  }

  /**
   * Switches recording on or off between two runs of the machine; `now` is the machine's time. What
   * happens after a pause has no cause from before it.
   */
  setRecording(on: boolean, now: Ticks): void {
    const { trace } = this;
    if (trace === null || on === this.on) return;
    trace.flush();
    this.on = on;
    if (on) {
      trace.forget();
      trace.attach(this.sink);
      this.lanesOfRun.resume(now);
      this.closeGap(now);
    } else {
      trace.detach(this.sink);
      this.lanesOfRun.cut(now);
      this.off.push({ from: now, to: Infinity, why: 'off' });
    }
  }

  /**
   * Waits for a record that passes `wish`; until then only the latest `before` records are kept,
   * about. What was kept before stays no longer than they do.
   */
  arm(wish: RowWish, before: number): void {
    const { trace } = this;
    if (trace === null) return;
    trace.flush();
    this.trigger = new RowFilter(wish);
    this.trigger.begin(trace.shapes.list, trace.names.list);
    this.pretrigger = before;
    this.shrink();
  }

  /** Does not wait any more: everything is kept from now on. */
  disarm(): void {
    this.trigger = null;
  }

  /** Id of the first record that is kept; 0: there is none. */
  get first(): number {
    return this.blocks.first;
  }

  /** Id of the last record that is kept; 0: there is none. */
  get last(): number {
    return this.blocks.last;
  }

  /** Bytes of the records that are kept. */
  get bytes(): number {
    return this.blocks.encoded + RAW * this.blocks.waiting;
  }

  sums(): StoreSums {
    const { blocks, on } = this, records = blocks.records + blocks.waiting;
    const recent = blocks.list.slice(-RATE_BLOCKS);
    const ticks = recent.length === 0 ? 0 : recent[recent.length - 1].end - recent[0].start;
    const bytes = recent.reduce((n, b) => n + b.columns.length, 0);
    return {
      first: this.first, last: this.last, records, dropped: this.dropped,
      bytes: this.bytes, indexBytes: this.lanesOfRun.bytes + blocks.effects.bytes,
      bytesPerSecond: ticks > 0 ? Math.round((bytes * TICKS_PER_SECOND) / ticks) : 0,
      recording: on, armed: this.trigger !== null,
    };
  }

  /** Times of which nothing is kept, in their order. */
  gaps(): Gap[] {
    if (this.droppedTo === null) return [...this.off];
    const to = this.droppedTo, why = this.droppedFor;
    return [{ from: 0, to, why }, ...this.off.filter((g) => g.to > to)];
  }

  /** A record, or null if it is not kept. */
  record(id: number): TraceRecord | null {
    return this.blocks.record(id);
  }

  /** Up to `count` records from id `from` on. */
  records(from: number, count: number): TraceRecord[] {
    const { blocks } = this, found: TraceRecord[] = [];
    for (let place = blocks.placeOf(from); place < blocks.size && found.length < count; place++) {
      const { rows, ids, count: size, shapes, names } = blocks.read(place);
      for (let row = 0; row < size && found.length < count; row++)
        if (ids[row] >= from) found.push(recordOf(ids[row], rows, row, shapes, names));
    }
    return found;
  }

  /** Id of the last record that there is by now, told or not; 0: there is none. */
  latest(): number {
    this.trace?.flush();
    return this.blocks.last;
  }

  /**
   * What is kept up to the record `last`, block by block. More may come in the meantime, and the
   * oldest may go, which is left out then. Columns are used again after the next block.
   */
  * each(last: number): Generator<RecordBlock> {
    const { blocks } = this;
    for (let id = blocks.first; id > 0 && id <= last;) {
      const block = blocks.read(blocks.placeOf(Math.max(id, blocks.first)));
      const beyond = block.ids.subarray(0, block.count).findIndex((n) => n > last);
      const count = beyond < 0 ? block.count : beyond;
      id = block.ids[block.count - 1] + 1;
      yield { ...block, count };
    }
  }

  /** Id of the first record that begins at `time` or later; else one behind the last. */
  idAt(time: Ticks): number {
    const { blocks } = this;
    for (let place = blocks.placeAt(time); place < blocks.size; place++) {
      const { rows, ids, count } = blocks.read(place);
      for (let row = 0; row < count; row++) if (rows.start[row] >= time) return ids[row];
    }
    return this.last + 1;
  }

  /** The lanes that have records, in their order. */
  lanes(): LaneSheet[] {
    return this.lanesOfRun.sheets();
  }

  /** Lanes between two times. */
  window(query: WindowQuery): TraceWindow {
    return this.windows.window(query);
  }

  /** Names and shapes from these numbers on: those before never change. */
  tablesFrom(names: number, shapes: number): Tables {
    return { names: this.tables.names.slice(names), shapes: this.tables.shapes.slice(shapes) };
  }

  /** The edge of a lane that is nearest to `time`, or the nearest one before or after it. */
  edge(lane: string, time: Ticks, side: Side): LaneEdge | null {
    return nearestEdge(this.windows, this.lanesOfRun, lane, time, side);
  }

  /** What is on the buses and lines at a time. */
  moment(time: Ticks): TraceMoment {
    return momentOf(this.windows, this.lanesOfRun, time, (id) => this.record(id));
  }

  /**
   * The next record after `id` (or, with -1, before it) that is wished for; null: there is none.
   */
  seek(id: number, direction: 1 | -1, wish: RecordWish): TraceRecord | null {
    return seekRecord(this.blocks, id, direction, wish);
  }

  /** Direct effects of a record, in their order. */
  effects(id: number, most = Infinity): { ids: number[]; count: number } {
    return this.chain.effects(id, most);
  }

  /** The neighbour of a record in its chain of causes; null: there is none. */
  walk(id: number, way: Way): TraceRecord | null {
    return this.chain.walk(id, way);
  }

  /** The piece of work that a record belongs to; null: the record is not kept. */
  path(id: number): ChainPath | null {
    return this.chain.path(id);
  }

  /** A trace file of what is kept, in pieces; `run`: what it is called in the file. */
  * file(header: TraceHeader, run: string): Generator<Uint8Array> {
    const pieces: Uint8Array[] = [], { blocks } = this, { names, shapes } = this.tables;
    this.trace?.flush();
    blocks.close();
    const frames = new TraceFrames(header, (bytes) => pieces.push(bytes.slice()));
    frames.run(run);
    frames.drop(this.dropped);
    for (const { count, first, start, end, names: named, shapes: shaped, columns } of blocks.list) {
      const tables = { names: names.slice(0, named), shapes: shapes.slice(0, shaped) };
      frames.records(tables, { count, first, next: first, start, end }, (out) => out.append(columns));
      yield* pieces.splice(0);
    }
    frames.finish();
    yield* pieces;
  }

  private keep(rows: Rows, count: number, first: number): void {
    if (this.numbers.length < count) this.numbers = new Float64Array(2 * count);
    for (let row = 0; row < count; row++) this.numbers[row] = first + row;
    this.take(rows, count, this.numbers);
  }

  /** Takes rows 0 to `count` - 1, whose ids rise. */
  take(rows: Rows, count: number, ids: Float64Array): void {
    for (let row = 0; row < count && this.trigger !== null; row++)
      if (this.trigger.passes(rows, row)) this.trigger = null;
    this.lanesOfRun.add(rows, count, ids);
    this.blocks.add(rows, count, ids);
    this.shrink();
  }

  /** Drops what is too much. */
  private shrink(): void {
    const { blocks } = this, { limit = Infinity } = this.options;
    for (;;) {
      const oldest = blocks.list[0];
      if (oldest === undefined || blocks.size === 1) break;
      const waiting = this.trigger !== null && blocks.last - oldest.last >= this.pretrigger;
      if (blocks.encoded + INDEXED * blocks.records <= limit && !waiting) break;
      blocks.drop();
      this.dropped += oldest.count;
      this.droppedTo = blocks.start;
      this.droppedFor = waiting ? 'trigger' : 'limit';
      this.lanesOfRun.drop(blocks.first);
    }
  }

  private closeGap(now: Ticks): void {
    const gap = this.off[this.off.length - 1];
    if (gap !== undefined && gap.to === Infinity) gap.to = now;
  }
}
