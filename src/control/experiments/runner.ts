import type { Machine } from '../../machine/machine.ts';
import { SnapshotError } from '../snapshot-error.ts';
import type { Experiment, JobOf, Kit, RunResult } from './experiment.ts';
import { TrialRun, type Bench } from './trial-run.ts';

/** How far a run is. */
export interface Progress {
  readonly method: string;
  readonly phase: string;
  readonly machine: Machine;
}

/**
 * Runs one method of an experiment: a slice of simulated time a step, so that whoever drives it can
 * show progress, do other things or give up (`return()`).
 * @throws GuestFailure
 */
export function* runMethod(
  e: Experiment, job: JobOf, method: string, kit: Kit, bench: Bench,
): Generator<Progress, RunResult> {
  const run = started(e, job, method, kit, bench);
  while (!run.over) {
    run.step();
    if (!run.over) yield { method, phase: run.phase, machine: run.machine };
  }
  return run.result();
}

/** A run before its first instruction, or at a start that was kept. */
function started(e: Experiment, job: JobOf, method: string, kit: Kit, bench: Bench): TrialRun {
  let run = new TrialRun(e, job, method, kit, bench);
  const file = run.start?.find() ?? null;
  let kept = file !== null;
  if (file !== null) {
    try {
      run.restore(file);
    } catch (error) {
      if (!(error instanceof SnapshotError)) throw error;
      // Whatever is wrong with the file: a machine that was never touched by it boots as without.
      kept = false;
      run = new TrialRun(e, job, method, kit, bench);
    }
  }
  if (!kept) run.boot();
  bench.started?.(run.machine, method, kept);
  return run;
}
