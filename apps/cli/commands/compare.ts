import { setImmediate } from 'node:timers/promises';
import { Command, Option } from 'commander';
import type { Experiment, GuestKind, JobOf, Kit, RunResult } from '../../../src/control/experiments/experiment.ts';
import { jobRows } from '../../../src/control/experiments/form.ts';
import { guestsOf } from '../../../src/control/experiments/job.ts';
import { resultJson } from '../../../src/control/experiments/result.ts';
import { runMethod } from '../../../src/control/experiments/runner.ts';
import type { Bench } from '../../../src/control/experiments/trial-run.ts';
import { ExcerptRecorder } from '../../../src/control/report/excerpt.ts';
import { GuestFailure } from '../../../src/control/failure.ts';
import { traceNames } from '../../../src/control/trace-names.ts';
import { ENGINE_KINDS, type EngineKind } from '../../../src/jit/engine-kind.ts';
import type { Component } from '../../../src/sim/component.ts';
import { toSeconds } from '../../../src/sim/time.ts';
import { AudioFiles, audioOption } from '../audio-option.ts';
import { cacheFolder, startsBound } from '../cache/folder.ts';
import { StartStore } from '../cache/start-store.ts';
import { addDeviceOption, AttachedDevices, inputFiles, type DeviceOptions } from '../devices/index.ts';
import { engineOption } from '../engine-option.ts';
import { askedJob, jobCommand, linuxFor, settled, type JobOptions } from '../experiment-job.ts';
import { refuseOverwriting, writeOutputFile } from '../hosts/output-file.ts';
import { checkTraceWritable, TraceFile } from '../hosts/trace-file.ts';
import { InputError, RunError } from '../input-error.ts';
import { loadRefusal } from '../input-files.ts';
import { asInputError } from '../parameter-options.ts';
import { VERSION } from '../package-info.ts';
import { perExperiment } from '../per-experiment.ts';
import type { PcapFile } from '../hosts/pcap-file.ts';
import { pcapFiles, pcapOption } from '../pcap-option.ts';
import { Progress } from '../progress.ts';
import { experimentTable } from '../reports/experiment.ts';
import type { Traced } from '../../report/compare-page.ts';
import { checkReport, comparePage, REPORT_HELP, WHAT_REPORT } from '../reports/page.ts';
import { knownWord } from '../suggest.ts';
import {
  addTraceOptions, checkFilterNames, checkMarks, reportStream, traceFilter, type TraceOptions,
} from '../trace-options.ts';

/** What every experiment's command takes, beside the experiment's and the board's parameters. */
interface CompareOptions extends JobOptions, TraceOptions, DeviceOptions {
  audio?: string;
  pcap?: string;
  engine: string;
  json?: boolean;
  wall: boolean;
  cache?: boolean;
  report?: string;
}

const INTERRUPTED = 130;
/** Marks that some experiments have beside `begin` and `end`: POST codes of their programs. */
const POST_MARK = /^post-[0-9a-f]{2}$/;
/** Wall time between two looks at what else there is to do (ms). */
const BREATH = 50;

/** `northbridge compare EXPERIMENT`: a command for each experiment, made from its rows. */
export function compareCommand(experiments: readonly Experiment[]): Command {
  const command = new Command('compare').description('Do one job by several methods and compare what it cost');
  return perExperiment(command, experiments, experimentCommand);
}

function experimentCommand(e: Experiment): Command {
  const command = jobCommand(e);
  if (guestsOf(e).includes('debian'))
    command.addOption(new Option('--no-cache', 'with --guest debian: boot each time, and keep nothing of it; ' +
      'without this, what came of a boot is kept and taken the next time, except with --trace, --report, --pcap or ' +
      '--device'));
  if (e.plays === true) command.addOption(audioOption(true));
  command.addOption(pcapOption(true));
  command
    .addOption(engineOption())
    .addOption(new Option('--json', 'print one JSON object in place of the table'))
    .addOption(new Option('--quiet', 'no steps on stderr'))
    .addOption(new Option('--report <file>', REPORT_HELP))
    .addOption(new Option('--no-wall', 'leave wall time out: what is left is the same each time'));
  return addDeviceOption(addTraceOptions(command)).action((options: CompareOptions) => compare(e, options));
}

