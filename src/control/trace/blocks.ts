import { BLOCK_ROWS } from '../../sim/trace.ts';
import type { Shape } from '../../sim/trace/names.ts';
import { recordOf, type TraceRecord } from '../../sim/trace/records.ts';
import { Rows } from '../../sim/trace/rows.ts';
import type { Ticks } from '../../sim/time.ts';
import { ColumnDecoder, ColumnEncoder } from './columns.ts';
import { Effects } from './effects.ts';
import type { RecordBlock } from './reader.ts';
import { firstNot, indexIn } from './rising.ts';
import { ByteReader, ByteWriter } from './tokens.ts';

/** Decoded blocks that are kept: 290 kB each. */
const DECODED = 24;

/** A block of records as it stands in a file, without the tables that come before its columns. */
export interface StoredBlock {
  readonly first: number;
  readonly last: number;
  readonly count: number;
  /** Times of the first and last record. */
  readonly start: Ticks;
  readonly end: Ticks;
  /** Latest start of this block and all before it. */
  readonly latest: Ticks;
  /** Sizes of the tables when it was written. */
  readonly names: number;
  readonly shapes: number;
  readonly columns: Uint8Array;
  /** Shapes that its records have, a bit each. */
  readonly present: Uint32Array;
}

/**
 * Records in the order of their ids, encoded by the block as in a trace file and decoded when
 * somebody asks; the newest ones are not encoded yet.
 */
export class Blocks {
  readonly list: StoredBlock[] = [];
  /** Bytes of the encoded blocks, and the records in them. */
  encoded = 0;
  records = 0;
  /** Which blocks have effects of which records. */
  readonly effects = new Effects();
  /** Blocks that went; block n of `list` is number `gone` + n. */
  gone = 0;
  readonly shapes: readonly Shape[];
  readonly names: readonly string[];
  private readonly encoder = new ColumnEncoder();
  private readonly decoder = new ColumnDecoder();
  private readonly buffer = new ByteWriter(BLOCK_ROWS * 16);
  /** Not encoded yet. */
  private rows = new Rows(BLOCK_ROWS);
  private ids = new Float64Array(BLOCK_ROWS);
  private count = 0;
  private tail: RecordBlock | null = null;
  private latest: Ticks = 0;
  private tailLatest: Ticks = 0;
  /** By number of the block, the one used last at the end. */
  private readonly decoded = new Map<number, RecordBlock>();
  /** Times that a block was decoded. */
  decodings = 0;

  constructor(shapes: readonly Shape[], names: readonly string[]) {
    this.shapes = shapes;
    this.names = names;
  }

  /** Ids of the first and last record, 0 if there is none. */
  get first(): number {
    return this.list.length > 0 ? this.list[0].first : this.count > 0 ? this.ids[0] : 0;
  }
  get last(): number {
    return this.count > 0 ? this.ids[this.count - 1] : this.list.length > 0 ? this.list[this.list.length - 1].last : 0;
  }

  /** Time of the first record, 0 if there is none. */
  get start(): Ticks {
    return this.list.length > 0 ? this.list[0].start : this.count > 0 ? this.rows.start[0] : 0;
  }

  /** How many blocks there are, the one that is not encoded yet included. */
  get size(): number {
    return this.list.length + (this.count > 0 ? 1 : 0);
  }

  /** Records that are not encoded yet. */
  get waiting(): number {
    return this.count;
  }

  /** Takes rows 0 to `count` - 1. */
  add(rows: Rows, count: number, ids: Float64Array): void {
    for (let row = 0; row < count;) {
      const n = Math.min(BLOCK_ROWS - this.count, count - row), at = this.count;
      copy(rows, row, this.rows, at, n);
      this.ids.set(ids.subarray(row, row + n), at);
      for (let k = 0; k < n; k++) {
        if (rows.start[row + k] > this.tailLatest) this.tailLatest = rows.start[row + k];
      }
      this.count += n;
      this.tail = null;
      row += n;
      if (this.count === BLOCK_ROWS) this.close();
    }
  }

