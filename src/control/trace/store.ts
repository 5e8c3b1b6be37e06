import { BLOCK_ROWS, type Trace, type TraceSink } from '../../sim/trace.ts';
import type { TraceRecord } from '../../sim/trace/records.ts';
import { recordOf } from '../../sim/trace/records.ts';
import { Rows } from '../../sim/trace/rows.ts';
import type { Ticks } from '../../sim/time.ts';

/** Rows that came together, kept as they came. */
interface Kept {
  readonly first: number;
  readonly count: number;
  readonly rows: Rows;
}

/** The records of one machine's run in memory, for questions about any of them. */
export class TraceStore {
  private readonly blocks: Kept[] = [];
  private trace: Trace | null = null;
  private lastId = 0;

  /** Takes everything that `trace` records from now on. */
  attach(trace: Trace): void {
    this.trace = trace;
    const sink: TraceSink = { block: (rows, count, first) => this.keep(rows, count, first) };
    trace.attach(sink);
  }

  /** Id of the first record that is kept; 0: there is none. */
  get first(): number {
    return this.blocks[0]?.first ?? 0;
  }

  /** Id of the last record that is kept; 0: there is none. */
  get last(): number {
    return this.lastId;
  }

  /** A record, or null if it is not kept. */
  record(id: number): TraceRecord | null {
    const block = this.blocks.find((b) => id >= b.first && id < b.first + b.count);
    if (block === undefined || this.trace === null) return null;
    return recordOf(id, block.rows, id - block.first, this.trace.shapes.list, this.trace.names.list);
  }

  /** Up to `count` records from id `from` on. */
  records(from: number, count: number): TraceRecord[] {
    const found: TraceRecord[] = [];
    for (let id = Math.max(from, this.first); id <= this.lastId && found.length < count; id++) {
      const record = this.record(id);
      if (record !== null) found.push(record);
    }
    return found;
  }

  /** Id of the first record that begins at `time` or later; else one behind the last. */
  idAt(time: Ticks): number {
    for (const { rows, count, first } of this.blocks)
      for (let row = 0; row < count; row++) if (rows.start[row] >= time) return first + row;
    return this.lastId + 1;
  }

  private keep(rows: Rows, count: number, first: number): void {
    const own = new Rows(Math.min(count, 2 * BLOCK_ROWS));
    while (own.capacity < count) own.grow();
    for (let n = 0; n < count; n++) {
      const { shape, parent, start, ticks, address, value, extra } = rows;
      own.set(n, shape[n], parent[n], start[n], ticks[n], address[n], value[n], extra[n]);
    }
    this.blocks.push({ first, count, rows: own });
    this.lastId = first + count - 1;
  }
}
