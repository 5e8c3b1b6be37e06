import type { Ticks } from '../sim/time.ts';

/** What a machine counts, from its reset on; for experiments the difference of two readings. */
export interface Counters {
  /** Simulated time. */
  ticks: Ticks;
  /** Instructions that the processor completed; an iteration of a repeated string instruction counts as one. */
  instructions: number;
  /** `in`, `out` and each iteration of `ins`, `outs`. */
  cpuPortAccesses: number;
  /** Of those, accesses to the disk controllers' data ports. */
  dataPortAccesses: number;
  /** The processor's loads and stores that went to a device. */
  cpuMmioAccesses: number;
  /** Time that the processor executed or was stalled by an access. */
  busyTicks: Ticks;
  /** Time that it stood in `hlt`. */
  haltedTicks: Ticks;
  /** Interrupts that the processor took. */
  interrupts: number;
  /** Data that devices moved to or from memory themselves, without descriptors. */
  deviceBytes: number;
  /** Bus transactions (bursts) in which they did, descriptor fetches included. */
  deviceTransfers: number;
}

/** after - before. */
export function difference(after: Counters, before: Counters): Counters {
  return {
    ticks: after.ticks - before.ticks,
    instructions: after.instructions - before.instructions,
    cpuPortAccesses: after.cpuPortAccesses - before.cpuPortAccesses,
    dataPortAccesses: after.dataPortAccesses - before.dataPortAccesses,
    cpuMmioAccesses: after.cpuMmioAccesses - before.cpuMmioAccesses,
    busyTicks: after.busyTicks - before.busyTicks,
    haltedTicks: after.haltedTicks - before.haltedTicks,
    interrupts: after.interrupts - before.interrupts,
    deviceBytes: after.deviceBytes - before.deviceBytes,
    deviceTransfers: after.deviceTransfers - before.deviceTransfers,
  };
}

/** Share of the time in which the processor was busy, 0 to 1. */
export function busyShare(c: Counters): number {
  const total = c.busyTicks + c.haltedTicks;
  return total === 0 ? 0 : c.busyTicks / total;
}
