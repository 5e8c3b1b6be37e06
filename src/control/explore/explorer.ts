import type { MachineInput } from '../../host/input.ts';
import { describeBoard } from '../../machine/describe.ts';
import type { Machine } from '../../machine/machine.ts';
import { ms, type Ticks } from '../../sim/time.ts';
import type { TraceSink } from '../../sim/trace.ts';
import type { TraceRecord } from '../../sim/trace/records.ts';
import type { Experiment, JobOf, Kit, RunResult } from '../experiments/experiment.ts';
import type { Bench } from '../experiments/trial-run.ts';
import { endOf } from '../export/record-line.ts';
import type { Mark } from '../session.ts';
import { laneOrder } from '../trace/lane-order.ts';
import type { RecordWish } from '../trace/seek.ts';
import { TraceStore } from '../trace/store.ts';
import { Checkpoints } from './checkpoints.ts';
import { START, type Moment } from './moment.ts';
import { searchWriter, type LastWrite, type SearchedBytes } from './last-writer.ts';
import { Past, type Input } from './past.ts';
import { StepIndex } from './step-index.ts';
import type { Place, StepKind } from './steps.ts';
import type { Front, Subject, Twin } from './subject.ts';
import { TrialSubject } from './trial-subject.ts';

/** Simulated time of a step of the front. */
const SLICE = ms(1);
/**
 * Instructions between two checkpoints for each byte of RAM: all of RAM is looked through for one,
 * which shall take but a small share of the time that the instructions take.
 */
const RAM_SHARE = 0.75;
const LEAST_EVERY = 20_000_000;
/** Bytes for checkpoints of the front, and as many for those of the past. */
const BUDGET = 192 << 20;

export interface ExplorerOptions {
  /** The trace is kept; true if absent. Without, the front is faster. */
  readonly record?: boolean;
  /** The store's limit in bytes (`StoreOptions`). Infinity if absent. */
  readonly limit?: number;
}

/**
 * A machine that is looked at: it runs on at its front, everything that happens is kept in a trace
 * store, and any earlier moment can be had again.
 */
export class Explorer {
  readonly store: TraceStore;
  /** What it was made of. */
  readonly subject: Subject;
  private readonly front: Front;
  private readonly checkpoints = new Checkpoints(BUDGET);
  private readonly behind: Past;
  /** Another twin, which searches. */
  private searched: Past | null = null;
  private readonly index: StepIndex;
  private readonly inputs: Input[] = [];
  private readonly followers: TraceSink[] = [];
  /** Instructions after which the front is kept. */
  private readonly every: number;
  /** Instructions at the last checkpoint. */
  private keptAt = 0;
  /** The front's state may be kept as that of this time; -1: it stands between two moments. */
  private asked: Ticks = -1;

  /** Builds the machine and loads its software. @throws LoadError, ParameterError */
  constructor(subject: Subject, options: ExplorerOptions = {}) {
    const { record = true, limit = Infinity } = options;
    this.subject = subject;
    this.front = subject.front();
    this.every = Math.max(LEAST_EVERY, RAM_SHARE * this.machine.ram.length);
    this.behind = new Past(subject, this.checkpoints, this.inputs, BUDGET);
    const { trace } = this.machine.sim;
    const { board } = this.machine;
    this.index = new StepIndex(trace.shapes, trace.names, new Set(board.processors.map((p) => p.processor.name)));
    this.store = new TraceStore({ limit });
    this.store.attach(trace, laneOrder(describeBoard(this.machine)));
    this.follow(this.index);
    if (!record) this.setRecording(false);
    this.front.onInput = (byte) => this.heard({ kind: 'character', byte });
    this.front.boot();
    if (this.front.resumable) this.checkpoints.keep(this.front, START);
  }

  /** One method of an experiment. */
  static trial(
    e: Experiment, job: JobOf, method: string, kit: Kit, bench: Omit<Bench, 'starts'> = {},
    options: ExplorerOptions = {},
  ): Explorer {
    return new Explorer(new TrialSubject(e, job, method, kit, bench), options);
  }

  /** The machine at its front. Whoever looks at it changes nothing. */
  get machine(): Machine {
    return this.front.machine;
  }

