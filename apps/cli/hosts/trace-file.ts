import { accessSync, closeSync, constants, openSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { constants as zlib, gzipSync } from 'node:zlib';
import { ndjsonHeader, ndjsonRecord, ndjsonRun } from '../../../src/control/export/ndjson.ts';
import { describeFilter } from '../../../src/control/export/trace-filter.ts';
import type { TraceHeader } from '../../../src/control/trace/format.ts';
import { MappingNames } from '../../../src/control/trace/mappings.ts';
import { passesAll, RowFilter, type RowWish } from '../../../src/control/trace/row-filter.ts';
import { TraceWriter } from '../../../src/control/trace/writer.ts';
import { TICKS_PER_SECOND } from '../../../src/sim/time.ts';
import { KIND } from '../../../src/sim/trace/kinds.ts';
import type { Trace, TraceSink } from '../../../src/sim/trace.ts';
import { recordOf } from '../../../src/sim/trace/records.ts';
import { InputError, systemReason } from '../input-error.ts';
import { formatCount, formatSize } from '../quantities.ts';

/** Bytes that are collected before they are written, or compressed. */
const BUFFER = 1024 * 1024;
/** A word is said each time that a trace has grown by so much. */
const LARGE = 256 * 2 ** 20;
const STDOUT = 1;

/** What the name of a trace file says of its format. */
export function traceFormat(path: string): { ndjson: boolean; gzip: boolean } {
  const gzip = path.endsWith('.gz');
  return { ndjson: /\.(ndjson|jsonl)$/.test(gzip ? path.slice(0, -3) : path), gzip };
}

/**
 * A trace in a file, or on standard output for the name `-`: the binary format, or
 * newline-delimited JSON if the name says so, either compressed if it ends in `.gz`. Bytes are
 * written synchronously, whole blocks or lines at a time, so memory stays bounded and what is in
 * the file can be read whenever the process ends.
 */
export class TraceFile {
  private readonly path: string;
  private readonly fd: number;
  private readonly gzip: boolean;
  private readonly buffer = Buffer.allocUnsafe(BUFFER);
  private used = 0;
  private written = 0;
  private nextWord = LARGE;
  private records = 0;
  private readonly writer: TraceWriter | null = null;
  private readonly filter: RowFilter;
  private current: Trace | null = null;

  /**
   * Opens (and empties) the file and writes the header. Open it when everything else is known to be
   * good.
   * @throws InputError if it cannot be written
   */
  constructor(path: string, wish: RowWish, header: Pick<TraceHeader, 'board' | 'generator'>) {
    this.path = path;
    const { ndjson, gzip } = traceFormat(path);
    this.gzip = gzip;
    this.filter = new RowFilter(wish);
    const filter = describeFilter(wish);
    try {
      this.fd = path === '-' ? STDOUT : openSync(path, 'w');
    } catch (error) {
      throw new InputError(`cannot write trace '${path}': ${reasonFor(path, error)}`);
    }
    if (ndjson) this.text(ndjsonHeader({ ...header, filter }));
    else {
      const all = { ticksPerSecond: TICKS_PER_SECOND, board: header.board, generator: header.generator, filter };
      this.writer = new TraceWriter(all, passesAll(wish) ? null : this.filter, (bytes) => this.put(bytes));
    }
    // A full disk is better known now than after a minute.
    if (!gzip) this.drain();
  }

  /** What `trace` records from now on belongs to the run `name`. */
  beginRun(name: string, trace: Trace): void {
    this.current?.flush();
    this.current = trace;
    trace.attach(this.writer === null ? this.lines(name, trace) : this.counting(this.writer.run(name, trace)));
  }

  /** Writes out what is buffered, and the end, and closes the file. */
  close(): void {
    try {
      this.current?.flush();
      this.writer?.finish();
      this.drain();
    } finally {
      if (this.fd !== STDOUT) closeSync(this.fd);
    }
  }

  /**
   * Closes the file after something else went wrong: what is buffered is written if that is
   * possible, and nothing is said if it is not.
   */
  abandon(): void {
    try {
      this.close();
    } catch {
      // The first error is the one to tell.
    }
  }

  /** A trace that becomes large is said to. */
  private counting(sink: TraceSink): TraceSink {
    return {
      block: (rows, count, first) => {
        sink.block(rows, count, first);
        this.records += count;
        if (this.written + this.used < this.nextWord) return;
        this.nextWord += LARGE;
        process.stderr.write(
          `northbridge: the trace has ${formatCount(this.records)} records, about ` +
            `${formatSize(this.written + this.used)}, and goes on\n`,
        );
      },
    };
  }

  /** The sink that writes lines. */
  private lines(name: string, trace: Trace): TraceSink {
    this.text(ndjsonRun(name));
    const { filter } = this, shapes = trace.shapes.list, names = trace.names.list;
    filter.begin(shapes, names);
    const mappings = new MappingNames();
    return this.counting({
      block: (rows, count, first) => {
        for (let row = 0; row < count; row++) {
          if (shapes[rows.shape[row]].kind === KIND.NOTE) mappings.see(recordOf(first + row, rows, row, shapes, names));
          if (!filter.passes(rows, row)) continue;
          const record = recordOf(first + row, rows, row, shapes, names);
          this.text(ndjsonRecord(record, mappings.of(record)));
        }
      },
    });
  }

  private text(line: string): void {
    if (this.used + 3 * line.length > BUFFER) this.drain();
    if (3 * line.length < BUFFER) this.used += this.buffer.write(line, this.used, 'utf8');
    else this.put(Buffer.from(line, 'utf8'));
  }

  private put(bytes: Uint8Array): void {
    if (this.used + bytes.length > BUFFER) this.drain();
    if (bytes.length > BUFFER) {
      this.out(bytes);
      return;
    }
    this.buffer.set(bytes, this.used);
    this.used += bytes.length;
  }

  private drain(): void {
    const { used } = this;
    this.used = 0;
    if (used > 0) this.out(this.buffer.subarray(0, used));
  }

  /** Compressed, each piece is a whole member: the file can be read to the last one. */
  private out(piece: Uint8Array): void {
    const bytes = this.gzip ? gzipSync(piece, { level: zlib.Z_BEST_SPEED }) : piece;
    try {
      for (let done = 0; done < bytes.length;) done += write(this.fd, bytes, done);
    } catch (error) {
      throw new InputError(
        `cannot write trace '${this.path}': ${systemReason(error)}; the trace ends there and the run was stopped`,
      );
    }
    this.written += bytes.length;
  }
}

/** Writes what the descriptor takes; waits for a pipe that is full. */
function write(fd: number, bytes: Uint8Array, from: number): number {
  for (;;) {
    try {
      return writeSync(fd, bytes, from, bytes.length - from);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
    }
  }
}

function reasonFor(path: string, error: unknown): string {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return `there is no folder '${dirname(path)}'`;
  return systemReason(error);
}

/**
 * Says early, without touching the file, that a trace could not be written.
 * @throws InputError
 */
export function checkTraceWritable(path: string): void {
  if (path === '-') return;
  try {
    const there = statSync(path, { throwIfNoEntry: false });
    if (there?.isDirectory() === true) throw new InputError(`cannot write trace '${path}': it is a directory`);
    accessSync(there === undefined ? dirname(path) : path, constants.W_OK);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`cannot write trace '${path}': ${reasonFor(path, error)}`);
  }
}
