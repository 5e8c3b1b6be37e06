import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Option, Command } from 'commander';
import type { Experiment } from '../../../src/control/experiments/experiment.ts';
import { pointAt, pointCount, shardIndices, type PointRecord, type Sweep } from '../../../src/control/sweep/sweep.ts';
import { axisNumber } from '../../../src/control/sweep/axis.ts';
import { sweepJson, sweepTable } from '../../../src/control/sweep/table.ts';
import { ENGINE_KINDS } from '../../../src/jit/engine-kind.ts';
import { engineOption } from '../engine-option.ts';
import { jobCommand, linuxFor, type JobOptions } from '../experiment-job.ts';
import { checkOutputWritable, filesOf, isSameFile, refuseOverwriting, writeOutputFile } from '../hosts/output-file.ts';
import { InputError, RunError } from '../input-error.ts';
import { VERSION } from '../package-info.ts';
import { perExperiment } from '../per-experiment.ts';
import { knownWord } from '../suggest.ts';
import { checkReport, WHAT_REPORT } from '../reports/page.ts';
import { LocalExecutor, type SweepExecutor } from '../sweep/executor.ts';
import { Journal } from '../sweep/journal.ts';
import { axisRows, plannedSweep, shardOf } from '../sweep/plan.ts';
import { SweepProgress } from '../sweep/progress.ts';
import { threadCount } from '../sweep/threads.ts';

interface SweepOptions extends JobOptions {
  param?: string[];
  csv?: string;
  json?: string;
  report?: string;
  shard?: string;
  jobs?: string;
  queue?: string;
  engine: string;
}

const INTERRUPTED = 130;
const STDOUT = '-';

/** `northbridge sweep EXPERIMENT`: many runs of one experiment, a row for each. */
export function sweepCommand(experiments: readonly Experiment[]): Command {
  const command = new Command('sweep').description('Run an experiment at many values of its parameters');
  return perExperiment(command, experiments, sweepOf);
}

function sweepOf(e: Experiment): Command {
  const list = (text: string, before: string[] = []): string[] => [...before, text];
  return jobCommand(e)
    .addOption(new Option('--param <name=values>', 'an axis: NAME=a,b,c or NAME=512..16MiB*2 or NAME=1..9+2; ' +
      'of all parameters and board options below; several make a grid').argParser(list).helpGroup('Sweep:'))
    .addOption(new Option('--csv <file>', 'write a row for each point (- is stdout; without --json or --report ' +
      'that is the default)').helpGroup('Sweep:'))
    .addOption(new Option('--json <file>', 'write one JSON object (- is stdout)').helpGroup('Sweep:'))
    .addOption(new Option('--report <file>', 'write one page of HTML with figures and points to FILE')
      .helpGroup('Sweep:'))
    .addOption(new Option('--shard <i/n>', 'only the i-th of n parts, for several machines').helpGroup('Sweep:'))
    .addOption(new Option('--jobs <number>', 'points that run at a time (default: one for each core)')
      .helpGroup('Sweep:'))
    .addOption(new Option('--queue <url>', 'let workers (northbridge worker) do it, by way of a Redis server: ' +
      'redis://host:6379').helpGroup('Sweep:'))
    .addOption(engineOption())
    .addOption(new Option('--quiet', 'no progress on stderr'))
    .addHelpText('after', `
With an output file, points are kept in FILE.points as they end: the same command, given again after
it was stopped or killed, goes on from there. No point is lost or run twice.`)
    .action((options: SweepOptions) => sweep(e, options));
}