  /** What is beside it: disks. */
  get attachments(): Twin['attachments'] {
    return this.front.attachments;
  }

  /** What is going on, in a word or two. */
  get phase(): string {
    return this.front.phase;
  }

  /** How far the front is. */
  get now(): Ticks {
    return this.front.session.now;
  }

  /** The run is over: `result` tells what came of it. */
  get over(): boolean {
    return this.front.over;
  }

  /** Why the experiment's program failed, one line; '' if it did not, or if it still runs. */
  get failure(): string {
    if (this.front.failed !== true) return '';
    try {
      this.front.result?.();
    } catch (error) {
      return (error as Error).message;
    }
    return '';
  }

  get marks(): readonly Mark[] {
    return this.front.session.marks;
  }

  /** Bytes of all checkpoints, about. */
  get checkpointBytes(): number {
    return this.checkpoints.bytes + this.behind.bytes;
  }

  /** Recording on or off: without it the front is faster. Between two calls of `advance`. */
  setRecording(on: boolean): void {
    if (on === this.store.recording) return;
    const { trace } = this.machine.sim;
    this.store.setRecording(on, this.now);
    for (const sink of this.followers)
      if (on) trace.attach(sink);
      else trace.detach(sink);
  }

  /** Hands every record to `sink`, too, as long as the trace is kept. */
  follow(sink: TraceSink): void {
    this.followers.push(sink);
    if (this.store.recording) this.machine.sim.trace.attach(sink);
  }

  /** Runs the front on to `until`, or a slice further if that is less. */
  advance(until: Ticks): void {
    if (this.front.over) return;
    const end = Math.min(until, this.now + SLICE);
    this.front.step(end);
    this.asked = this.now >= end ? end : -1;
    this.machine.sim.trace.flush();
    this.index.dropBelow(this.store.first);
    if (this.machine.instructions - this.keptAt >= this.every) this.checkpoint();
  }

  /** Keeps the front's state, so that the past is near. Between two calls of `advance`. */
  checkpoint(): void {
    if (!this.front.resumable || this.front.over || this.asked < 0) return;
    this.keptAt = this.machine.instructions;
    this.checkpoints.keep(this.front, {
      asked: this.asked, now: this.now, instructions: this.keptAt, exact: false,
    });
  }

  /** What the experiment's method gave. @throws GuestFailure; Error if it is no experiment */
  result(): RunResult {
    if (this.front.result === undefined) throw new Error('software of your own has no figures of an experiment');
    return this.front.result();
  }

  /** Types characters on the console. */
  input(bytes: Iterable<number>): void {
    this.front.type?.(bytes);
  }

  /**
   * Types on the front's keyboard or moves its mouse, between two calls of `advance`; the past gets
   * it at the same time. Nothing when the run is over.
   */
  put(input: MachineInput): void {
    if (this.front.over) return;
    this.heard(input);
    this.machine.input(input);
  }

  /**
   * The machine at a moment: a twin, which stays there until the next call. The front runs on if it
   * is not there yet; what is beyond its end is its end. Whoever looks at it changes nothing.
   */
  past(moment: Moment): Machine {
    while (!this.over && !this.hasReached(moment)) this.advance(Infinity);
    return this.behind.go(moment, { now: this.now, over: this.over });
  }

  /**
   * Who wrote bytes last, up to a moment: a search backwards that goes on step by step, so that
   * whoever waits for it can do other things or give up. Yields the time back to which it has come.
   */
  lastWriter(bytes: SearchedBytes, moment: Moment): Generator<Ticks, LastWrite | null> {
    const ticks = this.past(moment).sim.scheduler.now;
    this.searched ??= new Past(this.subject, this.checkpoints, this.inputs, BUDGET / 4);
    return searchWriter(this.searched, this.store, bytes, ticks, { now: this.now, over: this.over });
  }

  /** What is beside the machine that `past` gave: disks. */
  get pastAttachments(): Twin['attachments'] {
    return this.behind.attachments;
  }

  /** Where a moment is. */
  place(moment: Moment): Place {
    const machine = this.past(moment);
    const ticks = machine.sim.scheduler.now;
    return { ticks, instructions: machine.instructions, record: this.lastBegun(ticks) };
  }

