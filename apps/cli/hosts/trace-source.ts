import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { TraceFormatError, type TraceHeader } from '../../../src/control/trace/format.ts';
import { TraceReader, type RecordBlock, type TraceVisitor } from '../../../src/control/trace/reader.ts';
import { KIND } from '../../../src/sim/trace/kinds.ts';
import { InputError, systemReason } from '../input-error.ts';
import { formatCount } from '../quantities.ts';
import { knownWord } from '../suggest.ts';

/** Names that the records of a file have. */
export interface NamesInTrace {
  readonly initiators: ReadonlySet<string>;
  readonly targets: ReadonlySet<string>;
  readonly spaces: ReadonlySet<string>;
  readonly marks: ReadonlySet<string>;
}

/** A trace file that can be read several times. */
export class TraceSource {
  readonly path: string;
  header: TraceHeader | null = null;
  /** Records that the filters of the recording held back. */
  dropped = 0;
  private readonly partial: boolean;
  private readonly method: string | null;

  /**
   * @param partial whether a file that is cut off is read as far as it goes
   * @param method the run that is wanted, or null for all
   */
  constructor(path: string, partial: boolean, method: string | null) {
    this.path = path;
    this.partial = partial;
    this.method = method;
  }

  /**
   * Reads the file to its end.
   * @returns the names in the runs that are wanted
   * @throws InputError in one line
   */
  async check(): Promise<NamesInTrace> {
    const runs: string[] = [];
    let records = 0;
    const seen = new SeenNames();
    const visitor: TraceVisitor = {
      header: (h) => { this.header = h; },
      run: (name) => {
        runs.push(name);
        seen.beginRun();
      },
      records: (block) => {
        records += block.count;
        if (this.method === null || runs.at(-1) === this.method) seen.add(block);
      },
      end: (dropped) => { this.dropped = dropped; },
    };
    const whole = await this.pass(visitor);
    if (!whole && !this.partial)
      throw new InputError(
        `'${this.path}' is cut off: it has no end; --partial reads the ${formatCount(records)} records before it`,
      );
    if (this.method !== null) knownWord(this.method, runs, 'run');
    if (!whole)
      process.stderr.write(
        `northbridge: '${this.path}' is cut off; these are its whole blocks, ${formatCount(records)} records\n`,
      );
    return seen;
  }

  /** Each block of the runs that are wanted. @throws InputError */
  async each(
    begin: NonNullable<TraceVisitor['run']>, visit: NonNullable<TraceVisitor['records']>,
  ): Promise<void> {
    let wanted = true;
    await this.pass({
      run: (name, tables) => {
        wanted = this.method === null || name === this.method;
        if (wanted) begin(name, tables);
      },
      records: (block) => {
        if (wanted) visit(block);
      },
    });
  }

  private async pass(visitor: TraceVisitor): Promise<boolean> {
    const reader = new TraceReader(visitor);
    const file = createReadStream(this.path, { highWaterMark: 2 ** 18 });
    let input: Readable = file;
    if (this.path.endsWith('.gz')) {
      const gunzip = createGunzip();
      file.on('error', (error) => gunzip.destroy(error));
      input = file.pipe(gunzip);
    }
    let first = true;
    try {
      for await (const piece of input) {
        if (first && isNdjson(piece as Uint8Array)) throw new TraceFormatError(NDJSON);
        first = false;
        reader.push(piece as Uint8Array);
      }
      return reader.finish();
    } catch (error) {
      if (error instanceof TraceFormatError) throw new InputError(`cannot read trace '${this.path}': ${error.message}`);
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'Z_BUF_ERROR') return reader.finishCut();
      if (code !== undefined && code.startsWith('Z_'))
        throw new InputError(`cannot read trace '${this.path}': its compression is damaged`);
      if (code !== undefined) throw new InputError(`cannot read trace '${this.path}': ${systemReason(error)}`);
      throw error;
    }
  }
}

const NDJSON =
  'it is a trace as newline-delimited JSON, and this command reads the binary format only; record it under a name ' +
  'that does not end in .ndjson or .jsonl';

function isNdjson(start: Uint8Array): boolean {
  return Buffer.from(start.subarray(0, 64)).toString('latin1').startsWith('{"northbridge-trace":');
}

/** Collects names from blocks; a shape's names are looked at when a record first has it. */
class SeenNames implements NamesInTrace {
  readonly initiators = new Set<string>();
  readonly targets = new Set<string>();
  readonly spaces = new Set<string>();
  readonly marks = new Set<string>();
  private shapes: boolean[] = [];

  /** Shapes are numbered anew. */
  beginRun(): void {
    this.shapes = [];
  }

  add({ rows, count, shapes, names }: RecordBlock): void {
    for (let row = 0; row < count; row++) {
      const number = rows.shape[row];
      if (this.shapes[number] === true) continue;
      this.shapes[number] = true;
      const s = shapes[number];
      if (s.kind === KIND.MARK) this.marks.add(names[s.who]);
      if (s.kind !== KIND.TRANSACTION) continue;
      this.initiators.add(names[s.who]);
      this.targets.add(names[s.what]);
      this.spaces.add(names[s.space]);
    }
  }
}
