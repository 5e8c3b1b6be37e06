import type { NoteRecord, Trace, TransactionRecord } from '../sim/trace.ts';
import type { Ticks } from '../sim/time.ts';

/** A line changed its level. Recorded by the probe at its end. */
export interface LevelRecord {
  readonly kind: 'level';
  /** Id of the edge in the trace: records are numbered in the order in which they begin. */
  readonly id: number;
  /** Name of the line: `copy.INTA#`. */
  readonly line: string;
  readonly level: boolean;
  readonly time: Ticks;
}

export type BenchRecord = TransactionRecord | NoteRecord | LevelRecord;
/** What a record must be like: the fields that are named, equal to these. */
export type RecordPattern = Partial<TransactionRecord> | Partial<NoteRecord> | Partial<LevelRecord>;

/** When a record began and ended (ticks); the same for what takes no time. */
export function spanOf(record: BenchRecord): { start: Ticks; end: Ticks } {
  return record.kind === 'transaction'
    ? { start: record.start, end: record.end }
    : { start: record.time, end: record.time };
}

/** Whether every field that the pattern names is equal in the record. */
export function fits(record: BenchRecord, pattern: RecordPattern): boolean {
  const fields = record as unknown as Readonly<Record<string, unknown>>;
  return Object.entries(pattern).every(([name, wanted]) => fields[name] === wanted);
}

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');

/**
 * One line for a record, without its time: `bench writes 00000010 of copy.regs: 00000001`,
 * `copy.dma reads 64 bytes at 00001000 of ram`, `copy.INTA# rises`, `copy notes busy: …`.
 */
export function lineOf(record: BenchRecord): string {
  if (record.kind === 'level') return `${record.line} ${record.level ? 'rises' : 'falls'}`;
  if (record.kind === 'note') return `${record.source} notes ${record.what}: ${record.detail}`;
  const { initiator, target, address, size, write, value, status } = record;
  const verb = write ? 'writes' : 'reads';
  const at = hex(address, record.space === 'memory' ? 8 : 4);
  const what =
    value < 0 ? `${size} bytes at ${at} of ${target}` : `${at} of ${target}: ${hex(value, 2 * size)}`;
  return `${initiator} ${verb} ${what}${status === 'ok' ? '' : ` (${status})`}`;
}

/** Whether the one record had ended when the other began; of one time, the cause comes first. */
export function comesBefore(one: BenchRecord, other: BenchRecord): boolean {
  const { end } = spanOf(one), { start } = spanOf(other);
  return end < start || (end === start && one.id < other.id);
}

/** Everything that a bench saw since the recording began, in the order in which it began. */
export class Recording {
  readonly records: BenchRecord[] = [];

  /** @internal Made by `DeviceBench.record`. */
  constructor(trace: Trace) {
    trace.listen((r) => {
      if (r.kind === 'transaction' || r.kind === 'note') this.take({ ...r });
    });
  }

  /** @internal A record has ended, or a probe saw a line change. */
  take(record: BenchRecord): void {
    // What an access causes ends before it: it goes behind the access.
    const at = this.records.findLastIndex((r) => r.id <= record.id) + 1;
    this.records.splice(at, 0, record);
  }

  /** The records that fit, in order. */
  all(pattern: RecordPattern): BenchRecord[] {
    return this.records.filter((r) => fits(r, pattern));
  }

  /** The first record that fits. @throws Error with what was recorded if there is none */
  first(pattern: RecordPattern): BenchRecord {
    const found = this.records.find((r) => fits(r, pattern));
    if (found === undefined) throw new Error(`nothing like ${JSON.stringify(pattern)} among:\n${this.text()}`);
    return found;
  }

  /** How often a line rose. */
  rises(line: string): number {
    return this.all({ kind: 'level', line, level: true }).length;
  }

  /** Forgets what was recorded so far. */
  clear(): void {
    this.records.length = 0;
  }

  /** A line a record. */
  text(): string {
    return this.records.map(lineOf).join('\n');
  }
}
