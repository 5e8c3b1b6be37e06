import type { Scheduler } from '../sim/scheduler.ts';
import type { Ticks } from '../sim/time.ts';
import type { Bus } from './bus.ts';
import type { Transaction } from './transaction.ts';

/**
 * The buffer of a host bridge for a processor's writes to memory on a bus (PCI 2.1 §3.2.5). A write
 * ends for the processor when the buffer has it; the bus is taken when it is free. A write that
 * goes on where the one before it ends, while that one has the bus, is one more data phase of its
 * burst (§3.2.6, combining). Accesses of the processor to a bus that are not posted wait until the
 * buffer is empty (§3.3.3.3 and Appendix E: a read pushes posted writes out first; I/O writes are
 * not posted). Bytes reach the target when the processor writes them, as those of any access do
 * here: what is posted is the wait. All state is in `cells`.
 */
export class PostedWrites {
  readonly bus: Bus;
  /** Declared by the bridge. */
  readonly cells: {
    /** Each entry is taken until this time (ticks). */
    until: Float64Array;
    /** Address behind the write that was posted last, and when it will have left. */
    next: number;
    end: number;
    posted: number;
    /** Writes that went on a burst. */
    combined: number;
    /** Writes that found the buffer full, and the time that they waited. */
    full: number;
    fullTicks: number;
    /** Time that other accesses waited for the buffer to empty. */
    pushTicks: number;
  };

  /** @param depth entries, 1 or more; each holds one write of up to 4 bytes */
  constructor(bus: Bus, depth: number) {
    this.bus = bus;
    this.cells = {
      until: new Float64Array(depth), next: -1, end: 0, posted: 0, combined: 0, full: 0, fullTicks: 0, pushTicks: 0,
    };
  }

  /** A write of 1 to 4 bytes now, which alone takes `times[size]`; sets `tx.ticks`. */
  post(scheduler: Scheduler, tx: Transaction, times: Float64Array, address: number, size: number): void {
    const { bus, cells: c } = this, now = scheduler.now;
    let entry = 0;
    for (let n = 1; n < c.until.length; n++) if (c.until[n] < c.until[entry]) entry = n;
    const from = c.until[entry] > now ? c.until[entry] : now, free = bus.busyUntil;
    c.posted++;
    if (from > now) {
      c.full++;
      c.fullTicks += from - now;
    }
    let end = (from > free ? from : free) + times[size];
    // The bus is still its own, and the burst has not run past this address.
    if (address === c.next && free === c.end && free > from) {
      c.combined++;
      end = free + bus.perBeat;
    }
    bus.busyUntil = c.until[entry] = c.end = end;
    c.next = address + size;
    tx.ticks = from - now;
  }

  /** Another access of the processor is about to begin: how long it waits for the buffer. */
  push(now: Ticks): Ticks {
    const { cells: c } = this, wait = c.end > now ? c.end - now : 0;
    c.pushTicks += wait;
    return wait;
  }
}
