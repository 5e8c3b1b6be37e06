import { TraceWriter } from '../../../src/control/trace/writer.ts';
import { TICKS_PER_SECOND } from '../../../src/sim/time.ts';
import type { Trace } from '../../../src/sim/trace.ts';
import { FilePieces } from './file-pieces.ts';

/** Bytes that a trace may take in a page. */
const MOST = 512 * 2 ** 20;

/** A trace file in memory, run after run. */
export class TraceBytes {
  private readonly file = new FilePieces(
    MOST, 'the trace is larger than 512 MiB; choose fewer bytes, or --trace of the command line',
  );
  private readonly writer: TraceWriter;
  private current: Trace | null = null;

  /** @throws Error from what is recorded later, if it becomes too large */
  constructor(board: string) {
    this.writer = new TraceWriter(
      { ticksPerSecond: TICKS_PER_SECOND, board, generator: 'northbridge lab', filter: '' }, null,
      (bytes) => this.file.add(bytes),
    );
  }

  /** What `trace` records from now on belongs to the run of this name. */
  begin(name: string, trace: Trace): void {
    this.current?.flush();
    this.current = trace;
    trace.attach(this.writer.run(name, trace));
  }

  /** The whole file. */
  finish(): Blob {
    this.current?.flush();
    this.writer.finish();
    return this.file.finish();
  }
}
