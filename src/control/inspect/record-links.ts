/** Which records a record hangs together with, for whoever looks at one. */
import type { Ticks } from '../../sim/time.ts';
import type { NoteRecord, TraceRecord, TransactionRecord } from '../../sim/trace/records.ts';
import type { RecordWish } from '../trace/seek.ts';

/** Where records are kept, by id. */
export interface RecordSource {
  readonly first: number;
  record(id: number): TraceRecord | null;
  /** Id of the first record that begins at `time` or later; else one behind the last. */
  idAt(time: Ticks): number;
  /** The next record after `id`, or before it with -1, that is wished for. */
  seek(id: number, direction: 1 | -1, wish: RecordWish): TraceRecord | null;
}

/** How far back the access before is searched (records). */
const REACH = 20_000;
/** Most steps of a chain. */
const STEPS = 100_000;

/** The cause of a record, the cause of that, and so on; the nearest first. */
export function causesOf(source: RecordSource, of: TraceRecord): TraceRecord[] {
  const causes: TraceRecord[] = [];
  for (let id = of.parent; id > 0 && causes.length < STEPS;) {
    const cause = source.record(id);
    if (cause === null) break;
    causes.push(cause);
    id = cause.parent;
  }
  return causes;
}

/** A chain shortened in its middle: its nearest and its furthest links. */
export interface ShortChain {
  readonly near: readonly TraceRecord[];
  /** How many are left out between the two. */
  readonly skipped: number;
  readonly far: readonly TraceRecord[];
}

/** Of a chain no more than `near` links at its beginning and `far` at its end. */
export function shortened(chain: readonly TraceRecord[], near: number, far: number): ShortChain {
  if (chain.length <= near + far + 1) return { near: chain, skipped: 0, far: [] };
  return { near: chain.slice(0, near), skipped: chain.length - near - far, far: chain.slice(-far) };
}

/** The last access before a record to the very same bytes, if it is not too far before it. */
export function lastAccessBefore(source: RecordSource, of: TransactionRecord): TransactionRecord | null {
  const first = Math.max(source.first, of.id - REACH, 1);
  for (let id = of.id - 1; id >= first; id--) {
    const r = source.record(id);
    if (r?.kind === 'transaction' && r.address === of.address && r.space === of.space && r.size === of.size) return r;
  }
  return null;
}

/** Notes up to a time, the newest first. */
export function notesUpTo(source: RecordSource, time: Ticks, most: number): NoteRecord[] {
  const notes: NoteRecord[] = [];
  for (let id = source.idAt(time + 1); notes.length < most;) {
    const note = source.seek(id, -1, { kinds: ['note'] });
    if (note?.kind !== 'note') break;
    notes.push(note);
    id = note.id;
  }
  return notes;
}
