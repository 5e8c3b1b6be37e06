import type { Experiment, JobOf } from '../../../src/control/experiments/experiment.ts';
import { EXPERIMENT_BOARD, jobFromTexts, jobRows } from '../../../src/control/experiments/form.ts';
import { EXPERIMENTS, findExperiment } from '../../../src/control/experiments/index.ts';
import { reportOf } from '../../../src/control/experiments/report.ts';
import { resultJson } from '../../../src/control/experiments/result.ts';
import { runMethod } from '../../../src/control/experiments/runner.ts';
import { ExcerptRecorder } from '../../../src/control/report/excerpt.ts';
import { checkJob, commandLine, sheetOf, type ExperimentSheet } from '../../../src/control/experiments/sheet.ts';
import { axisNumber, axisValues, suggestedValues } from '../../../src/control/sweep/axis.ts';
import type { PointRecord, Sweep } from '../../../src/control/sweep/sweep.ts';
import { runsTable, sweepTable } from '../../../src/control/sweep/table.ts';
import type { Machine } from '../../../src/machine/machine.ts';
import type { Component } from '../../../src/sim/component.ts';
import { ms, toSeconds } from '../../../src/sim/time.ts';
import type {
  ExperimentsApi, MethodRun, RequestCheck, RunProgress, RunReport, RunRequest, SweepAxis,
} from '../protocol/experiments.ts';
import type { Traced } from '../../report/compare-page.ts';
import { breathing } from './breath.ts';
import { browserKit } from './kit.ts';
import { TraceBytes } from './trace-bytes.ts';

/** Wall time between two reports (ms). */
const TELL = 100;
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
    return this.runOf(request, method, told, () => {});
  }

  private async runOf(
    request: RunRequest, method: string, told: (progress: RunProgress) => void, started: (machine: Machine) => void,
  ): Promise<MethodRun> {
    const e = known(request.experiment);
    const steps = runMethod(e, this.jobOf(e, request), method, browserKit, { slice: SLICE, started });
    let spoke = 0;
    return breathing(steps, ({ phase, machine }) => {
      const at = performance.now();
      if (at - spoke < TELL) return;
      const { ticks, instructions } = machine.counters();
      told({ method, phase, seconds: toSeconds(ticks), instructions });
      spoke = at;
    });
  }

  async report(request: RunRequest, runs: readonly MethodRun[]): Promise<RunReport> {
    const e = known(request.experiment), job = this.jobOf(e, request), result = { experiment: e, job, runs };
    return {
      report: reportOf(result, browserKit), command: commandLine(e, request),
      json: `${JSON.stringify(resultJson(result, jobRows(e).board), null, 2)}\n`,
      csv: runsTable(e.measures, job, runs),
    };
  }

  async axis(request: RunRequest, name: string, text: string): Promise<SweepAxis> {
    const e = known(request.experiment), { own, board } = jobRows(e), row = { ...board, ...own }[name];
    if (row === undefined) throw new Error(`${e.name} has no parameter '${name}'`);
    const said = text.trim() === '' ? suggestedValues(row).join(',') : text.trim();
    const values = axisValues(row, said).map((v) => ({ text: v, number: Number(axisNumber(row, v)) }));
    return { name, text: said, values, command: commandLine(e, request, { name, text: said }) };
  }

  async sweepTable(request: RunRequest, axis: SweepAxis, points: readonly PointRecord[]): Promise<string> {
    const e = known(request.experiment), numbers = new Map(axis.values.map((v) => [v.text, String(v.number)]));
    const sweep: Sweep = {
      experiment: e.name, board: EXPERIMENT_BOARD, guest: request.guest, methods: request.methods,
      axes: [{ name: axis.name, values: axis.values.map((v) => v.text) }], fixed: request.texts,
    };
    return sweepTable(sweep, e.measures, points, (_name, text) => numbers.get(text) ?? text);
  }

  async trace(request: RunRequest, told: (progress: RunProgress) => void): Promise<Blob> {
    const file = new TraceBytes(EXPERIMENT_BOARD);
    for (const method of request.methods)
      await this.runOf(request, method, told, (machine) => file.begin(method, machine.sim.trace));
    return file.finish();
  }

  async page(request: RunRequest, told: (progress: RunProgress) => void): Promise<string> {
    const experiment = known(request.experiment), runs: MethodRun[] = [], traced: Traced[] = [];
    let components: readonly Component[] = [];
    for (const method of request.methods)
      runs.push(await this.runOf(request, method, told, (machine) => {
        const processors = machine.board.processors.map((p) => p.processor.name);
        traced.push({ method, recorder: new ExcerptRecorder(machine.sim.trace, processors) });
        components = machine.board.components;
      }));
    const { comparePage } = await import('../../report/compare-page.ts');
    return await comparePage({ experiment, job: this.jobOf(experiment, request), runs }, browserKit, {
      traced, components, command: commandLine(experiment, request), generator: `northbridge ${PACKAGE_VERSION}`,
    });
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

/** @throws Error with one line */
export function known(name: string): Experiment {
  const e = findExperiment(name);
  if (e === null) throw new Error(`there is no experiment '${name}'`);
  return e;
}
