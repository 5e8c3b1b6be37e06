import type { Machine } from '../../machine/machine.ts';
import type { Ticks } from '../../sim/time.ts';
import type { Experiment, JobOf, Kit, RunResult } from '../experiments/experiment.ts';
import { TrialRun, type Bench } from '../experiments/trial-run.ts';
import { TraceStore } from '../trace/store.ts';

/**
 * A machine that is looked at: it runs on at its front, everything that happens is kept in a trace
 * store, and any earlier moment can be had again.
 */
export class Explorer {
  readonly store = new TraceStore();
  private readonly run: TrialRun;

  constructor(e: Experiment, job: JobOf, method: string, kit: Kit, bench: Bench = {}) {
    this.run = new TrialRun(e, job, method, kit, bench);
    this.store.attach(this.run.machine.sim.trace);
    this.run.boot();
  }

  /** The machine at its front. Whoever looks at it changes nothing. */
  get machine(): Machine {
    return this.run.machine;
  }

  /** What is going on, in a word or two. */
  get phase(): string {
    return this.run.phase;
  }

  /** How far the front is. */
  get now(): Ticks {
    return this.run.session.now;
  }

  /** The run is over: `result` tells what came of it. */
  get over(): boolean {
    return this.run.over;
  }

  /** Runs the front on to `until`, or a slice further if that is less. */
  advance(until: Ticks): void {
    if (!this.run.over) this.run.step(until);
    this.machine.sim.trace.flush();
  }

  /** @throws GuestFailure */
  result(): RunResult {
    return this.run.result();
  }
}
