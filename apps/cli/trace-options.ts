import { Option, type Command } from 'commander';
import { parseAddressRange, type TraceFilter } from '../../src/control/export/trace-filter.ts';
import { nearest } from './suggest.ts';
import { InputError } from './input-error.ts';

/** What the trace options of a command give. */
export interface TraceOptions {
  trace?: string;
  traceInitiator: string[];
  traceTarget: string[];
  traceAddress: string[];
  traceProcessorRam?: boolean;
}

function collect(value: string, before: string[]): string[] {
  return [...before, ...value.split(',').map((v) => v.trim()).filter((v) => v !== '')];
}

/** Adds --trace and its filters to a command. */
export function addTraceOptions(command: Command): Command {
  return command
    .addOption(new Option('--trace <file>', 'write every bus transaction to FILE, one JSON object a line'))
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
    .addOption(new Option('--trace-processor-ram', "also the processor's accesses to RAM (slow, large)"));
}

/** The filter that the options ask for. @throws InputError */
export function traceFilter(options: TraceOptions): TraceFilter {
  if (
    options.trace === undefined &&
    (options.traceInitiator.length > 0 ||
      options.traceTarget.length > 0 ||
      options.traceAddress.length > 0 ||
      options.traceProcessorRam === true)
  ) {
    throw new InputError('a trace filter without a trace: give --trace FILE too');
  }
  return {
    initiators: options.traceInitiator,
    targets: options.traceTarget,
    ranges: options.traceAddress.map((text) => {
      const range = parseAddressRange(text);
      if (range === null)
        throw new InputError(
          `--trace-address '${text}' is no range; write 0x1f0-0x1f7 (inclusive), 0x1f0+8 or 0x1f0, with ` +
            `'io:' or 'memory:' before it if only that space is meant`,
        );
      return range;
    }),
  };
}

/**
 * Refuses a filter that names what the machine has not: an empty trace would say nothing. @throws
 * InputError
 */
export function checkFilterNames(
  filter: TraceFilter,
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
