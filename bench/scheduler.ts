import { Scheduler } from '../src/sim/scheduler.ts';
import { measure, seconds, type Figure } from './measure.ts';

const EVENTS = 1_000_000;

/**
 * Million events a second (each popped, run and scheduled again) with `pending` events in the
 * queue.
 */
function eventsPerSecond(pending: number): number {
  const scheduler = new Scheduler();
  let state = 12345;
  for (let i = 0; i < pending; i++) {
    const event = scheduler.event(`e${i}`, () => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      event.after(1 + (state >>> 16));
    });
    event.at(i + 1);
  }
  const time = seconds(() => {
    while (scheduler.executed < EVENTS) scheduler.runUntil(scheduler.nextTime);
  });
  return scheduler.executed / time / 1e6;
}

export function schedulerFigures(runs: number): Figure[] {
  return [1, 10, 100, 1000].map((pending) =>
    measure(`event queue, ${pending} pending`, 'M events/s', runs, () => eventsPerSecond(pending)),
  );
}
