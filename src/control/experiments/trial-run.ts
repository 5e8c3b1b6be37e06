import type { AudioBackend } from '../../host/audio.ts';
import type { FrameTap } from '../../host/frames.ts';
import type { EngineKind } from '../../jit/engine-kind.ts';
import { findBoard } from '../../machine/boards/index.ts';
import { GUEST_BLOCK_ADDRESS } from '../../machine/loader/guest-program.ts';
import { Machine } from '../../machine/machine.ts';
import type { UserDevice } from '../../machine/user-devices.ts';
import { ms, TICKS_PER_SECOND, toSeconds, type Ticks } from '../../sim/time.ts';
import { GuestFailure } from '../failure.ts';
import { POST } from '../guests/status.ts';
import { Session } from '../session.ts';
import { ConsoleLines } from './console-lines.ts';
import type { EndedTrial, Experiment, JobOf, Kit, MachineSpec, RunResult, Trial } from './experiment.ts';
import { KeptStart, type KeptStarts } from './kept-start.ts';
import { RunState } from './run-state.ts';

/** Simulated time between two steps. */
const SLICE = ms(10);

/** What the host adds to every machine. */
export interface Bench {
  /** How guest code is executed; `DEFAULT_ENGINE` if absent. */
  readonly engine?: EngineKind;
  /** Cards of the user's own. */
  readonly devices?: readonly UserDevice[];
  /**
   * Where starts of resumable trials are kept; left out: every machine starts from its reset. Not
   * used beside cards of the user's own: nobody can tell whether their code is the same.
   */
  readonly starts?: KeptStarts;
  /** Where the sound of a method goes beside the trial's own place; null: nowhere. */
  audio?(method: string): AudioBackend | null;
  /** Who looks at the wires of a method's machine; null: nobody. */
  frames?(method: string): FrameTap | null;
  /** A character has left COM1. */
  heard?(byte: number): void;
  /**
   * The trace has the processor's accesses to RAM too, between the marks `begin` and `end`: the way
   * of a word from a device's register to memory is seen whole. Slow; no influence on what is
   * simulated.
   */
  readonly processorRam?: boolean;
  /** Simulated time between two steps: no influence on what is simulated. 10 ms if absent. */
  readonly slice?: Ticks;
  /**
   * Called when a machine is loaded, before its first instruction, or, if `kept`, when it is as it
   * was kept at the mark `begin`.
   */
  started?(machine: Machine, method: string, kept: boolean): void;
}

/** The machine for a trial: what the user gave wins over what the trial decides. */
export function machineFor(
  spec: MachineSpec, job: JobOf, bench: Bench,
  host: {
    onPost: (code: number) => void; transmit: (byte: number) => void; audio: AudioBackend | null;
    frames: FrameTap | null;
  },
): Machine {
  const definition = findBoard(job.board);
  if (definition === null) throw new Error(`there is no board ${job.board}`);
  const decided = Object.entries(spec.options).filter(([name]) => !job.given.has(name));
  return new Machine(definition, {
    options: { ...job.boardOptions, ...Object.fromEntries(decided) },
    hosts: {
      disks: spec.disks ?? [], floppies: spec.floppies ?? [],
      serial: [{ transmit: host.transmit }], onPost: host.onPost,
      audio: both(spec.audio ?? null, host.audio),
      frames: host.frames, pictures: spec.pictures ?? null,
    },
    devices: [...spec.devices ?? [], ...bench.devices ?? []],
    ...(bench.engine === undefined ? {} : { engine: bench.engine }),
  });
}

/** Sound goes to two places. */
function both(a: AudioBackend | null, b: AudioBackend | null): AudioBackend | null {
  if (a === null || b === null) return a ?? b;
  return {
    frame: (time, format, frame) => {
      a.frame(time, format, frame);
      b.frame(time, format, frame);
    },
  };
}

/** A trial while it runs: a machine with one method's software, and what it has said so far. */
export class TrialRun {
  readonly trial: Trial;
  readonly machine: Machine;
  /** Where its start can be kept, or null. */
  readonly start: KeptStart | null;
  phase: string;
  /** Why the machine stopped, '' while it runs. */
  private reason = '';
  private end: 'done' | 'failed' | '' = '';
  /** The machine has been stopped at the mark `begin`, to be kept. */
  private keeping = false;
  /** `pause` was called. */
  private pausing = false;
  private readonly lines = new ConsoleLines();
  readonly session: Session<Machine>;
  readonly method: string;
  private readonly experiment: Experiment;
  private readonly job: JobOf;
  private readonly slice: Ticks;
  private readonly ramToo: boolean;