async function compare(e: Experiment, options: CompareOptions): Promise<void> {
  const engine = knownWord(options.engine, ENGINE_KINDS, 'engine');
  const filter = traceFilter(options);
  const asked = askedJob(e, options), { kit } = asked, { guest, methods } = asked.job;
  if (guest === 'bare' && options.cache === false) throw new InputError('--no-cache is for --guest debian');
  let job = settled(e, asked);
  const inputs = inputFiles(options, ['disk', 'kernel', 'initrd']), trace = { path: options.trace, what: '--trace' };
  if (options.trace !== undefined) {
    refuseOverwriting(options.trace, '--trace', inputs);
    checkTraceWritable(options.trace);
    const marks = [filter.from, filter.until].flatMap((m) => (m !== null && 'mark' in m ? [m.mark] : []));
    checkMarks(filter, ['begin', 'end', ...marks.filter((m) => POST_MARK.test(m))], '--trace-', 'an experiment');
  }
  if (options.report !== undefined) checkReport(options.report, inputs, [trace]);
  const audio = options.audio === undefined ? null : new AudioFiles(options.audio, methods, inputs, options.trace);
  const pcap = pcapFiles(options.pcap, methods, inputs, [
    trace, { path: options.audio, what: '--audio' }, { path: options.report, what: '--report' },
  ]);
  const attached = await AttachedDevices.load(options);
  const linux = guest === 'debian' ? await linuxFor(e, options) : null;
  if (linux !== null) job = { ...job, boardOptions: { ...job.boardOptions, kernelEntry: linux.kernelEntry } };
  const done = await runAll(e, job, { ...kit, ...linux?.kit }, engine, options, filter, attached, audio, pcap);

  const kept = Object.keys(done.kept).length === 0 ? {} : { kept: done.kept };
  const wall = options.wall ? { engine, seconds: done.wallSeconds, ...kept } : null;
  if (done.failure !== null && done.runs.length === 0) throw done.failure;
  reportStream(options).write(
    options.json === true
      ? `${JSON.stringify({ ...resultJson(done, jobRows(e).board), ...(wall === null ? {} : { wall }) }, null, 2)}\n`
      : experimentTable(done, kit, wall),
  );
  if (options.report !== undefined && done.runs.length > 0) {
    const page = await comparePage(done, kit, done.traced, done.components);
    writeOutputFile(options.report, page, WHAT_REPORT);
  }
  if (audio !== null && options.quiet !== true) process.stderr.write(audio.summary(done.runs.map((r) => r.method)));
  if (options.quiet !== true)
    for (const { method } of done.runs)
      if (pcap.has(method)) process.stderr.write(`northbridge: ${method}: ${pcap.get(method)?.summary}`);
  const wrong = done.runs.filter((r) => !r.matches).map((r) => r.method);
  if (done.failure !== null) throw done.failure;
  if (done.interrupted) {
    const left = methods.slice(done.runs.length);
    process.stderr.write(`northbridge: interrupted; not measured: ${left.join(', ')}\n`);
    process.exitCode = INTERRUPTED;
  } else if (wrong.length > 0) {
    throw new RunError(`the bytes that arrived by ${wrong.join(', ')} are wrong`);
  }
}

interface Done {
  experiment: Experiment;
  job: JobOf;
  runs: RunResult[];
  /** By method. */
  wallSeconds: Record<string, number>;
  /** When the start was made, by method, where one was taken from the cache: ISO 8601. */
  kept: Record<string, string>;
  interrupted: boolean;
  /** For the report: what was traced, and the parts of the last machine. */
  traced: Traced[];
  components: readonly Component[];
  /** Why the next method has no run, or null. */
  failure: GuestFailure | null;
}

async function runAll(
  e: Experiment, job: JobOf, kit: Kit, engine: EngineKind, options: CompareOptions,
  filter: ReturnType<typeof traceFilter>, attached: AttachedDevices, audio: AudioFiles | null,
  pcap: ReadonlyMap<string, PcapFile>,
): Promise<Done> {
  const done: Done = {
    experiment: e, job, runs: [], wallSeconds: {}, kept: {}, interrupted: false, traced: [], components: [],
    failure: null,
  };
  const progress = new Progress(process.stderr, options.quiet !== true);
  let trace: TraceFile | null = null;
  const starts = storeFor(job.guest, options);
  const bench: Bench = {
    engine,
    devices: attached.devices,
    ...(starts === null ? {} : { starts }),
    ...(audio === null ? {} : { audio: (method: string) => audio.of(method) }),
    frames: (method) => pcap.get(method) ?? null,
    started: (machine, method, kept) => {
      if (kept && starts !== null) done.kept[method] = starts.made.toISOString();
      machine.sim.trace.processorRam = options.traceProcessorRam === true;
      if (options.report !== undefined) {
        const processors = machine.board.processors.map((p) => p.processor.name);
        done.traced.push({ method, recorder: new ExcerptRecorder(machine.sim.trace, processors) });
        done.components = machine.board.components;
      }
      if (options.trace === undefined) return;
      if (trace === null) {
        checkFilterNames(filter, traceNames(machine.board));
        trace = new TraceFile(options.trace, filter, { generator: `northbridge ${VERSION}`, board: job.board });
      }
      trace.beginRun(method, machine.sim.trace);
    },
  };
  const interrupt = (): void => { done.interrupted = true; };
  process.on('SIGINT', interrupt);
  try {
    for (const method of job.methods) {
      const begun = performance.now();
      const steps = runMethod(e, job, method, kit, bench);
      let breath = begun;
      for (;;) {
        const step = steps.next();
        if (step.done === true) {
          done.runs.push(step.value);
          break;
        }
        const { phase, machine } = step.value;
        const { ticks, instructions } = machine.counters();
        progress.phase = `${method}: ${phase}`;
        progress.update(toSeconds(ticks), instructions);
        if (performance.now() - breath >= BREATH) {
          await setImmediate();
          breath = performance.now();
        }
        if (done.interrupted) break;
      }
      if (done.interrupted) break;
      audio?.close(method);
      pcap.get(method)?.close();
      done.wallSeconds[method] = (performance.now() - begun) / 1e3;
    }
    (trace as TraceFile | null)?.close();
  } catch (error) {
    (trace as TraceFile | null)?.abandon();
    // What was measured before is told, too.
    if (error instanceof GuestFailure) return { ...done, failure: error };
    const advice = job.guest === 'debian' ? 'choose fewer bytes, or another kernel' : 'choose fewer bytes';
    throw loadRefusal(asInputError(attached.blame(error)), advice);
  } finally {
    progress.clear();
    process.off('SIGINT', interrupt);
    if (starts !== null && starts.refusal !== '' && options.quiet !== true)
      process.stderr.write(`northbridge: what was booted is not kept in '${cacheFolder()}': ${starts.refusal}\n`);
  }
  return done;
}

/** Where starts are kept, or null. Our own program needs none, and a trace begins at reset. */
function storeFor(guest: GuestKind, options: CompareOptions): StartStore | null {
  if (guest === 'bare' || options.cache === false) return null;
  if (options.trace !== undefined || options.report !== undefined || options.pcap !== undefined) return null;
  const bound = startsBound();
  return bound === 0 ? null : new StartStore(cacheFolder(), bound);
}
