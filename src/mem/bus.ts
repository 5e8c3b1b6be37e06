import type { Clock } from '../sim/clock.ts';
import type { Scheduler } from '../sim/scheduler.ts';
import type { Ticks } from '../sim/time.ts';
import type { TimedMaster } from './latency-timer.ts';
import type { Transaction } from './transaction.ts';

/** What has taken a bus since reset: processors and bus masters together. */
export interface BusTraffic {
  transfers: number;
  bytes: number;
  /** Time that it was held, arbitration included (ticks). */
  held: number;
  /** Bursts that ended early, as the master's latency timer had run out and another one asked. */
  cuts: number;
}

/**
 * Occupancy of one shared bus. A transfer starts when the bus is free, after arbitration, and holds
 * it for its duration; whoever comes later waits. Requests are served in the order of their
 * simulated times.
 */
export class Bus {
  readonly name: string;
  readonly clock: Clock;
  /** What `take` adds up: before a burst, until its first beat, from beat to beat. */
  readonly arbitration: Ticks;
  readonly firstData: Ticks;
  readonly perBeat: Ticks;
  /** Bytes per beat (4 on 32-bit PCI). */
  readonly width: number;
  /** The bus is taken until this time. Part of the machine's snapshot. */
  busyUntil: Ticks = 0;
  /** Cells of the component that counts what takes the bus; null: nobody does. */
  traffic: BusTraffic | null = null;
  /** Masters whose bursts may be cut (PCI 2.1 §3.5.4); none unless the board says so. */
  private readonly timed: TimedMaster[] = [];
  private isTimed = false;
  /** `burstTime` of 0 to 4 bytes, the accesses of a processor. */
  private readonly short: Float64Array;

  /**
   * @param timing in bus clocks: `arbitration` before a burst when the bus is granted to another
   * initiator, `firstData` until the first beat, then one beat every `perBeat` clocks.
   */
  constructor(
    name: string, clock: Clock,
    timing: { arbitration: number; firstData: number; perBeat: number; width: number },
  ) {
    this.name = name;
    this.clock = clock;
    this.arbitration = clock.duration(timing.arbitration);
    this.firstData = clock.duration(timing.firstData);
    this.perBeat = clock.duration(timing.perBeat);
    this.width = timing.width;
    this.short = Float64Array.from([0, 1, 2, 3, 4], (bytes) => this.burstTime(bytes));
  }

  /** A master's bursts may be cut from now on. */
  obeysTimer(master: TimedMaster): void {
    this.timed.push(master);
    this.isTimed = true;
  }

  /** Somebody asks for the bus: whoever was granted it last may have to end earlier. */
  private request(now: Ticks): void {
    const until = this.busyUntil;
    if (until <= now) return;
    for (const master of this.timed) if (master.burstUntil === until) this.busyUntil = master.yieldBus(now);
  }

  /** A burst is cut: so many bytes of what was counted are not moved, and take no time. */
  countCut(bytes: number, held: Ticks): void {
    const { traffic } = this;
    if (traffic === null) return;
    traffic.cuts++;
    traffic.bytes -= bytes;
    traffic.held -= held;
  }

  /** Time that a burst of `bytes` holds the bus once granted. */
  burstTime(bytes: number): Ticks {
    const beats = Math.max(1, Math.ceil(bytes / this.width));
    return this.firstData + (beats - 1) * this.perBeat;
  }

  /**
   * Takes the bus from `now` on for a burst of `bytes` plus `extra` ticks (target wait states);
   * returns when it completes.
   */
  take(now: Ticks, bytes: number, extra: Ticks = 0): Ticks {
    if (this.isTimed) this.request(now);
    const free = this.busyUntil;
    const time = this.arbitration + (bytes <= 4 ? this.short[bytes] : this.burstTime(bytes)) + extra;
    const end = (now > free ? now : free) + time;
    this.busyUntil = end;
    if (this.traffic !== null) this.count(this.traffic, bytes, time);
    return end;
  }

  /**
   * Time that an access of `bytes` (0 to 4) with `extra` ticks of wait states holds the bus from
   * its grant on, arbitration included.
   */
  accessTime(bytes: number, extra: Ticks): Ticks {
    return this.arbitration + this.short[bytes] + extra;
  }

  /**
   * An access now that holds the bus for `times[bytes]`; sets `tx.ticks`. Times stay in fields and
   * arrays, where numbers need no memory of their own. `wait`: it asks for the bus so much later.
   */
  access(scheduler: Scheduler, tx: Transaction, times: Float64Array, bytes: number, wait: Ticks): void {
    const now = scheduler.now, asked = now + wait;
    if (this.isTimed) this.request(asked);
    const free = this.busyUntil;
    const end = (asked > free ? asked : free) + times[bytes];
    this.busyUntil = end;
    tx.ticks = end - now;
    if (this.traffic !== null) this.count(this.traffic, bytes, times[bytes]);
  }

  private count(traffic: BusTraffic, bytes: number, held: Ticks): void {
    traffic.transfers++;
    traffic.bytes += bytes;
    traffic.held += held;
  }
}
