import { BLOCK_ROWS, type Trace, type TraceSink } from '../../sim/trace.ts';
import { Rows } from '../../sim/trace/rows.ts';
import { ColumnEncoder } from './columns.ts';
import type { TraceHeader } from './format.ts';
import { TraceFrames } from './frames.ts';
import type { RowFilter } from './row-filter.ts';

/**
 * Writes a trace file block by block into `out`, which gets bytes that are used again when it
 * returns. Nothing but the block under way and the index is kept. Same records, same bytes.
 */
export class TraceWriter {
  /** Records written, and held back by the filter. */
  written = 0;
  dropped = 0;
  private readonly frames: TraceFrames;
  private readonly filter: RowFilter | null;
  private readonly columns = new ColumnEncoder();
  private kept = new Rows(BLOCK_ROWS);
  private ids = new Float64Array(BLOCK_ROWS);

  constructor(header: TraceHeader, filter: RowFilter | null, out: (bytes: Uint8Array) => void) {
    this.filter = filter;
    this.frames = new TraceFrames(header, out);
  }

  /** Bytes written so far. */
  get bytes(): number {
    return this.frames.bytes;
  }

  /** Begins a run: what `trace` records from now on belongs to it. */
  run(name: string, trace: Trace): TraceSink {
    const { frames } = this;
    frames.run(name);
    const tables = { names: trace.names.list, shapes: trace.shapes.list };
    this.filter?.begin(tables.shapes, tables.names);
    /** The id that comes next. */
    let next = 1;
    return {
      block: (rows, count, first) => {
        const kept = this.filter === null ? count : this.select(this.filter, rows, count);
        const dropped = count - kept;
        this.dropped += dropped;
        frames.drop(dropped);
        if (kept === 0) return;
        const columns = dropped === 0 ? rows : this.kept;
        const ids = this.ids.length < kept ? (this.ids = new Float64Array(2 * kept)) : this.ids;
        if (dropped === 0) for (let row = 0; row < kept; row++) ids[row] = first + row;
        else for (let row = 0; row < kept; row++) ids[row] += first;
        const start = columns.start[0], end = columns.start[kept - 1];
        frames.records(tables, { count: kept, first: ids[0], next, start, end }, (out) =>
          this.columns.encode(out, columns, ids, kept, next, tables.shapes.length));
        next = ids[kept - 1] + 1;
        this.written += kept;
      },
    };
  }

  /** Writes the index: the file is whole. */
  finish(): void {
    this.frames.finish();
  }

  /** Copies the rows that pass into `kept`, their numbers into `ids`; returns how many. */
  private select(filter: RowFilter, rows: Rows, count: number): number {
    while (this.kept.capacity < count) this.kept.grow();
    if (this.ids.length < count) this.ids = new Float64Array(2 * count);
    let n = 0;
    for (let row = 0; row < count; row++) {
      if (!filter.passes(rows, row)) continue;
      this.kept.set(
        n, rows.shape[row], rows.parent[row], rows.start[row], rows.ticks[row], rows.address[row], rows.value[row],
        rows.extra[row],
      );
      this.ids[n++] = row;
    }
    return n;
  }
}
