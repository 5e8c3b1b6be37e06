import type { Machine } from '../../machine/machine.ts';
import { Transaction } from '../../mem/transaction.ts';
import { us, type Ticks } from '../../sim/time.ts';
import type { TraceSink } from '../../sim/trace.ts';
import { FLAG, KIND } from '../../sim/trace/kinds.ts';
import { sizeOf } from '../../sim/trace/names.ts';
import { recordOf, type TransactionRecord } from '../../sim/trace/records.ts';
import type { Rows } from '../../sim/trace/rows.ts';
import type { TraceStore } from '../trace/store.ts';
import type { End, Past } from './past.ts';

/** Bytes of an address space. */
export interface SearchedBytes {
  readonly space: string;
  readonly address: number;
  readonly size: 1 | 2 | 4;
}

/** The write that bytes have their value from. */
export interface LastWrite {
  readonly initiator: string;
  /** When it began and ended (ticks). */
  readonly start: Ticks;
  readonly end: Ticks;
  /** What it wrote: from `address` on, bytes. */
  readonly address: number;
  readonly size: number;
  /** Linear address of the instruction; -1: none did it. */
  readonly pc: number;
  /** Id of its record; 0: it is not recorded, as stores of a processor to RAM. */
  readonly record: number;
  /** The bytes that were asked for, before and after it, little-endian. */
  readonly before: number;
  readonly after: number;
}

/** First span that is searched; each further one is twice as long. */
const SPAN = us(200);
/** Records that may begin at one time. */
const MOST_AT_ONCE = 512;

/**
 * Searches backwards from `ticks`, by running a twin through one span after the other with every
 * access recorded. Yields the time back to which nothing was found; null: nobody wrote there since
 * the software was loaded.
 */
export function* searchWriter(
  past: Past, store: TraceStore, bytes: SearchedBytes, ticks: Ticks, end: End,
): Generator<Ticks, LastWrite | null> {
  for (let to = ticks, span = SPAN; ; span *= 2) {
    const from = Math.max(0, to - span);
    const found = lastWriteIn(past, bytes, from, to, end);
    if (found !== null) return answer(past, store, bytes, found, end);
    if (from === 0) return null;
    yield from;
    to = from;
  }
}

function lastWriteIn(past: Past, b: SearchedBytes, from: Ticks, to: Ticks, end: End): TransactionRecord | null {
  let found: TransactionRecord | null = null;
  const { shapes, names } = past.go({ ticks: from }, end).sim.trace;
  const first = b.address, last = b.address + b.size - 1;
  const verdicts: boolean[] = [];
  const writes = (number: number): boolean => {
    const s = shapes.list[number];
    return s.kind === KIND.TRANSACTION && (s.flags & FLAG.WRITE) !== 0 && names.list[s.space] === b.space;
  };
  const sink: TraceSink = {
    block: (rows: Rows, count: number, id: number) => {
      for (let row = 0; row < count; row++) {
        const number = rows.shape[row];
        if (!(verdicts[number] ??= writes(number))) continue;
        const size = sizeOf(shapes.list[number], rows.value[row]);
        if (rows.address[row] > last || rows.address[row] + size - 1 < first) continue;
        found = recordOf(id + row, rows, row, shapes.list, names.list) as TransactionRecord;
      }
    },
  };
  past.replay(from, to, end, sink);
  return found;
}

function answer(
  past: Past, store: TraceStore, bytes: SearchedBytes, write: TransactionRecord, end: End,
): LastWrite {
  // An instruction's access has the time behind it: the boundary before is an instruction back.
  const near = past.go({ ticks: write.start }, end);
  const before = peek(write.pc < 0 ? near : past.go({ instructions: Math.max(0, near.instructions - 1) }, end), bytes);
  const after = peek(past.go({ ticks: write.end + 1 }, end), bytes);
  const { initiator, start, end: at, address, size, pc } = write;
  return { initiator, start, end: at, address, size, pc, record: recordedAs(store, write), before, after };
}

/** A twin counts its records for itself: the recording's is the one that says the same. */
function recordedAs(store: TraceStore, write: TransactionRecord): number {
  const same = store.records(store.idAt(write.start), MOST_AT_ONCE).find((r) =>
    r.kind === 'transaction' && r.start === write.start && r.end === write.end && r.write &&
    r.initiator === write.initiator && r.address === write.address && r.size === write.size);
  return same?.id ?? 0;
}

function peek(machine: Machine, { space, address, size }: SearchedBytes): number {
  return machine.peek(space, address, size, new Transaction('look'));
}