  constructor(e: Experiment, job: JobOf, method: string, kit: Kit, bench: Bench) {
    const trial = e.prepare(job, method, kit);
    this.trial = trial;
    this.experiment = e;
    this.job = job;
    this.method = method;
    this.phase = trial.phases[0];
    this.slice = bench.slice ?? SLICE;
    this.ramToo = bench.processorRam ?? false;
    const machine = machineFor(trial.machine, job, bench, {
      onPost: (code) => this.posted(code), transmit: (byte) => {
        this.lines.put(byte);
        bench.heard?.(byte);
      },
      audio: bench.audio?.(method) ?? null, frames: bench.frames?.(method) ?? null,
    });
    this.machine = machine;
    const { starts, devices = [] } = bench;
    this.start = starts === undefined || devices.length > 0
      ? null
      : KeptStart.of(starts, e, job, method, trial, machine.config, kit);
    const run = new RunState(() => this.session.marks, this.lines, () => machine.counters());
    this.session = new Session(machine, {
      slice: this.slice, attachments: this.start === null ? {} : { ...this.start.attachments, run },
    });
  }

  get over(): boolean {
    return this.reason !== '';
  }

  /** It is over before its program said that it is done: `result` throws why. */
  get failed(): boolean {
    return this.over && this.end !== 'done';
  }

  /** The measured part is going on. */
  get inside(): boolean {
    return this.phase === this.trial.phases[1];
  }

  /** Loads the software. */
  boot(): void {
    this.machine.boot(this.trial.software.boot);
    this.trial.attach?.(this.machine);
  }

  /** Takes the machine to its kept start in place of `boot`. @throws SnapshotError */
  restore(file: Uint8Array): void {
    this.trial.attach?.(this.machine);
    this.session.restore(file);
    this.phase = this.trial.phases[1];
    this.watchRam(true);
  }

  /** Runs on for a slice of simulated time, or to `until` if that is earlier. */
  step(until: Ticks = Infinity): void {
    const limit = Math.floor(this.trial.limit * TICKS_PER_SECOND);
    const reason = this.session.run(Math.min(limit, until, this.session.now + this.slice));
    const paused = this.pausing && reason === 'stopped' && this.end === '';
    this.pausing = false;
    if (this.keeping) {
      this.keeping = false;
      this.start?.keep(this.session);
    }
    if (paused) return;
    if (reason !== 'time') this.machine.drain(Infinity);
    if (reason !== 'time' || this.session.now >= limit) this.reason = reason;
  }

  /** What the run that is over gave: a column of the experiment's table. @throws GuestFailure */
  result(): RunResult {
    const { experiment, job, method } = this;
    const { outcome, seconds, counters } = this.finish();
    const finished = { seconds, bytes: this.trial.bytes, counters, found: outcome.found };
    return {
      method, guest: job.guest, board: job.board, ...outcome,
      measures: Object.fromEntries(experiment.measures.map((m) => [m.key, m.of(finished)])),
    };
  }

  /** What the trial found out. @throws GuestFailure */
  private finish(): { outcome: ReturnType<Trial['finish']>; seconds: number; counters: RunCounters } {
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
      // The machine is kept at its first mark, between two instructions.
      this.keeping = this.start !== null && !this.session.marks.some((m) => m.name === 'begin');
      if (this.keeping) this.pause();
      this.traceRam(true);
      this.session.mark('begin');
      this.phase = inside;
    } else if (code === POST.end && this.phase === inside) {
      this.session.mark('end');
      this.traceRam(false);
      this.phase = after;
      this.trial.measured?.(this.machine);
    } else if (code === POST.done || code === POST.fail) {
      this.end = code === POST.done ? 'done' : 'failed';
      this.machine.stop();
    }
  }

  /** From the next instruction on: the processor asks at the start of each run. */
  private traceRam(on: boolean): void {
    if (this.watchRam(on)) this.pause();
  }

  /** `step` returns at the next instruction boundary. */
  private pause(): void {
    this.pausing = true;
    this.machine.stop();
  }

  /** Accesses to RAM are recorded or counted, or no longer; false if nobody asked for it. */
  private watchRam(on: boolean): boolean {
    const { tally = null } = this.trial, { trace } = this.machine.sim;
    if (this.ramToo) trace.processorRam = on;
    trace.ramTally = on ? tally : null;
    return this.ramToo || tally !== null;
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
