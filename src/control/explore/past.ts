import type { MachineInput } from '../../host/input.ts';
import type { Machine } from '../../machine/machine.ts';
import type { TraceSink } from '../../sim/trace.ts';
import { us, type Ticks } from '../../sim/time.ts';
import { Checkpoints, restore, type Checkpoint } from './checkpoints.ts';
import { isAt, isBefore, START, type Moment, type Position } from './moment.ts';
import type { Subject, Twin } from './subject.ts';

/** What was done to the front's machine between two runs. */
export interface Input {
  readonly time: Ticks;
  readonly what: MachineInput;
}

/** How far the front is, which the past ends at. */
export interface End {
  readonly now: Ticks;
  readonly over: boolean;
}

/** It is not worth a restore to run a distance below this (ticks; instructions). */
const NEAR = { ticks: us(100), instructions: 100_000 } as const;
/** Distance of the nearest checkpoint that is left behind on the way to a moment. */
const FINE = { ticks: us(20), instructions: 20_000 } as const;

/**
 * A twin of the machine that goes to any moment up to the front: from where it stands, or from the
 * nearest checkpoint. It says nothing to anybody. On its way from a far checkpoint it leaves
 * others, the closer to the moment the denser, so that steps back from there are short.
 */
export class Past {
  private readonly subject: Subject;
  /** The front's checkpoints. */
  private readonly checkpoints: Checkpoints;
  private readonly own: Checkpoints;
  private readonly inputs: readonly Input[];
  private twin: Twin | null = null;
  private position: Position = START;
  /** The machine does not go on. */
  private ended = false;
  /** Inputs that the twin has got. */
  private given = 0;

  /**
   * @param inputs what the front was given, in the order of time; grows
   * @param budget bytes of checkpoints of its own
   */
  constructor(subject: Subject, checkpoints: Checkpoints, inputs: readonly Input[], budget: number) {
    this.subject = subject;
    this.checkpoints = checkpoints;
    this.inputs = inputs;
    this.own = new Checkpoints(budget);
  }

  /** Bytes of its checkpoints, about. */
  get bytes(): number {
    return this.own.bytes;
  }

  /** What is beside the twin's machine. */
  get attachments(): Twin['attachments'] {
    return this.twin?.attachments ?? {};
  }

  /** What it knows of `time` and later is void: the front was given something there. */
  forget(time: Ticks): void {
    this.own.dropFrom(time);
    if (this.position.now >= time) this.drop();
  }

  /**
   * The machine at a moment, or at the front's end if that is earlier. It stays there until the
   * next call; whoever looks at it changes nothing.
   */
  go(moment: Moment, end: End): Machine {
    const wanted = 'ticks' in moment && moment.ticks > end.now ? { ticks: end.now } : moment;
    const twin = this.twin ?? this.build();
    if (isAt(this.position, wanted)) return twin.machine;
    const from = twin.resumable ? this.nearest(wanted) : null;
    const ahead = isBefore(this.position, wanted) && !this.ended;
    if (from !== null && (!ahead || distance(this.position, from.position, wanted) > near(wanted)))
      return this.from(from, wanted, end);
    if (ahead || (this.ended && isBefore(this.position, wanted))) return this.run(wanted, end);
    // The old one may go before the new one is made.
    this.drop();
    const { machine } = this.build();
    return isAt(this.position, wanted) ? machine : this.run(wanted, end);
  }

  /** Hands `sink` what happens between two times, the processor's accesses to RAM included. */
  replay(from: Ticks, to: Ticks, end: End, sink: TraceSink): void {
    const { trace } = this.go({ ticks: from }, end).sim;
    const wanted = { ticks: Math.min(to, end.now) };
    if (!isBefore(this.position, wanted) || this.ended) return;
    trace.attach(sink);
    trace.processorRam = true;
    this.run(wanted, end);
    trace.flush();
    trace.processorRam = false;
    trace.detach(sink);
  }

  private nearest(wanted: Moment): Checkpoint | null {
    const a = this.checkpoints.nearest(wanted), b = this.own.nearest(wanted);
    if (a === null || b === null) return a ?? b;
    return b.position.now >= a.position.now ? b : a;
  }

  private build(): Twin {
    this.twin = this.subject.twin();
    this.twin.boot();
    this.position = START;
    this.ended = false;
    this.given = 0;
    return this.twin;
  }

  private drop(): void {
    this.twin = null;
    this.position = START;
  }

  /** Goes back to a checkpoint and from there to the moment. */
  private from(checkpoint: Checkpoint, wanted: Moment, end: End): Machine {
    const twin = this.twin as Twin;
    restore(twin, checkpoint);
    this.position = checkpoint.position;
    this.ended = false;
    const after = this.inputs.findIndex((input) => input.time > checkpoint.position.now);
    this.given = after < 0 ? this.inputs.length : after;
    if (isAt(this.position, wanted)) return twin.machine;
    const target = 'ticks' in wanted ? wanted.ticks : wanted.instructions;
    const start = 'ticks' in wanted ? this.position.now : this.position.instructions;
    const fine = 'ticks' in wanted ? FINE.ticks : FINE.instructions;
    const stops: number[] = [];
    for (let back = fine; target - back - start > fine; back *= 2) stops.push(target - back);
    for (const stop of stops.reverse()) {
      this.run('ticks' in wanted ? { ticks: stop } : { instructions: stop }, end);
      if (this.ended || !isBefore(this.position, wanted)) break;
      this.own.keep(twin, this.position);
    }
    return isAt(this.position, wanted) ? twin.machine : this.run(wanted, end);
  }

  /** Runs on to a moment that is later. */
  private run(wanted: Moment, end: End): Machine {
    const { machine } = this.twin as Twin;
    const until = 'ticks' in wanted ? wanted.ticks : end.now;
    const instructions = 'ticks' in wanted ? Infinity : wanted.instructions;
    const { scheduler } = machine.sim;
    let reached = false;
    while (!reached && !this.ended) {
      const input = this.inputs[this.given];
      const stop = input === undefined ? until : Math.min(until, input.time);
      const reason = machine.run(stop, instructions);
      this.give(machine);
      this.ended = reason !== 'time' && reason !== 'steps';
      reached = reason === 'steps' || scheduler.now >= until;
    }
    if (this.ended) machine.drain(end.over && until >= end.now ? Infinity : until);
    this.position = {
      asked: 'ticks' in wanted && !this.ended ? until : scheduler.now,
      now: this.ended ? Math.max(scheduler.now, until) : scheduler.now,
      instructions: machine.instructions,
      exact: machine.instructions === instructions,
    };
    return machine;
  }

  private give(machine: Machine): void {
    for (; this.given < this.inputs.length; this.given++) {
      const input = this.inputs[this.given];
      if (input.time > machine.sim.scheduler.now) return;
      machine.input(input.what);
    }
  }
}

function near(wanted: Moment): number {
  return 'ticks' in wanted ? NEAR.ticks : NEAR.instructions;
}

/** How much further `b` is than `a`, in the unit of the moment. */
function distance(a: Position, b: Position, wanted: Moment): number {
  return 'ticks' in wanted ? b.now - a.now : b.instructions - a.instructions;
}
