import { FLAG, KIND_NAMES } from '../../sim/trace/kinds.ts';
import type { Shape } from '../../sim/trace/names.ts';
import { Rows } from '../../sim/trace/rows.ts';
import { crc32 } from '../../bits/crc32.ts';
import { ColumnDecoder } from './columns.ts';
import {
  BLOCK, BLOCK_HEADER_BYTES, HEADER_BYTES, LONGEST_BLOCK, MAGIC, TRACE_VERSION, TraceFormatError, type TraceHeader,
} from './format.ts';
import type { Tables } from './frames.ts';
import { ByteReader } from './tokens.ts';

/** Records as they stand in a file: rows 0 to `count` - 1 of `rows`, with their ids. */
export interface RecordBlock {
  readonly rows: Rows;
  readonly ids: Float64Array;
  readonly count: number;
  readonly shapes: readonly Shape[];
  readonly names: readonly string[];
}

/** What the reader hands on, in the order of the file. Columns are used again afterwards. */
export interface TraceVisitor {
  header?(header: TraceHeader): void;
  /** The tables are those of the run's blocks, and grow with them. */
  run?(name: string, tables: Tables): void;
  records?(block: RecordBlock): void;
  /** The file is whole. `dropped`: records that the recording's filters held back. */
  end?(dropped: number): void;
}

/** Most rows of a block that is taken for good. */
const MOST_ROWS = 2 ** 22;

/**
 * Reads a trace file that is given in pieces of any length, and hands on whole blocks. What it
 * refuses is no trace file of this version, or damaged: TraceFormatError.
 */
export class TraceReader {
  /** Bytes of whole blocks, from the file's beginning. */
  consumed = 0;
  /** Records handed on. */
  records = 0;
  private state: 'header' | 'blocks' | 'trailer' | 'done' = 'header';
  /** Bytes that do not make a whole block yet: `held` of them, from 0 on. */
  private buffer = new Uint8Array(2 ** 16);
  private held = 0;
  private readonly visitor: TraceVisitor;
  private names: string[] = [''];
  private shapes: Shape[] = [];
  private runs = 0;
  private readonly columns = new ColumnDecoder();
  private rows = new Rows(0);
  private ids = new Float64Array(0);
  private index = 0;

  constructor(visitor: TraceVisitor) {
    this.visitor = visitor;
  }

  /** @throws TraceFormatError */
  push(bytes: Uint8Array): void {
    if (this.held + bytes.length > this.buffer.length) {
      const larger = new Uint8Array(2 * (this.held + bytes.length));
      larger.set(this.buffer.subarray(0, this.held));
      this.buffer = larger;
    }
    this.buffer.set(bytes, this.held);
    this.held += bytes.length;
    let at = 0;
    for (;;) {
      const used = this.part(this.buffer.subarray(at, this.held));
      if (used === 0) break;
      at += used;
      this.consumed += used;
    }
    this.buffer.copyWithin(0, at, this.held);
    this.held -= at;
  }

  /**
   * No more bytes come. Returns whether the file is whole; if not, it ends within a block, or
   * before its index: the recording did not come to its end, or the file was cut.
   * @throws TraceFormatError if not even the header is whole
   */
  finish(): boolean {
    if (this.state === 'done') {
      if (this.held > 0) throw new TraceFormatError('there are bytes behind its end');
      return true;
    }
    if (this.state === 'header')
      throw new TraceFormatError(
        this.held === 0 ? 'it is empty' : 'it is cut off within its header',
      );
    return false;
  }

  /** As `finish`, of a file whose compressed bytes end too early: it is not whole. */
  finishCut(): false {
    if (this.state === 'header') throw new TraceFormatError('it is cut off within its header');
    return false;
  }

  /** Takes the next part off `data`; returns its length, 0 if it is not all there. */
  private part(data: Uint8Array): number {
    switch (this.state) {
      case 'header': return this.header(data);
      case 'blocks': return this.block(data);
      case 'trailer': return this.trailer(data);
      default: return 0;
    }
  }

  private header(data: Uint8Array): number {
    const known = Math.min(MAGIC.length, data.length);
    for (let k = 0; k < known; k++)
      if (data[k] !== MAGIC[k]) throw new TraceFormatError('it is no trace file (wrong magic)');
    if (data.length < HEADER_BYTES) return 0;
    const view = viewOf(data);
    const version = view.getUint32(8, true), length = view.getUint32(12, true);
    if (version !== TRACE_VERSION)
      throw new TraceFormatError(`it has version ${version}, this program reads version ${TRACE_VERSION}`);
    if (length > LONGEST_BLOCK) throw new TraceFormatError('its header is damaged');
    if (data.length < HEADER_BYTES + length) return 0;
    const body = data.subarray(HEADER_BYTES, HEADER_BYTES + length);
    if (crc32(body) !== view.getUint32(16, true)) throw new TraceFormatError('its header is damaged');
    const header = parseHeader(new ByteReader(body).text());
    this.visitor.header?.(header);
    this.state = 'blocks';
    return HEADER_BYTES + length;
  }

