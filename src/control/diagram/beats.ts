import type { BoardDescription, BusDescription } from '../../machine/describe.ts';
import type { Ticks } from '../../sim/time.ts';
import type { TransactionRecord } from '../../sim/trace/records.ts';
import { firstNot } from '../trace/rising.ts';

/** One data phase of a transaction: the bytes that cross the bus at once. */
export interface Beat {
  /** From 0. */
  readonly index: number;
  readonly start: Ticks;
  readonly end: Ticks;
  readonly address: number;
  /** Bytes. */
  readonly size: number;
}

/** Where the time of a transaction went before its first beat. */
export interface Lead {
  /** The bus was granted; until then the initiator waited for it. */
  readonly granted: Ticks;
  /** The first beat begins; from the grant on, arbitration, address and first latency. */
  readonly data: Ticks;
}

/**
 * The bus whose figures a transaction has: an initiator's own bus, else that of the region that
 * answers; null where no bus is in the way (the processor's RAM, configuration space, whose time is
 * that of the access to the host bridge). With it what the transaction takes beyond them (ticks).
 */
export function pathOf(
  record: TransactionRecord, board: BoardDescription,
): { readonly bus: BusDescription | null; readonly latency: Ticks } {
  const own = board.initiators.find((i) => i.name === record.initiator && i.bus !== null);
  const region = board.spaces.find((s) => s.name === record.space)?.regions.find((r) =>
    r.name === record.target && r.bus !== null && (r.owner !== null || holds(r, record.address)));
  const name = own?.bus ?? region?.bus ?? null;
  return { bus: board.buses.find((b) => b.name === name) ?? null, latency: (own ?? region)?.latency ?? 0 };
}

function holds(region: { readonly base: number; readonly size: number }, address: number): boolean {
  return address >= region.base && address < region.base + region.size;
}

/**
 * The beats of a transaction, in order: as many as its bus counts for it (`Bus.burstTime`, which
 * takes no heed of where a burst begins), each of the bus's width from the first address on, the
 * last one of what is left. A record says when a transaction began and ended; the model moves all
 * bytes of a burst at its end. The beats stand where `Bus.take` has counted them: one every
 * `perBeat` ticks, the last one at the end, and the wait for the bus, arbitration, address and wait
 * states before the first. Where no bus is in the way, or the time is too short for that (a single
 * cycle of the 8237A, a part of a faulty burst), they share the whole time evenly.
 */
export function beats(record: TransactionRecord, board: BoardDescription): Beat[] {
  const { bus } = pathOf(record, board);
  const width = bus === null || ofController(record, board) ? Math.max(1, record.size) : bus.bytesPerBeat;
  const count = Math.max(1, Math.ceil(record.size / width)), length = record.end - record.start;
  const even = bus === null || length < count * bus.perBeat;
  const each = even ? length / count : bus.perBeat;
  return Array.from({ length: count }, (_, index) => {
    const end = even ? Math.round(record.start + (index + 1) * each) : record.end - (count - 1 - index) * each;
    return {
      index, start: even ? Math.round(record.start + index * each) : end - each, end,
      address: record.address + index * width, size: Math.min(width, record.size - index * width),
    };
  });
}

/** A cycle of a DMA controller moves its byte or word at once, past the width of the bus. */
function ofController(record: TransactionRecord, board: BoardDescription): boolean {
  return !board.initiators.some((i) => i.name === record.initiator);
}

/**
 * When the bus was granted and when data began to flow. What a transaction took beyond the figures
 * of its bus and the latency of its target is the wait for the bus.
 */
export function lead(record: TransactionRecord, board: BoardDescription, all = beats(record, board)): Lead {
  const { bus, latency } = pathOf(record, board), data = (all[0] as Beat).start;
  if (bus === null) return { granted: record.start, data };
  const before = bus.arbitration + bus.firstData - bus.perBeat + latency;
  return { granted: Math.max(record.start, data - before), data };
}

/**
 * Index of the beat under way at a time: the last one that has begun; -1 before the first, while
 * the address is on its way.
 */
export function beatAt(all: readonly Beat[], time: Ticks): number {
  return firstNot(all.length, (n) => (all[n] as Beat).start <= time) - 1;
}
