import type { Ticks } from '../sim/time.ts';
import type { Bus } from './bus.ts';

/** A burst that has the bus, or has been promised it. */
export interface Burst {
  /** Address of its first byte, and its bytes. */
  readonly address: number;
  readonly bytes: number;
  /** When it is over, if nobody cuts it. */
  readonly until: Ticks;
  /** Wait states of the target before the first data phase. */
  readonly latency: Ticks;
}

/** A master that gives the bus up when its latency timer has run out and another one asks. */
export interface TimedMaster {
  /** The end of its latest burst; a time that has passed if it has none. */
  readonly burstUntil: Ticks;
  /** Another one asks at `now`. Returns when the burst is over: as before, or earlier. */
  yieldBus(now: Ticks): Ticks;
}

/**
 * How many bytes of a burst cross a bus when another master asks at `now`, and the timer gives it
 * `timer` ticks from its first clock on (PCI 2.1 §3.5.4.1: the timer counts while FRAME# is
 * asserted; once it has run out and GNT# is gone, the master ends with the data phase at hand). At
 * least one data phase is made. All of the bytes if it ends by itself before that.
 */
export function bytesBeforeCut(bus: Bus, burst: Burst, timer: Ticks, now: Ticks): number {
  const first = bus.firstData + burst.latency, frame = burst.until - bus.burstTime(burst.bytes) - burst.latency;
  const cut = Math.max(now - frame, timer);
  const phases = cut <= first ? 1 : 1 + Math.ceil((cut - first) / bus.perBeat);
  return Math.min(burst.bytes, phases * bus.width - (burst.address % bus.width));
}
