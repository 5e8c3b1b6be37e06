import { createReadStream, openSync, writeSync, closeSync } from 'node:fs';
import { Argument, Command, Option } from 'commander';
import { createGunzip } from 'node:zlib';
import type { Readable } from 'node:stream';
import { CSV_HEADER, csvRecord } from '../../../src/control/export/csv.ts';
import { ndjsonHeader, ndjsonRecord, ndjsonRun } from '../../../src/control/export/ndjson.ts';
import { recordText, timeOf, timeText } from '../../../src/control/export/record-line.ts';
import { chainLines, ChainFinder, collect as collectChain } from '../../../src/control/trace/chain.ts';
import { TraceFormatError, type TraceHeader } from '../../../src/control/trace/format.ts';
import { TraceReader, type RecordBlock, type TraceVisitor } from '../../../src/control/trace/reader.ts';
import { RowFilter, type RowWish } from '../../../src/control/trace/row-filter.ts';
import { KIND_NAMES } from '../../../src/sim/trace/kinds.ts';
import { recordOf, type TraceRecord } from '../../../src/sim/trace/records.ts';
import { InputError, systemReason } from '../input-error.ts';
import { formatCount } from '../quantities.ts';
import { knownWord } from '../suggest.ts';
import { collect, parseMoment, parseRanges } from '../trace-options.ts';

interface TraceCommandOptions {
  to?: string;
  out?: string;
  initiator: string[];
  target: string[];
  address: string[];
  kind: string[];
  from?: string;
  until?: string;
  method?: string;
  count?: string;
  chain?: string | true;
  partial?: boolean;
}

const COLUMNS = ['run', 'kind', 'initiator', 'target', 'space', 'size', 'write', 'status', 'address', 'pc'] as const;

/** `northbridge trace FILE` */
export function traceCommand(): Command {
  const list = (flags: string, text: string): Option => new Option(flags, text).argParser(collect).default([], 'all');
  return new Command('trace')
    .description('Look into a recorded trace: sum up, filter, convert, count, follow causes')
    .addArgument(new Argument('<file>', 'what --trace wrote'))
    .addOption(
      new Option('--chain [id]', 'print what led to a record and what it led to (default: the first DMA request)'),
    )
    .addOption(new Option('--count <columns>', `count records by columns: ${COLUMNS.join(', ')}`))
    .addOption(new Option('--to <format>', 'convert: ndjson or csv'))
    .addOption(new Option('--out <file>', 'write there; - is standard output').default('-'))
    .addOption(list('--initiator <name>', 'only what this initiator began (repeatable, or a comma list)'))
    .addOption(list('--target <name>', 'only what this target answered'))
    .addOption(list('--address <range>', 'only these addresses: 0x1f0-0x1f7, io:0x80'))
    .addOption(list('--kind <kind>', `only these kinds: ${KIND_NAMES.join(', ')}`))
    .addOption(new Option('--from <moment>', 'only from a time (2.5ms) or mark (mark:begin) on'))
    .addOption(new Option('--until <moment>', 'only up to a time or mark'))
    .addOption(new Option('--method <name>', 'only this run'))
    .addOption(new Option('--partial', 'read what there is of a file that is cut off'))
    .action(trace);
}

async function trace(file: string, options: TraceCommandOptions): Promise<void> {
  const to = options.to === undefined ? null : knownWord(options.to, ['ndjson', 'csv'] as const, 'format');
  const count = options.count === undefined ? null : columnsOf(options.count);
  if ([to, count, options.chain].filter((o) => o !== null && o !== undefined).length > 1)
    throw new InputError('--to, --count and --chain are three things to do; give one');
  const wish: RowWish = {
    initiators: options.initiator,
    targets: options.target,
    ranges: parseRanges(options.address, '--address'),
    kinds: options.kind.map((k) => knownWord(k, KIND_NAMES, 'kind')),
    from: parseMoment(options.from, '--from'),
    until: parseMoment(options.until, '--until'),
  };
  const source = new Source(file, options.partial === true, options.method ?? null);
  // A file that is no good is refused before anything is written.
  await source.check();
  if (options.chain !== undefined) await chain(source, options.chain, options.out ?? '-');
  else if (to !== null) await convert(source, wish, to, options.out ?? '-');
  else if (count !== null) await counts(source, wish, count, options.out ?? '-');
  else await summary(source, wish, options.out ?? '-');
}

