import { crc32 } from '../../bits/crc32.ts';
import { BLOCK_ROWS } from '../../sim/trace.ts';
import type { Shape } from '../../sim/trace/names.ts';
import { WORST_RECORD } from './columns.ts';
import { BLOCK, BLOCK_HEADER_BYTES, HEADER_BYTES, MAGIC, TRACE_VERSION, type TraceHeader } from './format.ts';
import { ByteWriter } from './tokens.ts';

/** The file's first bytes. */
function encodeHeader(header: TraceHeader): Uint8Array {
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

/** Names and shapes of a run, and how many of them the file is to have: those before are there. */
export interface Tables {
  readonly names: readonly string[];
  readonly shapes: readonly Shape[];
}

/** What a block of records tells of itself. */
export interface BlockSums {
  readonly count: number;
  /** Id of the first record, and the id that it would have had. */
  readonly first: number;
  readonly next: number;
  /** Times of the first and last record. */
  readonly start: number;
  readonly end: number;
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
 * The blocks of a trace file and what stands around them. `out` gets bytes that are used again when
 * it returns.
 */
export class TraceFrames {
  /** Bytes so far. */
  bytes = 0;
  private readonly out: (bytes: Uint8Array) => void;
  private readonly buffer = new ByteWriter(BLOCK_ROWS * WORST_RECORD);
  private readonly runs: RunEntry[] = [];
  private readonly blocks: { offset: number; run: number; id: number; records: number; start: number }[] = [];
  /** What of the run's tables stands in the file. */
  private names = 1;
  private shapes = 0;

  constructor(header: TraceHeader, out: (bytes: Uint8Array) => void) {
    this.out = out;
    this.put(encodeHeader(header));
  }

  /** A run begins. */
  run(name: string): void {
    this.runs.push({ name, records: 0, dropped: 0, first: 0, last: 0 });
    const b = this.begin(BLOCK.RUN);
    b.text(name);
    this.end();
    this.names = 1;
    this.shapes = 0;
  }

  /** `count` records of the run were held back. */
  drop(count: number): void {
    this.runs[this.runs.length - 1].dropped += count;
  }

  /** A block of records; `columns` writes its columns. */
  records({ names, shapes }: Tables, sums: BlockSums, columns: (out: ByteWriter) => void): void {
    const entry = this.runs[this.runs.length - 1];
    this.blocks.push({
      offset: this.bytes, run: this.runs.length - 1, id: sums.first, records: sums.count, start: sums.start,
    });
    const out = this.begin(BLOCK.RECORDS);
    out.unsigned(names.length - this.names);
    for (; this.names < names.length; this.names++) out.text(names[this.names]);
    out.reserve(16);
    out.unsigned(shapes.length - this.shapes);
    for (; this.shapes < shapes.length; this.shapes++) {
      const s = shapes[this.shapes];
      out.reserve(64);
      for (const n of [s.kind, s.who, s.what, s.space, s.size, s.flags, s.type, s.status]) out.unsigned(n);
    }
    out.reserve(16);
    out.unsigned(sums.count);
    out.unsigned(sums.next);
    columns(out);
    this.end();
    if (entry.records === 0) entry.first = sums.start;
    entry.last = sums.end;
    entry.records += sums.count;
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
