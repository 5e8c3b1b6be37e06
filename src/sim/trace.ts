import type { Ticks } from './time.ts';

/**
 * One bus transaction as it is recorded. The object is reused by the caller: copy what you keep.
 */
export interface TransactionRecord {
  readonly kind: 'transaction';
  /** Name of the address space: 'memory', 'io', 'pci-config'. */
  space: string;
  initiator: string;
  /** Name of the target region, or 'none' if nothing decodes the address. */
  target: string;
  address: number;
  /** Bytes. */
  size: number;
  write: boolean;
  /** Value moved, for accesses of up to 4 bytes; -1 for bursts. */
  value: number;
  secure: boolean;
  privileged: boolean;
  /** UC, WC, WT, WP, WB, or '' outside memory. */
  memoryType: string;
  start: Ticks;
  end: Ticks;
  status: string;
  /**
   * 'pc' with the linear address of the guest instruction, or 'event' with the name of the device
   * event.
   */
  causeKind: 'pc' | 'event' | '';
  cause: number | string;
}

/** Something worth noting that is no transaction: a guest mistake, a reset, a mark. */
export interface NoteRecord {
  readonly kind: 'note';
  time: Ticks;
  source: string;
  what: string;
  detail: string;
}

export type TraceRecord = TransactionRecord | NoteRecord;

/**
 * The trace: listeners get every record. With no listener `enabled` is false and callers skip
 * building records, so that it costs one test. Notes of one (source, what) are limited: after
 * `NOTE_LIMIT` only every power of two is passed on, with the count.
 */
export class Trace {
  enabled = false;
  /**
   * Also record the processor's RAM accesses (slow: the fast path is off). Read by the processor at
   * its reset.
   */
  processorRam = false;
  private readonly listeners: ((record: TraceRecord) => void)[] = [];
  private readonly noteCounts = new Map<string, number>();

  listen(listener: (record: TraceRecord) => void): void {
    this.listeners.push(listener);
    this.enabled = true;
  }

  transaction(record: TransactionRecord): void {
    for (const l of this.listeners) l(record);
  }

  note(time: Ticks, source: string, what: string, detail: string): void {
    const key = `${source} ${what}`;
    const count = (this.noteCounts.get(key) ?? 0) + 1;
    this.noteCounts.set(key, count);
    if (!this.enabled) return;
    if (count > NOTE_LIMIT && (count & (count - 1)) !== 0) return;
    const record: NoteRecord = {
      kind: 'note', time, source, what,
      detail: count > NOTE_LIMIT ? `${detail} (${count} times so far)` : detail,
    };
    for (const l of this.listeners) l(record);
  }

  /** How often a note was made, whether or not anybody listened. */
  noteCount(source: string, what: string): number {
    return this.noteCounts.get(`${source} ${what}`) ?? 0;
  }
}

const NOTE_LIMIT = 16;
