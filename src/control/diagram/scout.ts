import { describeBoard } from '../../machine/describe.ts';
import { ms, type Ticks } from '../../sim/time.ts';
import type { Front, Subject } from '../explore/subject.ts';
import { castOf, TrafficSums } from './traffic.ts';

/** Simulated time of a step; how long a beginning may take; transactions after it that tell all. */
const STEP: Ticks = ms(0.5), LONGEST: Ticks = ms(2000), ENOUGH = 20_000;

/**
 * Runs a machine of its own ahead to see which parts take part, so that a drawing can be made for
 * them once: from its mark `begin` to `end`, or so many transactions. The same subject gives the
 * same parts, whatever time it takes.
 */
export class Scout {
  private readonly front: Front;
  private readonly sums: TrafficSums;

  /** @throws LoadError, ParameterError */
  constructor(subject: Subject) {
    this.front = subject.scout();
    const { trace } = this.front.machine.sim;
    this.sums = new TrafficSums(trace);
    trace.attach(this.sums);
    this.front.boot();
  }

  /** It knows enough. */
  get over(): boolean {
    const { state, transactions } = this.sums.progress;
    return this.front.over || state === 'after' || transactions >= ENOUGH || this.front.session.now >= LONGEST;
  }

  /** A short step ahead. */
  step(): void {
    this.front.step(this.front.session.now + STEP);
    this.front.machine.sim.trace.flush();
  }

  /** The parts that took part; null if the measured part was not reached. */
  cast(): string[] | null {
    const { state, interrupts } = this.sums.progress;
    if (state === 'before') return null;
    return castOf(describeBoard(this.front.machine), this.sums.upTo(Infinity, () => []), interrupts);
  }
}
