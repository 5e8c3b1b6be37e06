import { toSeconds } from '../../../src/sim/time.ts';
import type { NoteRecord, TraceRecord, TransactionRecord } from '../../../src/sim/trace.ts';

const KEPT = 16;
/** Its text is told anyway, and would fill the list. */
const CONSOLE = 'com1.';

interface Row {
  record: TransactionRecord | NoteRecord;
  /** Times in a row that the same access gave the same value. */
  repeated: number;
}

/** The last transactions and notes of a run; polling in a loop is one row. */
export class LastRecords {
  private readonly rows: Row[] = [];

  /** The listener for `Trace.listen`. */
  readonly record = (r: TraceRecord): void => {
    if (r.kind !== 'transaction' && r.kind !== 'note') return;
    if (r.kind === 'transaction' && r.target.startsWith(CONSOLE)) return;
    const last = this.rows.at(-1);
    if (last !== undefined && same(last.record, r)) {
      last.record = r;
      last.repeated++;
      return;
    }
    this.rows.push({ record: r, repeated: 1 });
    if (this.rows.length > KEPT) this.rows.shift();
  };

  lines(): string[] {
    return this.rows.map(({ record, repeated }) => {
      const time = record.kind === 'note' ? record.time : record.start;
      const times = repeated === 1 ? '' : `  (${repeated} times)`;
      return `${(toSeconds(time) * 1e6).toFixed(3).padStart(13)} µs  ${describe(record)}${times}`;
    });
  }
}

function same(a: TransactionRecord | NoteRecord, b: TransactionRecord | NoteRecord): boolean {
  if (a.kind === 'note' || b.kind === 'note') return a.kind === b.kind && describe(a) === describe(b);
  return (
    a.address === b.address && a.write === b.write && a.value === b.value && a.size === b.size && a.space === b.space &&
    a.initiator === b.initiator
  );
}

function describe(r: TransactionRecord | NoteRecord): string {
  if (r.kind === 'note') return `note: ${r.source} ${r.what}: ${r.detail}`;
  const value = r.value < 0 ? `${r.size} bytes` : `${(r.value >>> 0).toString(16).padStart(2 * r.size, '0')}h`;
  const address = `${r.space} ${r.address.toString(16)}h`;
  const status = r.status === 'ok' ? '' : `, ${r.status}`;
  return `${r.initiator} ${r.write ? 'writes' : 'reads'} ${address} ${r.target}: ${value}${status}`;
}
