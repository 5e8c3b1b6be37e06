import { Argument, Command, Option } from 'commander';
import { TRACE_FORMATS } from '../../../src/control/export/formats.ts';
import { endOf, recordText, timeOf, timeText } from '../../../src/control/export/record-line.ts';
import { chainLines, ChainFinder, collect as collectChain } from '../../../src/control/trace/chain.ts';
import type { TraceHeader } from '../../../src/control/trace/format.ts';
import type { RecordBlock } from '../../../src/control/trace/reader.ts';
import { MappingNames, mappedWords, type MappedAccess } from '../../../src/control/trace/mappings.ts';
import { passesAll, type RowWish } from '../../../src/control/trace/row-filter.ts';
import { KIND, KIND_NAMES } from '../../../src/sim/trace/kinds.ts';
import { recordOf, type TraceRecord } from '../../../src/sim/trace/records.ts';
import { checkOutputWritable, refuseOverwriting } from '../hosts/output-file.ts';
import { lanes, noRecord, parseId, walk } from './trace-lanes.ts';
import { TextOutput, WHAT_OUTPUT } from '../hosts/text-output.ts';
import { TraceSource } from '../hosts/trace-source.ts';
import { InputError } from '../input-error.ts';
import { formatCount } from '../quantities.ts';
import { knownWord } from '../suggest.ts';
import { convert, filtered, refuseConversion } from '../trace-conversion.ts';
import { checkFilterNames, checkMarks, collect, parseRanges, parseWindow } from '../trace-options.ts';

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
  walk?: string | true;
  lanes?: boolean;
  partial?: boolean;
}

const COLUMNS = ['run', 'kind', 'initiator', 'target', 'space', 'size', 'write', 'status', 'address', 'pc',
  'memoryType', 'privileged', 'mapping'] as const;

const FILTER_HELP = `
--initiator, --target and --address are about transactions: with one of them only transactions
pass, unless --kind names others, which then all pass.
Ids for --chain and --walk are in the output of --to csv.
`;

/** `northbridge trace FILE` */
export function traceCommand(): Command {
  const list = (flags: string, text: string): Option => new Option(flags, text).argParser(collect).default([], 'all');
  return new Command('trace')
    .description('Look into a recorded trace: sum up, filter, convert, count, follow causes')
    .addArgument(new Argument('<file>', 'what --trace wrote'))
    .addOption(
      new Option('--chain [id]', 'print what led to a record and what it led to (default: the first DMA request)'),
    )
    .addOption(
      new Option('--walk [id]', "print the main line of a record's piece of work (default: the first DMA request)"),
    )
    .addOption(new Option('--lanes', 'print how much of the time each initiator, target, line and handler is busy'))
    .addOption(new Option('--count <columns>', `count records by columns: ${COLUMNS.join(', ')}`))
    .addOption(new Option('--to <format>', `convert: ${TRACE_FORMATS.join(', ')}`))
    .addOption(new Option('--out <file>', 'write there; - is standard output').default('-'))
    .addOption(list('--initiator <name>', 'only what this initiator began (repeatable, or a comma list)'))
    .addOption(list('--target <name>', 'only what this target answered'))
    .addOption(list('--address <range>', 'only these addresses: 0x1f0-0x1f7, io:0x80'))
    .addOption(list('--kind <kind>', `only these kinds: ${KIND_NAMES.join(', ')}`))
    .addOption(new Option('--from <moment>', 'only from a time (2.5ms) or mark (mark:begin) on'))
    .addOption(new Option('--until <moment>', 'only up to a time or mark'))
    .addOption(new Option('--method <name>', 'only this run'))
    .addOption(new Option('--partial', 'read what there is of a file that is cut off'))
    .addHelpText('after', FILTER_HELP)
    .action(trace);
}

async function trace(file: string, options: TraceCommandOptions): Promise<void> {
  const to = options.to === undefined ? null : knownWord(options.to, TRACE_FORMATS, 'format');
  const count = options.count === undefined ? null : columnsOf(options.count);
  const { chain: chained, walk: walked, lanes: wanted } = options;
  if ([to, count, chained, walked, wanted].filter((o) => o !== null && o !== undefined).length > 1)
    throw new InputError('--to, --count, --chain, --walk and --lanes are five things to do; give one');
  const ofTransactions = [options.initiator, options.target, options.address].some((list) => list.length > 0);
  const kinds = options.kind.map((k) => knownWord(k, KIND_NAMES, 'kind'));
  const wish: RowWish = {
    initiators: options.initiator,
    targets: options.target,
    ranges: parseRanges(options.address, '--address'),
    // Without this, whatever is no transaction would pass the filters of transactions.
    kinds: kinds.length === 0 && ofTransactions ? ['transaction'] : kinds,
    ...parseWindow(options.from, options.until, '--'),
  };
  if (chained !== undefined) refuseFilters(options, '--chain shows all causes and effects');
  if (walked !== undefined) refuseFilters(options, '--walk goes by all causes and effects');
  if (wanted !== undefined) refuseFilters(options, '--lanes sums up all records');
  const out = options.out ?? '-';
  if (to !== null) refuseConversion(to, out);
  if (out !== '-') {
    refuseOverwriting(out, '--out', [{ path: file, what: 'trace that is read' }]);
    checkOutputWritable(out, WHAT_OUTPUT);
  }
  const source = new TraceSource(file, options.partial === true, options.method ?? null);
  // A file that is no good is refused before anything is written.
  const names = await source.check();
  checkFilterNames(wish, names, '--', 'the trace');
  checkMarks(wish, [...names.marks].sort(), '--', 'the trace');
  if (chained !== undefined) await chain(source, chained, out);
  else if (walked !== undefined) await walk(source, walked, out);
  else if (wanted !== undefined) await lanes(source, out);
  else if (to !== null) await convert(source, wish, to, out);
  else if (count !== null) await counts(source, wish, count, out);
  else await summary(source, wish, out);
}