function columnsOf(text: string): (typeof COLUMNS)[number][] {
  return text.split(',').map((c) => knownWord(c.trim(), COLUMNS, 'column'));
}

/** A trace file that can be read several times. */
class Source {
  readonly path: string;
  header: TraceHeader | null = null;
  dropped = 0;
  whole = true;
  private readonly partial: boolean;
  private readonly method: string | null;

  constructor(path: string, partial: boolean, method: string | null) {
    this.path = path;
    this.partial = partial;
    this.method = method;
  }

  /** Reads the file to its end. @throws InputError in one line */
  async check(): Promise<void> {
    const runs: string[] = [];
    let records = 0;
    const visitor: TraceVisitor = {
      header: (h) => { this.header = h; },
      run: (name) => { runs.push(name); },
      records: (b) => { records += b.count; },
      end: (dropped) => { this.dropped = dropped; },
    };
    this.whole = await this.pass(visitor);
    if (!this.whole && !this.partial)
      throw new InputError(
        `'${this.path}' is cut off: it has no end; --partial reads the ${formatCount(records)} records before it`,
      );
    if (this.method !== null) knownWord(this.method, runs, 'run');
    if (!this.whole)
      process.stderr.write(
        `northbridge: '${this.path}' is cut off; these are its whole blocks, ${formatCount(records)} records\n`,
      );
  }

