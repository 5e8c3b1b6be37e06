import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Experiment, Kit, RunResult } from '../../src/control/experiments/experiment.ts';
import { jobOf, type JobWish } from '../../src/control/experiments/job.ts';
import { judgementOf } from '../../src/control/experiments/result.ts';
import { runMethod, type Progress } from '../../src/control/experiments/runner.ts';
import type { Bench } from '../../src/control/experiments/trial-run.ts';

/** What tests offer an experiment. */
export const TEST_KIT: Kit = {
  guestImage: (name) => readFileSync(new URL(`../../guest/images/${name}.elf`, import.meta.url)),
  linux: null, disk: null,
  sha256: () => {
    const hash = createHash('sha256');
    return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest('hex') };
  },
};

/** Runs an experiment, all its methods or those wished for; `onStep` between the steps. */
export function runExperiment(
  e: Experiment, wish: JobWish = {}, bench: Bench = {}, onStep: (progress: Progress) => void = () => {},
): { runs: RunResult[]; judgement: ReturnType<typeof judgementOf> } {
  const job = jobOf(e, wish);
  const runs = job.methods.map((method) => {
    const steps = runMethod(e, job, method, TEST_KIT, bench);
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
      onStep(step.value);
    }
  });
  return { runs, judgement: judgementOf({ experiment: e, job, runs }) };
}

/** Runs one method to its end, in the interpreter. @throws GuestFailure */
export function runToEnd(e: Experiment, method: string, wish: JobWish = {}, bench: Bench = {}): RunResult {
  const { runs } = runExperiment(e, { ...wish, methods: [method] }, { engine: 'interpreter', ...bench });
  return runs[0] as RunResult;
}
