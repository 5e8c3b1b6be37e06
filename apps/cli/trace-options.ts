import { Option, type Command } from 'commander';
import { parseAddressRange, type AddressRange } from '../../src/control/export/trace-filter.ts';
import type { Moment, RowWish } from '../../src/control/trace/row-filter.ts';
import { TICKS_PER_SECOND } from '../../src/sim/time.ts';
import { InputError } from './input-error.ts';
import { parseSeconds } from './quantities.ts';
import { nearest } from './suggest.ts';

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
export function parseMoment(text: string | undefined, option: string): Moment | null {
  if (text === undefined) return null;
  if (!text.startsWith('mark:')) return { time: Math.round(parseSeconds(text, option) * TICKS_PER_SECOND) };
  const mark = text.slice('mark:'.length);
  if (mark === '') throw new InputError(`${option} ${text} names no mark`);
  return { mark };
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
  return {
    initiators: options.traceInitiator,
    targets: options.traceTarget,
    ranges: parseRanges(options.traceAddress, '--trace-address'),
    kinds: [],
    from: parseMoment(options.traceFrom, '--trace-from'),
    until: parseMoment(options.traceUntil, '--trace-until'),
  };
}

/**
 * Refuses a filter that names what the machine has not: an empty trace would say nothing. @throws
 * InputError
 */
export function checkFilterNames(
  filter: Pick<RowWish, 'initiators' | 'targets' | 'ranges'>,
  known: { initiators: readonly string[]; targets: readonly string[]; spaces: readonly string[] },
): void {
  const check = (names: readonly string[], all: readonly string[], option: string): void => {
    const components = [
      ...new Set(all.flatMap((n) => (n.includes('.') ? [n, n.slice(0, n.indexOf('.'))] : [n]))),
    ].sort();
    for (const name of names) {
      if (all.some((n) => n === name || n.startsWith(`${name}.`))) continue;
      const near = nearest(name, components);
      throw new InputError(
        `${option} '${name}': the machine has none of that ` +
          `name${near === null ? '' : `; did you mean '${near}'?`} (known: ${components.join(', ')})`,
      );
    }
  };
  check(filter.initiators, known.initiators, '--trace-initiator');
  check(filter.targets, known.targets, '--trace-target');
  check(
    filter.ranges.map((r) => r.space).filter((s) => s !== ''),
    known.spaces, '--trace-address',
  );
}
