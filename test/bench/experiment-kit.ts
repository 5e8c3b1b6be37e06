/** What an experiment needs of its host, for tests. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Experiment, Kit, RunResult } from '../../src/control/experiments/experiment.ts';
import { jobOf, type JobWish } from '../../src/control/experiments/job.ts';
import { runMethod, type Bench } from '../../src/control/experiments/runner.ts';

export const KIT: Kit = {
  guestImage: (name) => readFileSync(new URL(`../../guest/images/${name}.elf`, import.meta.url)),
  linux: null,
  disk: null,
  sha256: () => {
    const hash = createHash('sha256');
    return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest('hex') };
  },
};

/** Runs one method to its end. @throws GuestFailure */
export function runToEnd(e: Experiment, method: string, wish: JobWish = {}, bench: Bench = {}): RunResult {
  const steps = runMethod(e, jobOf(e, wish), method, KIT, { engine: 'interpreter', ...bench });
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