/** What looks at all records needs no filters. @throws InputError */
function refuseFilters(options: TraceCommandOptions, why: string): void {
  const given = ([
    ['--initiator', options.initiator.length > 0], ['--target', options.target.length > 0],
    ['--address', options.address.length > 0], ['--kind', options.kind.length > 0],
    ['--from', options.from !== undefined], ['--until', options.until !== undefined],
  ] as const).filter(([, is]) => is).map(([name]) => name);
  if (given.length > 0)
    throw new InputError(`${why}; ${given.join(', ')} would be without effect`);
}

function columnsOf(text: string): (typeof COLUMNS)[number][] {
  return text.split(',').map((c) => knownWord(c.trim(), COLUMNS, 'column'));
}

function columnText(
  r: TraceRecord, run: string, mapped: MappedAccess | null, column: (typeof COLUMNS)[number],
): string {
  if (column === 'mapping') return mapped?.name ?? '-';
  if (column === 'run') return run;
  const value = (r as unknown as Readonly<Record<string, unknown>>)[column];
  if (value === undefined || value === '') return '-';
  return column === 'address' || column === 'pc' ? `0x${(value as number).toString(16)}` : String(value);
}

async function counts(
  source: TraceSource, wish: RowWish, columns: (typeof COLUMNS)[number][], path: string,
): Promise<void> {
  const found = new Map<string, number>();
  await filtered(source, wish, () => {}, (r, run, mapped) => {
    const key = columns.map((c) => columnText(r, run, mapped, c)).join('\t');
    found.set(key, (found.get(key) ?? 0) + 1);
  });
  const out = new TextOutput(path);
  out.write(`count\t${columns.join('\t')}\n`);
  for (const [key, n] of [...found].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))) out.write(`${n}\t${key}\n`);
  out.close();
}

async function summary(source: TraceSource, wish: RowWish, path: string): Promise<void> {
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
      s.last = Math.max(s.last, endOf(r));
      add(s.kinds, r.kind);
      if (r.kind !== 'transaction') return;
      add(s.initiators, r.initiator);
      add(s.targets, `${r.space} ${r.target}`);
    },
  );
  const out = new TextOutput(path), header = source.header as TraceHeader;
  const only = header.filter === '' ? '' : `, only ${header.filter}`;
  out.write(`board ${header.board}, written by ${header.generator}${only}\n`);
  if (source.dropped > 0) out.write(`${formatCount(source.dropped)} records were held back by the filters\n`);
  const list = (map: Map<string, number>): string =>
    [...map].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([k, n]) => `${k} ${formatCount(n)}`).join(', ');
  for (const [run, s] of runs) {
    const nothing = passesAll(wish) ? '' : ': nothing passed the filter';
    const span = s.records === 0 ? nothing : `, ${timeText(s.first)} to ${timeText(s.last)}`;
    out.write(`run ${run}: ${formatCount(s.records)} records${span}\n`);
    if (s.kinds.size > 0) out.write(`  kinds: ${list(s.kinds)}\n`);
    if (s.initiators.size > 0) out.write(`  initiators: ${list(s.initiators)}\n`);
    if (s.targets.size > 0) out.write(`  targets: ${list(s.targets)}\n`);
  }
  out.close();
}

async function chain(source: TraceSource, asked: string | true, path: string): Promise<void> {
  const wanted = parseId(asked, '--chain');
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
  if (finder.found === 0) throw noRecord(source, wanted, '--chain');
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
  const members = finder.members(), records: TraceRecord[] = [], left = new Map<number, number>();
  const mappings = new MappingNames();
  await again((block) => {
    const { rows, ids, count, shapes, names } = block;
    for (let row = 0; row < count; row++)
      if (shapes[rows.shape[row]].kind === KIND.NOTE) mappings.see(recordOf(ids[row], rows, row, shapes, names));
    collectChain(block, members, records);
    finder.countLeftOut(block, left);
  });
  const out = new TextOutput(path);
  out.write(`run ${which}: causes and effects of #${finder.found}\n`);
  const words = (r: TraceRecord): string => recordText(r) + mappedWords(mappings.of(r));
  const lines = chainLines(records, (r) => `#${r.id} ${timeText(timeOf(r))}  ${words(r)}`, left);
  for (const line of lines) out.write(`${line}\n`);
  out.close();
}
