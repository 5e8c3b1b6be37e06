import { configDifference, type MachineState } from '../machine/snapshot.ts';
import type { SavedState } from '../sim/state.ts';
import { ms, type Ticks } from '../sim/time.ts';
import type { Trace } from '../sim/trace.ts';
import { difference } from '../machine/counters.ts';
import type { Counters } from './counters.ts';
import { SnapshotError } from './snapshot-error.ts';
import { decodeSnapshot, encodeSnapshot, type Snapshot } from './snapshot-format.ts';
import type { SnapshotRecipe } from './snapshot-recipe.ts';

/** What a session needs of a machine. */
export interface SessionMachine {
  readonly sim: { readonly scheduler: { readonly now: Ticks }; readonly trace: Trace };
  /** Name of the board, and what must be equal for a snapshot to fit. */
  readonly boardName: string;
  readonly config: string;
  /** Runs to a time, or until `stop`; says why it stopped. */
  run(until: Ticks): string;
  /** After a `run` that ended for good: lets devices finish what they send, at most to `until`. */
  drain(until: Ticks): void;
  /** Makes `run` return at the next instruction boundary. Callable from the machine's callbacks. */
  stop(): void;
  counters(): Counters;
  save(): MachineState;
  /** Throws, and changes nothing, if the state does not fit. */
  load(state: MachineState): void;
}

/**
 * State outside the machine that a snapshot must take along, e.g. the pages of a disk that the
 * guest changed.
 */
export interface Attachment {
  save(): SavedState;
  mismatch(saved: SavedState): string;
  load(saved: SavedState): void;
}

/** A moment of a run with the counters at it. */
export interface Mark {
  name: string;
  at: Counters;
}

export interface SessionOptions {
  attachments?: Record<string, Attachment>;
  /**
   * Simulated time between two calls of `onSlice`; 10 ms by default. It has no influence on what
   * the machine does.
   */
  slice?: Ticks;
  /** Called between slices, e.g. to show progress; `false` ends the run. */
  onSlice?: () => boolean | void;
}

/** A machine in use: run, stop, marks, snapshots. */
export class Session<M extends SessionMachine = SessionMachine> {
  readonly machine: M;
  readonly marks: Mark[] = [];
  private readonly attachments: Record<string, Attachment>;
  private readonly slice: Ticks;
  private readonly onSlice: () => boolean | void;

  constructor(machine: M, options: SessionOptions = {}) {
    this.machine = machine;
    this.attachments = options.attachments ?? {};
    this.slice = options.slice ?? ms(10);
    this.onSlice = options.onSlice ?? (() => {});
  }

  get now(): Ticks {
    return this.machine.sim.scheduler.now;
  }

  /**
   * Runs to a time in slices; returns `time` if it got there, `interrupted` if `onSlice` said so,
   * else the machine's reason.
   */
  run(until: Ticks): string {
    while (this.now < until) {
      const end = Math.min(until, this.now + this.slice);
      const reason = this.machine.run(end);
      if (reason !== 'time') {
        this.machine.drain(until);
        return reason;
      }
      if (this.onSlice() === false) return 'interrupted';
    }
    return 'time';
  }

  /** Remembers the counters under a name, which stands in the trace too. */
  mark(name: string): void {
    this.machine.sim.trace.mark(this.now, name);
    this.marks.push({ name, at: this.machine.counters() });
  }

  /**
   * What was counted from the last mark `from` to the last mark `to`, or null if one is missing.
   */
  between(from: string, to: string): Counters | null {
    const a = this.marks.findLast((m) => m.name === from), b = this.marks.findLast((m) => m.name === to);
    return a === undefined || b === undefined ? null : difference(b.at, a.at);
  }

  /**
   * Everything, as a file's bytes. Take it between two runs.
   * @param recipe how the machine was built, if whoever restores it shall know from the file
   */
  snapshot(recipe?: SnapshotRecipe): Uint8Array {
    const attachments: Record<string, SavedState> = {};
    for (const [name, a] of Object.entries(this.attachments)) attachments[name] = a.save();
    return encodeSnapshot({ machine: this.machine.save(), attachments, ...(recipe === undefined ? {} : { recipe }) });
  }

  /**
   * Goes back to a snapshot, as a file's bytes or decoded. @throws one clear error, with nothing
   * changed, if the file is damaged or of another machine
   */
  restore(snapshot: Uint8Array | Snapshot): void {
    const { machine, attachments } = snapshot instanceof Uint8Array ? decodeSnapshot(snapshot) : snapshot;
    const other = machine.board === this.machine.boardName
      ? configDifference(machine.config, this.machine.config)
      : `it is of board ${machine.board}, this machine is ${this.machine.boardName}`;
    if (other !== '') throw new SnapshotError(other);
    for (const [name, a] of Object.entries(this.attachments)) {
      if (!Object.hasOwn(attachments, name)) throw new SnapshotError(`it has no ${name}`);
      const wrong = a.mismatch(attachments[name]);
      if (wrong !== '') throw new SnapshotError(`${name} does not fit: ${wrong}`);
    }
    for (const name of Object.keys(attachments))
      if (!Object.hasOwn(this.attachments, name))
        throw new SnapshotError(`it has ${name}, which this machine has not`);
    try {
      this.machine.load(machine);
    } catch (error) {
      throw error instanceof SnapshotError ? error : new SnapshotError((error as Error).message);
    }
    for (const [name, a] of Object.entries(this.attachments)) a.load(attachments[name]);
  }
}
