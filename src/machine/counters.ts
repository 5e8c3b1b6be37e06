import type { Ticks } from '../sim/time.ts';

/** What a machine counts from its reset on. */
export interface MachineCounters {
  ticks: Ticks;
  /** Completed instructions; an iteration of a repeated string instruction counts as one. */
  instructions: number;
  cpuPortAccesses: number;
  /** Of those, accesses to the IDE data ports. */
  dataPortAccesses: number;
  cpuMmioAccesses: number;
  /** Time in which the processor executed or was stalled by an access. */
  busyTicks: Ticks;
  haltedTicks: Ticks;
  interrupts: number;
  /** Data that devices moved to or from memory themselves (descriptors not included). */
  deviceBytes: number;
  /** Bus transactions in which they did, descriptor fetches included. */
  deviceTransfers: number;
}