async function sweep(e: Experiment, options: SweepOptions): Promise<void> {
  const engine = knownWord(options.engine, ENGINE_KINDS, 'engine');
  const { param = [], csv, json, report, shard: part, jobs, queue, engine: _engine, quiet, ...job } = options;
  const plan = plannedSweep(e, job, param), shard = shardOf(part), threads = threadCount(jobs, availableParallelism());
  // Beside a pipe or a device nothing is kept.
  const isFile = (f: string): boolean => statSync(f, { throwIfNoEntry: false })?.isFile() ?? true;
  const inputs = filesOf(job, ['disk', 'kernel', 'initrd']);
  const outputs = [csv, json].filter((f): f is string => f !== undefined && f !== STDOUT && isFile(f));
  for (const [option, path] of [['--csv', csv], ['--json', json]] as const) {
    if (path === undefined || path === STDOUT) continue;
    checkOutputWritable(path, `the sweep's ${option.slice(2).toUpperCase()}`);
    refuseOverwriting(path, option, inputs);
  }
  if (csv !== undefined && json !== undefined && csv !== STDOUT && isSameFile(csv, json))
    throw new InputError('--csv and --json name the same file');
  if (report !== undefined)
    checkReport(report, inputs, [{ path: csv, what: '--csv' }, { path: json, what: '--json' }]);
  if (queue !== undefined && job.disk !== undefined)
    throw new InputError('--disk is a file of this machine: it cannot be used with --queue');
  // A guest that is not there is told before anything begins, and made ready once.
  if (plan.guest === 'debian' && queue === undefined) await linuxFor(e, job);

  const points = shardIndices(pointCount(plan), shard).map((i) => pointAt(plan, i));
  if (points.length === 0) throw new InputError(`--shard ${part}: the sweep has only ${pointCount(plan)} points`);
  const journal = outputs.length === 0 ? null : new Journal(`${outputs[0]}.points`, identity(plan, shard, job));
  const records = journal?.records ?? new Map<number, PointRecord>();
  const left = points.filter((p) => !records.has(p.index));
  const executor = await executorFor(queue, threads).catch((error: unknown) => {
    // Nobody is there to run a point: nothing is left behind.
    if (records.size === 0) journal?.remove();
    throw error;
  });
  const progress = new SweepProgress(points.length, points.length - left.length, quiet !== true);
  let interrupted = false;
  const interrupt = (): void => {
    interrupted = true;
    void executor.stop();
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  try {
    await executor.run({ experiment: e.name, options: job as Readonly<Record<string, unknown>>, engine }, left, (r) => {
      if (journal === null) records.set(r.index, r);
      else journal.add(r);
      progress.ended(r);
    });
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    progress.clear();
  }
  if (interrupted) {
    journal?.close();
    const kept = journal === null ? '' : `; the same command goes on from '${journal.path}'`;
    process.stderr.write(`northbridge: interrupted after ${records.size} of ${points.length} points${kept}\n`);
    process.exitCode = INTERRUPTED;
    return;
  }
  const all = points.map((p) => records.get(p.index) as PointRecord);
  const rows = axisRows(e), table = sweepTable(plan, e.measures, all, (name, text) => axisNumber(rows[name], text));
  write(options, table, sweepJson(plan, shard, all));
  if (report !== undefined) {
    const { sweepPage } = await import('../reports/sweep-page.ts');
    writeOutputFile(report, await sweepPage(e, plan, job, all, table), WHAT_REPORT);
  }
  journal?.remove();
  conclude(all);
}

/** What makes two sweeps the same: their points and whatever decides what comes of them. */
function identity(plan: Sweep, shard: { part: number; of: number }, job: JobOptions): string {
  const files = Object.fromEntries(
    Object.entries(job).filter(([name]) => ['disk', 'kernel', 'initrd'].includes(name))
      .map(([name, path]) => [name, fileMark(String(path))]),
  );
  return JSON.stringify({ version: VERSION, ...plan, shard, files });
}

/** Another text when a file is another one, or was changed. */
function fileMark(path: string): string {
  const there = statSync(path, { throwIfNoEntry: false });
  return there === undefined ? path : `${path} ${there.size} ${there.mtimeMs}`;
}

function write({ csv, json, report }: SweepOptions, table: string, object: unknown): void {
  const put = (path: string, text: string): void => {
    if (path === STDOUT) process.stdout.write(text);
    else writeOutputFile(path, text, "the sweep's points");
  };
  if (csv !== undefined || (json === undefined && report === undefined)) put(csv ?? STDOUT, table);
  if (json !== undefined) put(json, `${JSON.stringify(object, null, 2)}\n`);
}

/** What went wrong, if anything did. @throws RunError */
function conclude(records: readonly PointRecord[]): void {
  const refused = records.filter((r) => r.state === 'refused'), failed = records.filter((r) => r.state === 'failed');
  const wrong = records.filter((r) => r.matches === false);
  if (refused.length > 0)
    process.stderr.write(
      `northbridge: ${refused.length} of ${records.length} points cannot be and have no figures, ` +
        `e.g. point ${refused[0].index}: ${refused[0].error}\n`,
    );
  if (failed.length > 0)
    throw new RunError(
      `${failed.length} of ${records.length} points failed, e.g. point ${failed[0].index}: ${failed[0].error}`,
    );
  if (wrong.length > 0)
    throw new RunError(`at ${wrong.length} of ${records.length} points the bytes that arrived are wrong`);
}

async function executorFor(queue: string | undefined, threads: number): Promise<SweepExecutor> {
  if (queue === undefined) return new LocalExecutor(threads);
  return (await import('../sweep/queue.ts')).queueExecutor(queue);
}
