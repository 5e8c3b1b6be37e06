import type { Ticks } from '../../src/sim/time.ts';

/** Things to do to a machine at simulated times, at the first stop that is not before each. */
export class TimedActions {
  private readonly actions: { readonly time: Ticks; readonly act: () => void }[] = [];
  private done = 0;

  add(time: Ticks, act: () => void): void {
    this.actions.push({ time, act });
    this.actions.sort((a, b) => a.time - b.time);
  }

  /** When the machine is to stop for the next one. */
  get next(): Ticks {
    return this.actions[this.done]?.time ?? Infinity;
  }

  /** Those that the run did not come to. */
  get left(): number {
    return this.actions.length - this.done;
  }

  /** Does what is due. */
  doUntil(now: Ticks): void {
    while (this.next <= now) this.actions[this.done++].act();
  }
}