  /** Each record of the runs that are wanted. */
  async each(begin: (run: string) => void, visit: NonNullable<TraceVisitor['records']>): Promise<void> {
    let wanted = true;
    await this.pass({
      run: (name) => {
        wanted = this.method === null || name === this.method;
        if (wanted) begin(name);
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
    try {
      for await (const piece of input) reader.push(piece as Uint8Array);
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

/** Text to standard output or a file. */
class Out {
  private text = '';
  private readonly path: string;
  private readonly fd: number | null;

  constructor(path: string) {
    this.path = path;
    try {
      this.fd = path === '-' ? null : openSync(path, 'w');
    } catch (error) {
      throw new InputError(`cannot write '${path}': ${systemReason(error)}`);
    }
  }

  write(text: string): void {
    this.text += text;
    if (this.text.length > 2 ** 18) this.flush();
  }

  flush(): void {
    const { text } = this;
    this.text = '';
    if (this.fd === null) process.stdout.write(text);
    else
      try {
        const bytes = Buffer.from(text);
        for (let done = 0; done < bytes.length;) done += writeSync(this.fd, bytes, done);
      } catch (error) {
        throw new InputError(`cannot write '${this.path}': ${systemReason(error)}`);
      }
  }

  close(): void {
    this.flush();
    if (this.fd !== null) closeSync(this.fd);
  }
}

/** Calls `visit` with each record that passes. */
async function filtered(
  source: Source, wish: RowWish, begin: (run: string) => void, visit: (r: TraceRecord, run: string) => void,
): Promise<void> {
  const filter = new RowFilter(wish);
  let run = '', fresh = true;
  await source.each(
    (name) => {
      run = name;
      fresh = true;
      begin(name);
    },
    ({ rows, ids, count, shapes, names }) => {
      if (fresh) filter.begin(shapes, names);
      fresh = false;
      for (let row = 0; row < count; row++)
        if (filter.passes(rows, row)) visit(recordOf(ids[row], rows, row, shapes, names), run);
    },
  );
}

async function convert(source: Source, wish: RowWish, to: 'ndjson' | 'csv', path: string): Promise<void> {
  const out = new Out(path), header = source.header as TraceHeader;
  out.write(to === 'csv' ? CSV_HEADER : ndjsonHeader(header));
  await filtered(
    source, wish,
    (run) => out.write(to === 'csv' ? '' : ndjsonRun(run)),
    (r, run) => out.write(to === 'csv' ? csvRecord(run, r) : ndjsonRecord(r)),
  );
  out.close();
}

function columnText(r: TraceRecord, run: string, column: (typeof COLUMNS)[number]): string {
  if (column === 'run') return run;
  const value = (r as unknown as Readonly<Record<string, unknown>>)[column];
  if (value === undefined) return '-';
  return column === 'address' || column === 'pc' ? `0x${(value as number).toString(16)}` : String(value);
}

async function counts(source: Source, wish: RowWish, columns: (typeof COLUMNS)[number][], path: string): Promise<void> {
  const found = new Map<string, number>();
  await filtered(source, wish, () => {}, (r, run) => {
    const key = columns.map((c) => columnText(r, run, c)).join('\t');
    found.set(key, (found.get(key) ?? 0) + 1);
  });
  const out = new Out(path);
  out.write(`count\t${columns.join('\t')}\n`);
  for (const [key, n] of [...found].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))) out.write(`${n}\t${key}\n`);
  out.close();
}

async function summary(source: Source, wish: RowWish, path: string): Promise<void> {
  interface Sum { kinds: Map<string, number>; initiators: Map<string, number>; targets: Map<string, number>;
    first: number; last: number; records: number }
  const runs = new Map<string, Sum>();
  const add = (map: Map<string, number>, key: string): void => void map.set(key, (map.get(key) ?? 0) + 1);
  await filtered(
    source, wish,
    (run) => runs.set(run, {
      kinds: new Map(), initiators: new Map(), targets: new Map(), first: Infinity, last: 0, records: 0,
    }),
    (r, run) => {
      const s = runs.get(run) as Sum;
      s.records++;
      s.first = Math.min(s.first, timeOf(r));
      s.last = Math.max(s.last, r.kind === 'transaction' ? r.end : timeOf(r));
      add(s.kinds, r.kind);
      if (r.kind !== 'transaction') return;
      add(s.initiators, r.initiator);
      add(s.targets, `${r.space} ${r.target}`);
    },
  );
  const out = new Out(path), header = source.header as TraceHeader;
  const only = header.filter === '' ? '' : `, only ${header.filter}`;
  out.write(`board ${header.board}, written by ${header.generator}${only}\n`);
  if (source.dropped > 0) out.write(`${formatCount(source.dropped)} records were held back by the filters\n`);
  const list = (map: Map<string, number>): string =>
    [...map].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([k, n]) => `${k} ${formatCount(n)}`).join(', ');
  for (const [run, s] of runs) {
    const span = s.records === 0 ? '' : `, ${timeText(s.first)} to ${timeText(s.last)}`;
    out.write(`run ${run}: ${formatCount(s.records)} records${span}\n`);
    if (s.kinds.size > 0) out.write(`  kinds: ${list(s.kinds)}\n`);
    if (s.initiators.size > 0) out.write(`  initiators: ${list(s.initiators)}\n`);
    if (s.targets.size > 0) out.write(`  targets: ${list(s.targets)}\n`);
  }
  out.close();
}

async function chain(source: Source, asked: string | true, path: string): Promise<void> {
  const wanted = asked === true ? 0 : Number(asked);
  if (!Number.isSafeInteger(wanted) || wanted < 0 || (asked !== true && wanted === 0))
    throw new InputError(`--chain ${String(asked)} is no id; ids are the numbers 1, 2, 3 …`);
  // Ids are counted within a run: the first run that has it.
  let finder = new ChainFinder(wanted), which = '', begun = 0, chosen = 0;
  await source.each(
    (name) => {
      begun++;
      if (finder.found !== 0) return;
      finder = new ChainFinder(wanted);
      which = name;
      chosen = begun;
    },
    (block) => {
      if (begun === chosen) finder.scan(block);
    },
  );
  if (finder.found === 0)
    throw new InputError(`'${source.path}' has no ${wanted === 0 ? 'DMA request' : `record ${wanted}`}`);
  const again = async (visit: (block: RecordBlock) => void): Promise<void> => {
    let n = 0;
    await source.each(() => void n++, (block) => {
      if (n === chosen) visit(block);
    });
  };
  for (let size = 0; finder.size > size;) {
    size = finder.size;
    await again((block) => finder.scan(block));
  }
  const members = finder.members(), records: TraceRecord[] = [];
  await again((block) => collectChain(block, members, records));
  const out = new Out(path);
  out.write(`run ${which}: causes and effects of #${finder.found}\n`);
  const lines = chainLines(records, (r) => `#${r.id} ${timeText(timeOf(r))}  ${recordText(r)}`);
  for (const line of lines) out.write(`${line}\n`);
  out.close();
}
