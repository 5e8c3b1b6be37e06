import { ms, TICKS_PER_SECOND, toSeconds } from '../../sim/time.ts';
import { GuestFailure } from '../failure.ts';
import { POST } from '../guests/status.ts';
import { Session } from '../session.ts';
import { ConsoleLines } from './console-lines.ts';
import type {
  EndedTrial, Experiment, ExperimentMachine, JobOf, Kit, MachineSpec, RunResult, Trial,
} from './experiment.ts';

/** Simulated time between two steps of the generator; it has no influence on what is simulated. */
const SLICE = ms(10);

/** How far a run is. */
export interface Progress {
  readonly method: string;
  readonly phase: string;
  readonly machine: ExperimentMachine;
}

/** Makes machines. */
export interface MachineMaker {
  /** Builds and resets a machine of `job.board` with `job.boardOptions`. */
  createMachine(
    spec: MachineSpec & { readonly onPost: (code: number) => void; readonly onSerial: (byte: number) => void },
    job: JobOf,
  ): ExperimentMachine;
  /** Called when a machine is loaded, before its first instruction. */
  started?(machine: ExperimentMachine, method: string): void;
}

/**
 * Runs one method of an experiment: a slice of simulated time a step, so that whoever drives it can
 * show progress, do other things or give up (`return()`).
 * @throws GuestFailure
 */
export function* runMethod(
  e: Experiment, job: JobOf, method: string, kit: Kit, maker: MachineMaker,
): Generator<Progress, RunResult> {
  const trial = e.prepare(job, method, kit);
  const run = new TrialRun(trial, method, job, maker);
  while (!run.over) {
    run.step();
    if (!run.over) yield { method, phase: run.phase, machine: run.machine };
  }
  const { outcome, seconds, counters } = run.finish();
  const finished = { seconds, bytes: trial.bytes, counters, found: outcome.found };
  return {
    method, guest: job.guest, board: job.board, ...outcome,
    measures: Object.fromEntries(e.measures.map((m) => [m.key, m.of(finished)])),
  };
}

/** A trial while it runs. */
class TrialRun {
  readonly machine: ExperimentMachine;
  phase: string;
  /** Why the machine stopped, '' while it runs. */
  private reason = '';
  private end: 'done' | 'failed' | '' = '';
  private readonly lines = new ConsoleLines();
  private readonly session: Session<ExperimentMachine>;
  private readonly blockAddress: number;
  private readonly trial: Trial;
  private readonly method: string;

  constructor(trial: Trial, method: string, job: JobOf, maker: MachineMaker) {
    this.trial = trial;
    this.method = method;
    this.phase = trial.phases[0];
    const { software } = trial;
    this.machine = maker.createMachine(
      { ...trial.machine, onSerial: (byte) => this.lines.put(byte), onPost: (code) => this.posted(code) }, job,
    );
    this.session = new Session(this.machine);
    if (software.guest === 'bare') {
      this.blockAddress = this.machine.loadGuest(software.image, software.input);
    } else {
      this.machine.loadLinux(software);
      this.blockAddress = 0;
    }
    trial.attach?.(this.machine);
    maker.started?.(this.machine, method);
  }

  get over(): boolean {
    return this.reason !== '';
  }

  step(): void {
    const limit = Math.floor(this.trial.limit * TICKS_PER_SECOND);
    const reason = this.session.run(Math.min(limit, this.session.now + SLICE));
    if (reason !== 'time' || this.session.now >= limit) this.reason = reason;
  }

  /** What the run gave. @throws GuestFailure */
  finish(): { outcome: ReturnType<Trial['finish']>; seconds: number; counters: RunCounters } {
    const { trial, machine, end } = this;
    const { software } = trial;
    if (end === '' && this.reason === 'time')
      throw this.failure(
        `the guest did not finish within ${trial.limit.toFixed(0)} simulated seconds (it was ${this.phase})`,
      );
    if (end === '')
      throw this.failure(
        `the machine stopped (${this.reason}) at ${toSeconds(this.session.now).toFixed(6)} s ` +
          `while it was ${this.phase}`,
      );
    let block = new Uint8Array(0);
    if (software.guest === 'bare') {
      block = machine.ram.slice(this.blockAddress, this.blockAddress + software.block.size);
      const { status, detail } = software.block.decode(block);
      if (end === 'failed') throw this.failure(`the guest failed: ${software.block.explain(status, detail)}`);
    } else if (end === 'failed') {
      throw this.failure(`the guest failed: ${this.lines.after('nb: error ') ?? 'it gave no reason'}`);
    }
    const ended: EndedTrial = { machine, block, lines: this.lines, failure: (why) => this.failure(why) };
    const outcome = trial.finish(ended);
    const counters = this.session.between('begin', 'end');
    if (counters === null || counters.ticks <= 0) throw this.failure('the guest did not mark the measured part');
    return { outcome, counters, seconds: toSeconds(counters.ticks) };
  }

  private posted(code: number): void {
    const [, inside, after] = this.trial.phases;
    if (code === POST.begin) {
      this.session.mark('begin');
      this.phase = inside;
    } else if (code === POST.end && this.phase === inside) {
      this.session.mark('end');
      this.phase = after;
      this.trial.measured?.(this.machine);
    } else if (code === POST.done || code === POST.fail) {
      this.end = code === POST.done ? 'done' : 'failed';
      this.machine.stop();
    }
  }

  private failure(why: string): GuestFailure {
    return new GuestFailure(`${this.method}: ${why}`, this.lines.last());
  }
}

type RunCounters = NonNullable<ReturnType<Session['between']>>;
