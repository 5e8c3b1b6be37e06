import type { MachineCounters } from '../machine/counters.ts';

/** What a machine counts; for experiments the difference of two readings. */
export type { MachineCounters as Counters } from '../machine/counters.ts';

/** Share of the time in which the processor was busy, 0 to 1. */
export function busyShare(c: MachineCounters): number {
  const total = c.busyTicks + c.haltedTicks;
  return total === 0 ? 0 : c.busyTicks / total;
}
