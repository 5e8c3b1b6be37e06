import { accessSync, closeSync, constants, existsSync, openSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { ndjsonHeader, ndjsonRecord, ndjsonRun, type NdjsonHeader } from '../../../src/control/export/ndjson.ts';
import { describeFilter, passes, type TraceFilter } from '../../../src/control/export/trace-filter.ts';
import type { TraceRecord } from '../../../src/sim/trace.ts';
import { InputError, systemReason } from '../input-error.ts';

const BUFFER = 256 * 1024;
/** A line is never longer than this: the buffer is written out before it could overflow. */
const LONGEST_LINE = 8 * 1024;

/**
 * A trace as newline-delimited JSON in a file. Lines are collected in a buffer of 256 KiB and
 * written synchronously, always whole lines, so memory stays bounded and what is in the file can be
 * read whenever the process ends.
 */
export class TraceFile {
  /** Records written. */
  written = 0;
  /** Transactions that the filters held back. */
  filtered = 0;
  private readonly path: string;
  private readonly filter: TraceFilter;
  private readonly fd: number;
  private readonly buffer = Buffer.allocUnsafe(BUFFER);
  private used = 0;

  /**
   * Opens (and empties) the file and writes the header. Open it when everything else is known to be
   * good.
   * @throws InputError if it cannot be written
   */
  constructor(path: string, filter: TraceFilter, header: Omit<NdjsonHeader, 'filter'>) {
    this.path = path;
    this.filter = filter;
    try {
      this.fd = openSync(path, 'w');
    } catch (error) {
      throw new InputError(`cannot write trace '${path}': ${reasonFor(path, error)}`);
    }
    this.put(ndjsonHeader({ ...header, filter: describeFilter(filter) }));
    // A full disk is better known now than after a minute.
    this.drain();
  }

  beginRun(name: string): void {
    this.put(ndjsonRun(name));
  }

  /** The listener for `Trace.listen`. @throws InputError if the file cannot take it */
  readonly record = (r: TraceRecord): void => {
    if (!passes(this.filter, r)) {
      this.filtered++;
      return;
    }
    this.written++;
    this.put(ndjsonRecord(r));
  };

  /** Writes out what is buffered and closes the file. */
  close(): void {
    try {
      this.drain();
    } finally {
      closeSync(this.fd);
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

  private put(line: string): void {
    if (this.used + LONGEST_LINE > BUFFER) this.drain();
    if (line.length < LONGEST_LINE / 3) {
      this.used += this.buffer.write(line, this.used, 'utf8');
      return;
    }
    this.drain();
    this.out(Buffer.from(line, 'utf8'));
  }

  private drain(): void {
    const used = this.used;
    this.used = 0;
    this.out(this.buffer.subarray(0, used));
  }

  private out(bytes: Uint8Array): void {
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(this.fd, bytes, done, bytes.length - done);
    } catch (error) {
      throw new InputError(
        `cannot write trace '${this.path}': ${systemReason(error)}; the trace ends there and the run was stopped`,
      );
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
  try {
    accessSync(existsSync(path) ? path : dirname(path), constants.W_OK);
  } catch (error) {
    throw new InputError(`cannot write trace '${path}': ${reasonFor(path, error)}`);
  }
}

/**
 * Refuses a trace file that is one of the inputs: opening it would empty it.
 * @throws InputError
 */
export function refuseOverwriting(tracePath: string, inputs: readonly { path: string; what: string }[]): void {
  let trace;
  try {
    trace = statSync(tracePath);
  } catch {
    return;
  }
  if (trace.isDirectory()) throw new InputError(`cannot write trace '${tracePath}': it is a directory`);
  if (!trace.isFile()) return;
  for (const { path, what } of inputs) {
    const input = statSync(path, { throwIfNoEntry: false });
    if (input !== undefined && input.dev === trace.dev && input.ino === trace.ino) {
      throw new InputError(`--trace '${tracePath}' is the ${what}; it would be overwritten, give another name`);
    }
  }
}