  private block(data: Uint8Array): number {
    if (data.length < BLOCK_HEADER_BYTES) return 0;
    const view = viewOf(data);
    const length = view.getUint32(1, true);
    if (data[0] < BLOCK.RUN || data[0] > BLOCK.INDEX || length > LONGEST_BLOCK) this.damaged('there is no block');
    const size = BLOCK_HEADER_BYTES + length;
    if (data.length < size) return 0;
    const payload = data.subarray(BLOCK_HEADER_BYTES, size);
    if (crc32(payload, crc32(data.subarray(0, 5))) !== view.getUint32(5, true)) this.damaged('a checksum is wrong');
    try {
      const from = new ByteReader(payload);
      if (data[0] === BLOCK.RUN) this.beginRun(from);
      else if (data[0] === BLOCK.RECORDS) this.readRecords(from);
      else this.readIndex(from);
      if (from.left !== 0) throw new TraceFormatError('a block is too long');
    } catch (error) {
      if (error instanceof TraceFormatError) this.damaged(error.message);
      throw error;
    }
    return size;
  }

  private trailer(data: Uint8Array): number {
    if (data.length < 16) return 0;
    const view = viewOf(data);
    const index = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
    if (index !== this.index || MAGIC.some((b, k) => data[8 + k] !== b)) this.damaged('its end is not the end');
    this.state = 'done';
    this.visitor.end?.(this.dropped);
    return 16;
  }

  private dropped = 0;

  private beginRun(from: ByteReader): void {
    this.runs++;
    this.names = [''];
    this.shapes = [];
    // Also where nobody asks for it: the blocks come behind it.
    const name = from.text(), { shapes, names } = this;
    this.visitor.run?.(name, { shapes, names });
  }

  private readRecords(from: ByteReader): void {
    if (this.runs === 0) throw new TraceFormatError('records stand before the first run');
    for (let n = from.upTo(from.left, 'a count of names'); n > 0; n--) this.names.push(from.text());
    for (let n = from.upTo(from.left, 'a count of shapes'); n > 0; n--) this.shapes.push(this.readShape(from));
    const count = from.upTo(MOST_ROWS, 'a count of records');
    const first = from.unsigned();
    while (this.rows.capacity < count) {
      if (this.rows.capacity === 0) this.rows = new Rows(Math.max(4096, count));
      else this.rows.grow();
    }
    if (this.ids.length < count) this.ids = new Float64Array(this.rows.capacity);
    const { rows, ids, shapes, names } = this;
    this.columns.decode(from, rows, ids, count, first, shapes.length, (why) => {
      throw new TraceFormatError(why);
    });
    this.checkDetails(count);
    this.records += count;
    this.visitor.records?.({ rows, ids, count, shapes, names });
  }

  /** A note's details are a name. */
  private checkDetails(count: number): void {
    for (let row = 0; row < count; row++) {
      if (KIND_NAMES[this.shapes[this.rows.shape[row]].kind] !== 'note') continue;
      const detail = this.rows.value[row];
      if (!(detail >= 0 && detail < this.names.length)) throw new TraceFormatError(`there is no name ${detail}`);
    }
  }

  private readShape(from: ByteReader): Shape {
    const name = (): number => from.upTo(this.names.length - 1, 'a name');
    return {
      kind: from.upTo(KIND_NAMES.length - 1, 'a kind'),
      who: name(),
      what: name(),
      space: name(),
      size: from.upTo(8, 'a size'),
      flags: from.upTo(FLAG.WRITE | FLAG.SECURE | FLAG.PRIVILEGED, 'a flag'),
      type: name(),
      status: name(),
    };
  }

  /** The index repeats what was read; only the counts of dropped records are new. */
  private readIndex(from: ByteReader): void {
    this.index = this.consumed;
    const runs = from.upTo(from.left, 'a count of runs');
    if (runs !== this.runs) throw new TraceFormatError(`its index has ${runs} runs, the file ${this.runs}`);
    let records = 0;
    for (let n = runs; n > 0; n--) {
      from.text();
      records += from.unsigned();
      this.dropped += from.unsigned();
      from.unsigned();
      from.unsigned();
    }
    if (records !== this.records)
      throw new TraceFormatError(`its index has ${records} records, the file ${this.records}`);
    for (let n = from.upTo(from.left, 'a count of blocks'); n > 0; n--) for (let k = 0; k < 5; k++) from.unsigned();
    this.state = 'trailer';
  }

  private damaged(why: string): never {
    throw new TraceFormatError(`it is damaged at byte ${this.consumed}: ${why}`);
  }
}

function viewOf(data: Uint8Array): DataView {
  return new DataView(data.buffer, data.byteOffset, data.byteLength);
}

function parseHeader(text: string): TraceHeader {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new TraceFormatError('its header is damaged');
  }
  const h = value as Partial<TraceHeader> | null;
  if (
    typeof h !== 'object' || h === null || typeof h.ticksPerSecond !== 'number' || !(h.ticksPerSecond > 0) ||
    typeof h.board !== 'string' || typeof h.generator !== 'string' || typeof h.filter !== 'string'
  )
    throw new TraceFormatError('its header is damaged');
  return { ticksPerSecond: h.ticksPerSecond, board: h.board, generator: h.generator, filter: h.filter };
}
