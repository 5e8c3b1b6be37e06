import { BLOCK_ROWS, type Trace, type TraceSink } from '../../sim/trace.ts';
import { Rows } from '../../sim/trace/rows.ts';
import { crc32 } from '../../bits/crc32.ts';
import { ColumnEncoder, WORST_RECORD } from './columns.ts';
import { BLOCK, BLOCK_HEADER_BYTES, HEADER_BYTES, MAGIC, TRACE_VERSION, type TraceHeader } from './format.ts';
import type { RowFilter } from './row-filter.ts';
import { ByteWriter } from './tokens.ts';

/** The file's first bytes. */
export function encodeHeader(header: TraceHeader): Uint8Array {
  const text = new ByteWriter(256);
  text.text(
    JSON.stringify({
      ticksPerSecond: header.ticksPerSecond,
      board: header.board,
      generator: header.generator,
      filter: header.filter,
    }),
  );
  const body = text.bytes.subarray(0, text.length);
  const bytes = new Uint8Array(HEADER_BYTES + body.length);
  bytes.set(MAGIC);
  bytes.set(body, HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(8, TRACE_VERSION, true);
  view.setUint32(12, body.length, true);
  view.setUint32(16, crc32(body), true);
  return bytes;
}

/** One run in the index. */
interface RunEntry {
  name: string;
  records: number;
  /** Held back by the filters. */
  dropped: number;
  first: number;
  last: number;
}

/**
 * Writes a trace file block by block into `out`, which gets bytes that are used again when it
 * returns. Nothing but the block under way and the index is kept. Same records, same bytes.
 */
export class TraceWriter {
  /** Records written, and held back by the filter. */
  written = 0;
  dropped = 0;
  /** Bytes written so far. */
  bytes = 0;
  private readonly out: (bytes: Uint8Array) => void;
  private readonly filter: RowFilter | null;
  private readonly buffer = new ByteWriter(BLOCK_ROWS * WORST_RECORD);
  private readonly columns = new ColumnEncoder();
  private readonly runs: RunEntry[] = [];
  private readonly blocks: { offset: number; run: number; id: number; records: number; start: number }[] = [];
  private kept = new Rows(BLOCK_ROWS);
  private ids = new Float64Array(BLOCK_ROWS);

  constructor(header: TraceHeader, filter: RowFilter | null, out: (bytes: Uint8Array) => void) {
    this.out = out;
    this.filter = filter;
    this.put(encodeHeader(header));
  }

  /** Begins a run: what `trace` records from now on belongs to it. */
  run(name: string, trace: Trace): TraceSink {
    const entry: RunEntry = { name, records: 0, dropped: 0, first: 0, last: 0 };
    this.runs.push(entry);
    const b = this.begin(BLOCK.RUN);
    b.text(name);
    this.end();
    const { names, shapes } = trace;
    this.filter?.begin(shapes.list, names.list);
    /** What of the tables stands in the file, and the id that comes next. */
    let knownNames = 1, knownShapes = 0, next = 1;
    return {
      block: (rows, count, first) => {
        const kept = this.filter === null ? count : this.select(this.filter, rows, count);
        const dropped = count - kept;
        this.dropped += dropped;
        entry.dropped += dropped;
        if (kept === 0) return;
        const columns = dropped === 0 ? rows : this.kept;
        const ids = this.ids.length < kept ? (this.ids = new Float64Array(2 * kept)) : this.ids;
        if (dropped === 0) for (let row = 0; row < kept; row++) ids[row] = first + row;
        else for (let row = 0; row < kept; row++) ids[row] += first;
        this.blocks.push({
          offset: this.bytes, run: this.runs.length - 1, id: ids[0], records: kept, start: columns.start[0],
        });
        const out = this.begin(BLOCK.RECORDS);
        out.unsigned(names.list.length - knownNames);
        for (; knownNames < names.list.length; knownNames++) out.text(names.list[knownNames]);
        out.unsigned(shapes.list.length - knownShapes);
        for (; knownShapes < shapes.list.length; knownShapes++) {
          const s = shapes.list[knownShapes];
          out.reserve(64);
          for (const n of [s.kind, s.who, s.what, s.space, s.size, s.flags, s.type, s.status]) out.unsigned(n);
        }
        out.reserve(16);
        out.unsigned(kept);
        out.unsigned(next);
        this.columns.encode(out, columns, ids, kept, next, shapes.list.length);
        this.end();
        next = ids[kept - 1] + 1;
        if (entry.records === 0) entry.first = columns.start[0];
        entry.last = columns.start[kept - 1];
        entry.records += kept;
        this.written += kept;
      },
    };
  }

  /** Writes the index: the file is whole. */
  finish(): void {
    const at = this.bytes;
    const b = this.begin(BLOCK.INDEX);
    b.unsigned(this.runs.length);
    for (const r of this.runs) {
      b.text(r.name);
      b.reserve(64);
      for (const n of [r.records, r.dropped, r.first, r.last]) b.unsigned(n);
    }
    b.unsigned(this.blocks.length);
    for (const k of this.blocks) {
      b.reserve(64);
      for (const n of [k.offset, k.run, k.id, k.records, k.start]) b.unsigned(n);
    }
    this.end();
    const trailer = new Uint8Array(16);
    const view = new DataView(trailer.buffer);
    view.setUint32(0, at % 2 ** 32, true);
    view.setUint32(4, Math.floor(at / 2 ** 32), true);
    trailer.set(MAGIC, 8);
    this.put(trailer);
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

  private begin(kind: number): ByteWriter {
    const b = this.buffer;
    b.length = BLOCK_HEADER_BYTES;
    b.bytes[0] = kind;
    return b;
  }

  private end(): void {
    const b = this.buffer, { bytes } = b;
    const view = new DataView(bytes.buffer);
    view.setUint32(1, b.length - BLOCK_HEADER_BYTES, true);
    const crc = crc32(bytes.subarray(BLOCK_HEADER_BYTES, b.length), crc32(bytes.subarray(0, 5)));
    view.setUint32(5, crc, true);
    this.put(bytes.subarray(0, b.length));
  }

  private put(bytes: Uint8Array): void {
    this.bytes += bytes.length;
    this.out(bytes);
  }
}
