/**
 * Names for what a program of a user has mapped: whoever knows of a mapping tells the trace by a
 * record among the others, and whoever reads the trace names the accesses by it.
 */
import type { Trace, TraceRecord } from '../../sim/trace.ts';
import type { Ticks } from '../../sim/time.ts';
import type { RecordWish } from './seek.ts';

/** A range of a device that a program of a user reaches by itself. */
export interface Mapping {
  readonly space: 'memory' | 'io';
  /** Addresses on the bus, both included. */
  readonly first: number;
  readonly last: number;
  /** The file or what else stands for it, without `, `: `/sys/…/resource0`, `ioperm`. */
  readonly name: string;
  /** Linear address of the first byte, -1 for ports. */
  readonly linear: number;
  /** The page table's entry of its first page in hexadecimal, '' for ports. */
  readonly entry: string;
}

const WHAT = 'mapping';
const TEXT = /^(memory|io) 0x([0-9a-f]+)-0x([0-9a-f]+) is ([^,]+)(?:, linear 0x([0-9a-f]+), entry ([0-9a-f]+))?$/;

/** Puts a mapping into the trace; from here on the accesses of users in its range have its name. */
export function tellMapping(trace: Trace, time: Ticks, m: Mapping): void {
  const range = `${m.space} 0x${m.first.toString(16)}-0x${m.last.toString(16)}`;
  const where = m.linear < 0 ? '' : `, linear 0x${m.linear.toString(16)}, entry ${m.entry}`;
  trace.remark(time, WHAT, WHAT, `${range} is ${m.name}${where}`);
}

/** What an access was made through. */
export interface MappedAccess {
  readonly name: string;
  /** Linear address of its first byte, -1 for ports. */
  readonly linear: number;
  /** The page table's entry of the mapping's first page. */
  readonly entry: string;
}

/** Names the accesses of one run; gets its records in order. */
export class MappingNames {
  private readonly mappings: Mapping[] = [];

  /** Takes note of a record that tells of a mapping. */
  see(record: TraceRecord): void {
    if (record.kind !== 'note' || record.what !== WHAT) return;
    const m = TEXT.exec(record.detail);
    if (m === null) return;
    const [, space, first, last, name, linear, entry = ''] = m;
    // The newest is the first to be found.
    this.mappings.unshift({
      space: space as Mapping['space'], first: parseInt(first, 16), last: parseInt(last, 16), name,
      linear: linear === undefined ? -1 : parseInt(linear, 16), entry,
    });
  }

  /** Through which mapping a program of a user made an access; null: none, or nobody told. */
  of(record: TraceRecord): MappedAccess | null {
    if (this.mappings.length === 0 || record.kind !== 'transaction') return null;
    if (record.privileged) return null;
    const m = this.mappings.find((k) =>
      k.space === record.space && record.address >= k.first && record.address <= k.last);
    if (m === undefined) return null;
    return { name: m.name, linear: m.linear < 0 ? -1 : m.linear + record.address - m.first, entry: m.entry };
  }
}

/** The mapping that a record went through, as the records before it tell; null: none. */
export function mappingOf(
  source: { seek(id: number, direction: 1 | -1, wish: RecordWish): TraceRecord | null }, record: TraceRecord,
): MappedAccess | null {
  if (record.kind !== 'transaction' || record.privileged) return null;
  const names = new MappingNames(), tells: TraceRecord[] = [], wish: RecordWish = { kinds: ['note'], names: [WHAT] };
  for (let r = source.seek(record.id, -1, wish); r !== null; r = source.seek(r.id, -1, wish)) tells.push(r);
  for (const r of tells.toReversed()) names.see(r);
  return names.of(record);
}

/** What is added to a record's words: `, by /sys/…/resource0 at 0x50000024`, or ''. */
export function mappedWords(access: MappedAccess | null): string {
  if (access === null) return '';
  return `, by ${access.name}${access.linear < 0 ? '' : ` at 0x${access.linear.toString(16)}, entry ${access.entry}`}`;
}
