import type { Component } from '../sim/component.ts';
import type { Scheduler } from '../sim/scheduler.ts';
import { seconds } from '../sim/time.ts';

/** Longest time waited for: what a UART holds takes 0.6 s at 300 baud. */
const LONGEST = seconds(2);

/**
 * After the processor has stopped for good: lets devices finish what is on its way out of them,
 * such as the last characters in a UART. Simulated time passes for the devices only, until the last
 * output has left or two seconds are over.
 */
export function drainOutput(board: { readonly components: readonly Component[]; readonly scheduler: Scheduler }): void {
  const { components, scheduler } = board;
  const end = scheduler.now + LONGEST;
  while (scheduler.nextTime <= end && components.some((c) => c.outputPending)) scheduler.runUntil(scheduler.nextTime);
}
