import type { EngineKind } from '../../jit/engine-kind.ts';
import { findBoard } from '../../machine/boards/index.ts';
import { GUEST_BLOCK_ADDRESS } from '../../machine/loader/guest-program.ts';
import { Machine } from '../../machine/machine.ts';
import type { UserDevice } from '../../machine/user-devices.ts';
import { ms, TICKS_PER_SECOND, toSeconds } from '../../sim/time.ts';
import { GuestFailure } from '../failure.ts';
import { POST } from '../guests/status.ts';
import { Session } from '../session.ts';
import { ConsoleLines } from './console-lines.ts';
import type { EndedTrial, Experiment, JobOf, Kit, MachineSpec, RunResult, Trial } from './experiment.ts';

/** Simulated time between two steps of the generator; it has no influence on what is simulated. */
const SLICE = ms(10);

/** How far a run is. */
export interface Progress {
  readonly method: string;
  readonly phase: string;
  readonly machine: Machine;
}

/** What the host adds to every machine. */
export interface Bench {
  /** How guest code is executed; `DEFAULT_ENGINE` if absent. */
  readonly engine?: EngineKind;
  /** Cards of the user's own. */
  readonly devices?: readonly UserDevice[];
  /** Called when a machine is loaded, before its first instruction. */
  started?(machine: Machine, method: string): void;
}

/**
 * Runs one method of an experiment: a slice of simulated time a step, so that whoever drives it can
 * show progress, do other things or give up (`return()`).
 * @throws GuestFailure
 */
export function* runMethod(
  e: Experiment, job: JobOf, method: string, kit: Kit, bench: Bench,
): Generator<Progress, RunResult> {
  const trial = e.prepare(job, method, kit);
  const run = new TrialRun(trial, method, job, bench);
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

/** The machine for a trial: what the user gave wins over what the trial decides. */
function machineFor(
  spec: MachineSpec, job: JobOf, bench: Bench,
  host: { onPost: (code: number) => void; transmit: (byte: number) => void },
): Machine {
  const definition = findBoard(job.board);
  if (definition === null) throw new Error(`there is no board ${job.board}`);
  const decided = Object.entries(spec.options).filter(([name]) => !job.given.has(name));
  return new Machine(definition, {
    options: { ...job.boardOptions, ...Object.fromEntries(decided) },
    hosts: { disks: spec.disks ?? [], serial: [{ transmit: host.transmit }], onPost: host.onPost },
    devices: [...spec.devices ?? [], ...bench.devices ?? []],
    ...(bench.engine === undefined ? {} : { engine: bench.engine }),
  });
}

/** A trial while it runs. */
class TrialRun {
  readonly machine: Machine;
  phase: string;
  /** Why the machine stopped, '' while it runs. */
  private reason = '';
  private end: 'done' | 'failed' | '' = '';
  private readonly lines = new ConsoleLines();
  private readonly session: Session<Machine>;
  private readonly trial: Trial;
  private readonly method: string;

  constructor(trial: Trial, method: string, job: JobOf, bench: Bench) {
    this.trial = trial;
    this.method = method;
    this.phase = trial.phases[0];
    this.machine = machineFor(trial.machine, job, bench, {
      onPost: (code) => this.posted(code), transmit: (byte) => this.lines.put(byte),
    });
    this.session = new Session(this.machine);
    this.machine.boot(trial.software.boot);
    trial.attach?.(this.machine);
    bench.started?.(this.machine, method);
  }

  get over(): boolean {
    return this.reason !== '';
  }

  step(): void {
    const limit = Math.floor(this.trial.limit * TICKS_PER_SECOND);
    const reason = this.session.run(Math.min(limit, this.session.now + SLICE));
    if (reason !== 'time') this.machine.drain(Infinity);
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
      block = machine.ram.slice(GUEST_BLOCK_ADDRESS, GUEST_BLOCK_ADDRESS + software.block.size);
      const { status, detail } = software.block.decode(block);
      if (end === 'failed') throw this.failure(`the guest failed: ${software.block.explain(status, detail)}`);
    } else if (end === 'failed') {
      throw this.failure(`the guest failed: ${this.lines.after('nb: error ') ?? 'it gave no reason'}`);
    }
    const ended: EndedTrial = {
      machine, block, lines: this.lines,
      between: (from, to) => this.session.between(markOf(from), markOf(to)),
      failure: (why) => this.failure(why),
    };
    const outcome = trial.finish(ended);
    const counters = this.session.between('begin', 'end');
    if (counters === null || counters.ticks <= 0) throw this.failure('the guest did not mark the measured part');
    return { outcome, counters, seconds: toSeconds(counters.ticks) };
  }

  private posted(code: number): void {
    if (this.trial.marks?.includes(code) === true) this.session.mark(markOf(code));
    this.follow(code);
    this.trial.posted?.(code, this.machine);
  }

  private follow(code: number): void {
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

/** Name of the mark at a POST code. */
function markOf(code: number): string {
  return `post-${code.toString(16)}`;
}

type RunCounters = NonNullable<ReturnType<Session['between']>>;
