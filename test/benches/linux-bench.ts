import { linuxFor } from '../../apps/cli/experiment-job.ts';
import {
  experiment, LOOKS_ONLY, type DebianFiles, type Experiment, type Kit, type MachineSpec, type RunResult, type Trial,
} from '../../src/control/experiments/experiment.ts';
import type { ConsoleLines } from '../../src/control/experiments/console-lines.ts';
import { jobOf } from '../../src/control/experiments/job.ts';
import { linuxJob, type LinuxJob } from '../../src/control/experiments/linux/job.ts';
import { runMethod } from '../../src/control/experiments/runner.ts';
import type { FrameTap } from '../../src/host/frames.ts';
import type { EngineKind } from '../../src/jit/engine-kind.ts';
import { TEST_KIT } from './experiment-bench.ts';

/** Whether tests that boot Debian are to run: it may take 60 MB from the package mirror. */
export const DEBIAN_WANTED = process.env['CI'] !== undefined || process.env['NORTHBRIDGE_TEST_DEBIAN'] === '1';

/** What a job of a test said. */
export interface JobEnd {
  readonly lines: ConsoleLines;
  readonly run: RunResult;
}

/** A kit with the prepared Debian guest and its modules, and files of further packages. */
export async function linuxKit(debianFiles: readonly DebianFiles[] = []): Promise<Kit> {
  return { ...TEST_KIT, ...(await linuxFor({ linuxJobs: true, debianFiles } as Experiment, { quiet: true })).kit };
}

/**
 * Boots Debian for a job; its script must call `measure_begin` and `measure_end`.
 * @throws GuestFailure
 */
export function runJob(
  kit: Kit, job: LinuxJob, machine: Partial<MachineSpec> = {}, engine: EngineKind = 'jit',
  frames: FrameTap | null = null, posted: Trial['posted'] = () => {},
): JobEnd {
  let lines: ConsoleLines | null = null;
  const e = experiment({
    name: 'linux-job', question: 'Does it?', summary: 'A job of a test.', shows: [], statements: [], parameters: {},
    variants: [{ method: 'job', guest: 'debian', boards: ['pc'] }],
    linuxJobs: true, measures: [], blocks: [], title: () => 'a job',
    prepare: () => ({
      machine: { disks: machine.disks ?? [], floppies: machine.floppies ?? [],
        devices: machine.devices ?? [], options: machine.options ?? {} },
      software: linuxJob(kit, job), bytes: 0, phases: ['booting Linux', 'working', 'ending'], limit: 120,
      posted, remembers: LOOKS_ONLY,
      finish: (end) => {
        lines = end.lines;
        return { mode: null, matches: true, found: {} };
      },
    }),
    judge: () => ({ sentence: '', reference: '' }),
  });
  const base = jobOf(e, { guest: 'debian' });
  const wish = { ...base, boardOptions: { ...base.boardOptions, kernelEntry: 'vmlinux' } };
  const steps = runMethod(e, wish, 'job', kit, { engine, frames: () => frames });
  for (;;) {
    const step = steps.next();
    if (step.done === true) return { lines: lines as unknown as ConsoleLines, run: step.value };
  }
}
