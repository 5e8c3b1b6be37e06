import type { Component } from '../sim/component.ts';
import type { Scheduler } from '../sim/scheduler.ts';
import { seconds, type Ticks } from '../sim/time.ts';

interface Devices {
  readonly components: readonly Component[];
  readonly scheduler: Scheduler;
}

/** Longest time waited for: what a UART holds takes 0.6 s at 300 baud. */
const LONGEST = seconds(2);

/**
 * After the processor has stopped for good: lets devices finish what is on its way out of them,
 * such as the last characters in a UART. Simulated time passes for the devices only, until the last
 * output has left, at most to `until` and for two seconds.
 */
export function drainOutput(board: Devices, until: Ticks): void {
  const { scheduler } = board;
  const end = Math.min(until, scheduler.now + LONGEST);
  while (scheduler.nextTime <= end && outputPending(board)) scheduler.runUntil(scheduler.nextTime);
}

/** Whether anything is on its way out of a device. */
export function outputPending({ components }: Pick<Devices, 'components'>): boolean {
  return components.some((c) => c.outputPending);
}
