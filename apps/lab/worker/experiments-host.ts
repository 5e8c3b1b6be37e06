import { findExperiment } from '../../../src/control/experiments/index.ts';
import type { Experiment, JobOf } from '../../../src/control/experiments/experiment.ts';
import { jobFromTexts, jobRows } from '../../../src/control/experiments/form.ts';
import { EXPERIMENTS } from '../../../src/control/experiments/index.ts';
import { reportOf } from '../../../src/control/experiments/report.ts';
import { resultJson } from '../../../src/control/experiments/result.ts';
import { runMethod } from '../../../src/control/experiments/runner.ts';
import { checkJob, commandLine, sheetOf, type ExperimentSheet } from '../../../src/control/experiments/sheet.ts';
import { runsTable } from '../../../src/control/sweep/table.ts';
import { ms, toSeconds } from '../../../src/sim/time.ts';
import type {
  ExperimentsApi, MethodRun, RequestCheck, RunProgress, RunReport, RunRequest,
} from '../protocol/experiments.ts';
import { breath } from './breath.ts';
import { browserKit } from './kit.ts';

/** Wall time between two looks at what else there is to do, and between two reports (ms). */
const BREATH = 20, TELL = 100;
/** Simulated time of a step. */
const SLICE = ms(1);

/** Experiments that are run to their end, without a look at the machine. */
export class ExperimentsHost implements ExperimentsApi {
  /** Jobs that were read, by their request: reading one again may take long. */
  private readonly jobs = new Map<string, JobOf>();

  async list(): Promise<ExperimentSheet[]> {
    return EXPERIMENTS.map(sheetOf);
  }

  async check(request: RunRequest): Promise<RequestCheck> {
    const e = known(request.experiment);
    return { ...checkJob(e, request, browserKit), command: commandLine(e, request) };
  }

  async run(request: RunRequest, method: string, told: (progress: RunProgress) => void): Promise<MethodRun> {
    const e = known(request.experiment);
    const steps = runMethod(e, this.jobOf(e, request), method, browserKit, { slice: SLICE });
    let breathed = performance.now(), told1 = 0;
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
      const at = performance.now();
      if (at - breathed < BREATH) continue;
      if (at - told1 >= TELL) {
        const { phase, machine } = step.value, { ticks, instructions } = machine.counters();
        told({ method, phase, seconds: toSeconds(ticks), instructions });
        told1 = at;
      }
      await breath();
      breathed = performance.now();
    }
  }

  async report(request: RunRequest, runs: readonly MethodRun[]): Promise<RunReport> {
    const e = known(request.experiment), job = this.jobOf(e, request), result = { experiment: e, job, runs };
    return {
      report: reportOf(result, browserKit), command: commandLine(e, request),
      json: `${JSON.stringify(resultJson(result, jobRows(e).board), null, 2)}\n`,
      csv: runsTable(e.measures, job, runs),
    };
  }

  private jobOf(e: Experiment, request: RunRequest): JobOf {
    const key = JSON.stringify(request);
    let job = this.jobs.get(key);
    if (job === undefined) {
      job = jobFromTexts(e, request, browserKit);
      this.jobs.clear();
      this.jobs.set(key, job);
    }
    return job;
  }
}

function known(name: string): Experiment {
  const e = findExperiment(name);
  if (e === null) throw new Error(`there is no experiment '${name}'`);
  return e;
}