  /** The place just after a record, or null if it is not kept. */
  placeOf(id: number): Place | null {
    const record = this.store.record(id);
    return record === null ? null : { ...this.place({ ticks: endOf(record) }), record: id };
  }

  /**
   * The place `count` steps on, or back if negative; as far as there are so many. Forwards the
   * front runs on for them.
   */
  step(kind: StepKind, count: number, from: Place): Place {
    if (kind === 'instruction') return this.stepInstructions(count, from);
    const record = this.stepRecord(kind, count, from);
    if (record !== 0) return this.placeOf(record) ?? from;
    return count < 0 ? this.place({ ticks: 0 }) : this.place({ ticks: Infinity });
  }

  /**
   * The record `count` steps on, or back; without the machine, for whoever only needs its time. 0
   * if there is none: before the first, or behind the last of a run that is over.
   */
  stepRecord(kind: Exclude<StepKind, 'instruction'>, count: number, from: Omit<Place, 'instructions'>): number {
    let id = this.baseOf(from);
    for (let n = 0; n < Math.abs(count); n++) {
      const next = count > 0 ? this.forward(kind, id) : this.backward(kind, id);
      if (next === 0) return n === 0 ? 0 : id;
      id = next;
    }
    return id;
  }

  /**
   * The kept records that the next steps come to, the nearest first: up to `count`, or back if
   * negative.
   */
  following(
    kind: Exclude<StepKind, 'instruction'>, count: number, from: Omit<Place, 'instructions'>,
  ): TraceRecord[] {
    const found: TraceRecord[] = [];
    let id = this.baseOf(from);
    while (found.length < Math.abs(count)) {
      id = count < 0 ? this.backward(kind, id) : this.nextKept(kind, id);
      const record = id === 0 ? null : this.store.record(id);
      if (record === null) break;
      found.push(record);
    }
    return found;
  }

  /** The record from which steps count. */
  private baseOf(from: Omit<Place, 'instructions'>): number {
    return from.record > 0 || from.ticks === 0 ? from.record : this.lastBegun(from.ticks);
  }

  private stepInstructions(count: number, from: Place): Place {
    let target = from.instructions + count;
    if (count < 0 && from.instructions > 0) {
      // Where it has waited since: the boundary before is that at which it began to wait.
      const since = this.past({ instructions: from.instructions });
      if (since.sim.scheduler.now < from.ticks) target++;
    }
    return this.place({ instructions: Math.max(0, target) });
  }

  private forward(kind: Exclude<StepKind, 'instruction'>, id: number): number {
    for (;;) {
      const next = this.nextKept(kind, id);
      if (next !== 0 || this.over || !this.store.recording) return next;
      this.advance(Infinity);
    }
  }

  private nextKept(kind: Exclude<StepKind, 'instruction'>, id: number): number {
    // What is before the first record that is kept leads nowhere.
    const from = Math.max(id, this.store.first - 1);
    if (kind === 'command') return this.index.commands.after(from);
    if (kind === 'interrupt') return this.index.interrupts.after(from);
    return this.store.seek(from, 1, wishOf(kind))?.id ?? 0;
  }

  private backward(kind: Exclude<StepKind, 'instruction'>, id: number): number {
    if (kind === 'record' || kind === 'transaction') return this.store.seek(id, -1, wishOf(kind))?.id ?? 0;
    const before = (kind === 'command' ? this.index.commands : this.index.interrupts).before(id);
    return before >= this.store.first ? before : 0;
  }

  private lastBegun(ticks: Ticks): number {
    const id = this.store.idAt(ticks) - 1;
    return id >= this.store.first ? id : 0;
  }

  private hasReached(moment: Moment): boolean {
    return 'ticks' in moment ? this.now >= moment.ticks : this.machine.instructions > moment.instructions;
  }

  private heard(what: MachineInput): void {
    const time = this.now;
    this.inputs.push({ time, what });
    this.checkpoints.dropFrom(time);
    this.behind.forget(time);
  }
}

function wishOf(kind: 'record' | 'transaction'): RecordWish {
  return kind === 'record' ? {} : { kinds: [kind] };
}