  /** Encodes what is not encoded yet. */
  close(): void {
    const { rows, ids, count, buffer } = this;
    if (count === 0) return;
    buffer.length = 0;
    this.encoder.encode(buffer, rows, ids, count, ids[0], this.shapes.length);
    const present = new Uint32Array((this.shapes.length + 31) >>> 5);
    for (let row = 0; row < count; row++) present[rows.shape[row] >>> 5] |= 1 << (rows.shape[row] & 31);
    this.latest = Math.max(this.latest, this.tailLatest);
    this.effects.add(this.gone + this.list.length, rows, ids, count, (id) => this.numberOf(id));
    this.list.push({
      first: ids[0], last: ids[count - 1], count, start: rows.start[0],
      end: rows.start[count - 1], latest: this.latest,
      names: this.names.length, shapes: this.shapes.length, columns: buffer.bytes.slice(0, buffer.length), present,
    });
    this.encoded += buffer.length;
    this.records += this.count;
    this.count = 0;
    this.tail = null;
  }

  /** Drops the oldest block; returns it. */
  drop(): StoredBlock | null {
    const block = this.list.shift();
    if (block === undefined) return null;
    this.decoded.delete(this.gone);
    this.effects.drop(this.gone);
    this.gone++;
    this.encoded -= block.columns.length;
    this.records -= block.count;
    return block;
  }

  /** The place in the list of the block that has `id`, or of the next one; `size`: none. */
  placeOf(id: number): number {
    const { list } = this, at = firstNot(list.length, (n) => list[n].last < id);
    return at < list.length || id <= this.last ? at : this.size;
  }

  /** Number of the block that has `id`, -1 if it is gone. */
  numberOf(id: number): number {
    return id < this.first ? -1 : this.gone + this.placeOf(id);
  }

  /** The place of the first block with a record that begins at `time` or later. */
  placeAt(time: Ticks): number {
    const { list } = this;
    return firstNot(list.length, (n) => list[n].latest < time);
  }

  /** A record, or null if it is not kept. */
  record(id: number): TraceRecord | null {
    const place = this.placeOf(id);
    if (place >= this.size) return null;
    const block = this.read(place), row = rowOf(block, id);
    return row < 0 ? null : recordOf(id, block.rows, row, block.shapes, block.names);
  }

  /** Whether reading a block takes no decoding. */
  isAtHand(place: number): boolean {
    return place >= this.list.length || this.decoded.has(this.gone + place);
  }

  /** A block of the list, or behind it what is not encoded yet. Use it before asking again. */
  read(place: number): RecordBlock {
    const { shapes, names } = this;
    if (place >= this.list.length)
      return (this.tail ??= { rows: this.rows, ids: this.ids, count: this.count, shapes, names });
    const number = this.gone + place, known = this.decoded.get(number);
    if (known !== undefined) {
      this.decoded.delete(number);
      this.decoded.set(number, known);
      return known;
    }
    const { first, count, columns, shapes: size } = this.list[place];
    let { rows, ids } = { rows: null as Rows | null, ids: null as Float64Array | null };
    if (this.decoded.size >= DECODED) {
      const [[oldest, block]] = this.decoded;
      this.decoded.delete(oldest);
      ({ rows, ids } = block);
    }
    rows ??= new Rows(BLOCK_ROWS);
    ids ??= new Float64Array(BLOCK_ROWS);
    this.decoder.decode(new ByteReader(columns), rows, ids, count, first, size, (why) => {
      throw new Error(`a block of the trace store is damaged: ${why}`);
    });
    this.decodings++;
    const block = { rows, ids, count, shapes, names };
    this.decoded.set(number, block);
    return block;
  }
}

/** Where `id` stands in a block; -1: nowhere. */
export function rowOf({ ids, count }: RecordBlock, id: number): number {
  // Ids mostly follow each other.
  const guess = id - ids[0];
  return guess >= 0 && guess < count && ids[guess] === id ? guess : indexIn(ids, id, count);
}

function copy(from: Rows, row: number, to: Rows, at: number, count: number): void {
  for (const name of ['shape', 'parent', 'start', 'ticks', 'address', 'value', 'extra'] as const)
    to[name].set(from[name].subarray(row, row + count), at);
}
