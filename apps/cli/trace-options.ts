import { Option, type Command } from 'commander';
import { parseAddressRange, type AddressRange } from '../../src/control/export/trace-filter.ts';
import type { Moment, RowWish } from '../../src/control/trace/row-filter.ts';
import { TICKS_PER_SECOND } from '../../src/sim/time.ts';
import { InputError } from './input-error.ts';
import { parseSeconds } from './quantities.ts';
import { nearest } from '../../src/sim/nearest.ts';
import { knownWord } from './suggest.ts';

/** What the trace options of a command give. */
export interface TraceOptions {
  trace?: string;
  traceInitiator: string[];
  traceTarget: string[];
  traceAddress: string[];
  traceFrom?: string;
  traceUntil?: string;
  traceProcessorRam?: boolean;
}

export function collect(value: string, before: string[]): string[] {
  return [...before, ...value.split(',').map((v) => v.trim()).filter((v) => v !== '')];
}

/** Adds --trace and its filters to a command. */
export function addTraceOptions(command: Command): Command {
  return command
    .addOption(new Option(
        '--trace <file>',
        'write every bus transaction and what caused it to FILE (- is standard output; see `northbridge trace`); ' +
          'FILE.ndjson: a JSON object a line; FILE.gz: compressed',
      ))
    .addOption(
      new Option('--trace-initiator <name>', 'only what this initiator began (repeatable, or a comma list)')
        .argParser(collect)
        .default([], 'all'),
    )
    .addOption(
      new Option('--trace-target <name>', 'only what this target answered (repeatable, or a comma list)')
        .argParser(collect)
        .default([], 'all'),
    )
    .addOption(
      new Option('--trace-address <range>', 'only these addresses: 0x1f0-0x1f7, 0x1f0+8, io:0x80 (repeatable)')
        .argParser(collect)
        .default([], 'all'),
    )
    .addOption(new Option('--trace-from <moment>', 'only from a time (2.5ms) or mark (mark:begin) on'))
    .addOption(new Option('--trace-until <moment>', 'only up to a time or mark'))
    .addOption(new Option('--trace-processor-ram', "also the processor's accesses to RAM (slow, large)"));
}

/** Where reports go: standard output, unless the trace goes there. */
export function reportStream(options: TraceOptions): NodeJS.WriteStream {
  return options.trace === '-' ? process.stderr : process.stdout;
}

/** A moment of a run: `2.5ms`, or `mark:begin`. @throws InputError */
function parseMoment(text: string | undefined, option: string): Moment | null {
  if (text === undefined) return null;
  if (!text.startsWith('mark:')) return { time: Math.round(parseSeconds(text, option) * TICKS_PER_SECOND) };
  const mark = text.slice('mark:'.length);
  if (mark === '') throw new InputError(`${option} ${text} names no mark`);
  return { mark };
}

/**
 * A window of a run.
 * @param prefix of the options: `--trace-` of `--trace-from`
 * @throws InputError if nothing can lie in it
 */
export function parseWindow(
  from: string | undefined, until: string | undefined, prefix: string,
): Pick<RowWish, 'from' | 'until'> {
  const window = { from: parseMoment(from, `${prefix}from`), until: parseMoment(until, `${prefix}until`) };
  if (window.from !== null && window.until !== null && 'time' in window.from && 'time' in window.until &&
      window.from.time >= window.until.time)
    throw new InputError(`${prefix}from ${from} is not before ${prefix}until ${until}: nothing lies between`);
  return window;
}

/**
 * Refuses a mark that is none of the known ones.
 * @param where which has them
 * @throws InputError
 */
export function checkMarks(
  { from, until }: Pick<RowWish, 'from' | 'until'>, known: readonly string[], prefix: string, where: string,
): void {
  for (const [moment, option] of [[from, 'from'], [until, 'until']] as const) {
    if (moment === null || 'time' in moment || known.includes(moment.mark)) continue;
    if (known.length === 0) throw new InputError(`${prefix}${option} mark:${moment.mark}: ${where} has no marks`);
    knownWord(moment.mark, known, 'mark', `in ${where}`);
  }
}

/** Address ranges. @throws InputError */
export function parseRanges(texts: readonly string[], option: string): AddressRange[] {
  return texts.map((text) => {
    const range = parseAddressRange(text);
    if (range === null)
      throw new InputError(
        `${option} '${text}' is no range; write 0x1f0-0x1f7 (inclusive), 0x1f0+8 or 0x1f0, with ` +
          `'io:' or 'memory:' before it if only that space is meant`,
      );
    return range;
  });
}

/** The filter that the options ask for. @throws InputError */
export function traceFilter(options: TraceOptions): RowWish {
  const lists = [options.traceInitiator, options.traceTarget, options.traceAddress];
  const others = [options.traceFrom, options.traceUntil, options.traceProcessorRam];
  if (
    options.trace === undefined &&
    (lists.some((list) => list.length > 0) || others.some((value) => value !== undefined && value !== false))
  )
    throw new InputError('a trace filter without a trace: give --trace FILE too');
  if (/\.csv(\.gz)?$/i.test(options.trace ?? ''))
    throw new InputError(
      `--trace ${options.trace}: traces are written as binary or .ndjson; northbridge trace FILE --to csv makes CSV`,
    );
  return {
    initiators: options.traceInitiator,
    targets: options.traceTarget,
    ranges: parseRanges(options.traceAddress, '--trace-address'),
    kinds: [],
    ...parseWindow(options.traceFrom, options.traceUntil, '--trace-'),
  };
}

/**
 * Refuses a filter that names what is not there: an empty trace would say nothing.
 * @param prefix of the options: `--trace-` of `--trace-target`
 * @param where which has the known names
 * @throws InputError
 */
export function checkFilterNames(
  filter: Pick<RowWish, 'initiators' | 'targets' | 'ranges'>,
  known: { initiators: Iterable<string>; targets: Iterable<string>; spaces: Iterable<string> },
  prefix = '--trace-', where = 'the machine',
): void {
  const check = (names: readonly string[], all: readonly string[], option: string): void => {
    const components = [
      ...new Set(all.flatMap((n) => (n.includes('.') ? [n, n.slice(0, n.indexOf('.'))] : [n]))),
    ].sort();
    for (const name of names) {
      if (all.some((n) => n === name || n.startsWith(`${name}.`))) continue;
      const near = nearest(name, components);
      throw new InputError(
        `${prefix}${option} '${name}': ${where} has none of that ` +
          `name${near === null ? '' : `; did you mean '${near}'?`} (known: ${components.join(', ') || 'none'})`,
      );
    }
  };
  check(filter.initiators, [...known.initiators], 'initiator');
  check(filter.targets, [...known.targets], 'target');
  check(filter.ranges.map((r) => r.space).filter((s) => s !== ''), [...known.spaces], 'address');
}
