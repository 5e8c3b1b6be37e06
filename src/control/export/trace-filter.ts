import type { TraceRecord } from '../../sim/trace.ts';

/** An inclusive range of addresses, in one space or (space '') in every space. */
export interface AddressRange {
  space: string;
  first: number;
  last: number;
}

/** What of a trace is wanted. Empty lists let everything pass. */
export interface TraceFilter {
  /** Names of initiators; `ide` also stands for `ide.mem`. */
  initiators: readonly string[];
  /** Names of targets, or of spaces: `ide` also stands for `ide.command`. */
  targets: readonly string[];
  ranges: readonly AddressRange[];
}

/**
 * Whether `name` is one of `wanted`, or a part of one of them (`uart` has the part `uart.regs`).
 */
export function named(name: string, wanted: readonly string[]): boolean {
  for (const w of wanted)
    if (name === w || (name.length > w.length && name.startsWith(w) && name[w.length] === '.')) return true;
  return false;
}

/**
 * Whether a record passes. Transactions must fit every kind of filter that is given; all other
 * records always pass: they are few and say why.
 */
export function passes(filter: TraceFilter, r: TraceRecord): boolean {
  if (r.kind !== 'transaction') return true;
  if (filter.initiators.length > 0 && !named(r.initiator, filter.initiators)) return false;
  if (filter.targets.length > 0 && !named(r.target, filter.targets)) return false;
  return filter.ranges.length === 0 || touches(filter.ranges, r.space, r.address, r.size);
}

/** Whether bytes of a space are in one of the ranges, all or some. */
export function touches(ranges: readonly AddressRange[], space: string, address: number, size: number): boolean {
  const last = address + size - 1;
  return ranges.some((r) => (r.space === '' || r.space === space) && address <= r.last && last >= r.first);
}

function rangeText(a: AddressRange): string {
  return `${a.space === '' ? '' : `${a.space}:`}0x${a.first.toString(16)}-0x${a.last.toString(16)}`;
}

/** The filter in words for the trace's header, '' if it lets everything pass. */
export function describeFilter(filter: TraceFilter): string {
  const parts: string[] = [];
  if (filter.initiators.length > 0) parts.push(`initiator ${filter.initiators.join(' or ')}`);
  if (filter.targets.length > 0) parts.push(`target ${filter.targets.join(' or ')}`);
  if (filter.ranges.length > 0) parts.push(`address ${filter.ranges.map(rangeText).join(' or ')}`);
  return parts.join(', ');
}

/**
 * Reads `0x1f0-0x1f7` (inclusive), `0x1f0+8` or `0x1f0`, with `io:` or another space before it if
 * wanted.
 * @returns the range, or null if the text is none
 */
export function parseAddressRange(text: string): AddressRange | null {
  const m = /^(?:([a-z][\w-]*):)?(0x[0-9a-f]+|\d+)(?:([-+])(0x[0-9a-f]+|\d+))?$/i.exec(text);
  if (m === null) return null;
  const first = Number(m[2]);
  const second = m[4] === undefined ? 1 : Number(m[4]);
  const last = m[3] === '-' ? second : first + second - 1;
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(last) || last < first) return null;
  return { space: m[1] ?? '', first, last };
}
