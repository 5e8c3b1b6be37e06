import type { MachineCounters } from '../machine/counters.ts';

/** What a machine counts; for experiments the difference of two readings. */
export type Counters = MachineCounters;

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
