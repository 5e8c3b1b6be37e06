import type { Component } from '../sim/component.ts';
import type { Ticks } from '../sim/time.ts';

/**
 * What a machine counts from its reset on: the sum over its components of every counter that they
 * declare, by name. Those that every board has are named here.
 */
export interface MachineCounters {
  readonly ticks: Ticks;
  /** Completed instructions; an iteration of a repeated string instruction counts as one. */
  readonly instructions: number;
  readonly cpuPortAccesses: number;
  readonly cpuMmioAccesses: number;
  /** Time in which a processor executed or was stalled by an access. */
  readonly busyTicks: Ticks;
  readonly haltedTicks: Ticks;
  readonly interrupts: number;
  /** Data that devices moved to or from memory themselves (descriptors not included). */
  readonly deviceBytes: number;
  /** Bus transactions in which they did, descriptor fetches included. */
  readonly deviceTransfers: number;
  readonly [name: string]: number;
}

/** Adds up what the components of a machine counted by the time `ticks`. */
export function machineCounters(components: readonly Component[], ticks: Ticks): MachineCounters {
  const sums: MachineCounters & Record<string, number> = {
    ticks, instructions: 0, cpuPortAccesses: 0, cpuMmioAccesses: 0, busyTicks: 0, haltedTicks: 0, interrupts: 0,
    deviceBytes: 0, deviceTransfers: 0,
  };
  for (const c of components) {
    for (const { name, value } of c.counterRows) sums[name] = (sums[name] ?? 0) + value();
  }
  return sums;
}

/** What was counted between two readings: after - before. */
export function difference(after: MachineCounters, before: MachineCounters): MachineCounters {
  return Object.fromEntries(
    Object.entries(after).map(([name, value]) => [name, value - (before[name] ?? 0)]),
  ) as unknown as MachineCounters;
}
