import type { Clock } from './clock.ts';
import type { Counter } from './counter.ts';
import type { RuleName } from './forgive.ts';
import type { Scheduler, SimEvent } from './scheduler.ts';
import { StateStore, type Cells, type LiveCells, type SavedState } from './state.ts';
import type { Trace } from './trace.ts';

/** What every component of one machine shares. */
export interface Simulation {
  readonly scheduler: Scheduler;
  readonly trace: Trace;
  /** Rules of devices that this machine does not keep (`forgive.ts`); none if absent. */
  readonly forgiven?: ReadonlySet<RuleName>;
}

/** What a component is a model of. */
export interface Identity {
  /** `vendor,chip` as device trees write it: `intel,i8254`. */
  readonly compatible: string;
  /** The chip's name and what it does, in a line. */
  readonly title: string;
  /** The document that the model follows, with number and revision, or '' where there is none. */
  readonly datasheet: string;
  /** Every timing figure of the model that is no option, for the fidelity page. */
  readonly figures?: readonly Figure[];
  /** What the chip has and the model has not, beside rows that say so: a line each. */
  readonly absent?: readonly string[];
}

/** A timing figure of a model, and who stands for it. */
export interface Figure {
  /** `step rate`. */
  readonly what: string;
  /** With its unit: `3 ms`. */
  readonly value: string;
  /** Document and section, or `assumption`. */
  readonly source: string;
  /**
   * `document`: the source was read and says so; `second-hand`: somebody who read it says so;
   * `nobody`: an assumption.
   */
  readonly verified: 'document' | 'second-hand' | 'nobody';
}

/**
 * A part of a machine: a name, declared state, named events, three-phase reset. Reset runs phase by
 * phase over the whole machine: `enter` (state to initial values, events cancelled, nothing visible
 * outside), `hold` (outputs settle at their reset levels), `exit` (activity may start).
 */
export abstract class Component {
  readonly name: string;
  readonly sim: Simulation;
  /** What it counts, declared with `counter`. */
  readonly counterRows: Counter[] = [];
  /** The clock that it runs on, an input that the board gives; null if it has none. */
  readonly clock: Clock | null = null;
  protected readonly state = new StateStore();
  private readonly ownEvents: SimEvent[] = [];

  constructor(name: string, sim: Simulation) {
    this.name = name;
    this.sim = sim;
  }

  /** Declares a group of state cells. */
  protected cells<T extends Cells>(group: string, initial: T): LiveCells<T> {
    return this.state.declare(group, initial);
  }

  /** Declares a named event; it runs `action` at the scheduled time. */
  protected event(name: string, action: () => void, priority = 0): SimEvent {
    const e = this.sim.scheduler.event(`${this.name}.${name}`, action, priority);
    this.ownEvents.push(e);
    return e;
  }

  /**
   * Declares something that is counted from reset on; the machine adds up what has the same name in
   * several components. Add to `value` of the cell that is returned, or give a function that tells
   * what is counted elsewhere.
   */
  protected counter(name: string, unit: string, doc: string, value?: () => number): { value: number } {
    if (this.counterRows.some((c) => c.name === name)) throw new Error(`${this.name} counts ${name} twice`);
    const cell = { value: 0 };
    if (value === undefined) this.cells(`count.${name}`, cell);
    this.counterRows.push({ name, unit, doc, value: value ?? (() => cell.value) });
    return cell;
  }

  /** Declares counters that several kinds of components have alike. */
  protected countersOf(rows: readonly Counter[]): void {
    for (const { name, unit, doc, value } of rows) this.counter(name, unit, doc, value);
  }

  /** What it is a model of; null for a part that stands for no chip. */
  describe(): Identity | null {
    return null;
  }

  /**
   * Whether something is on its way out of this component to the host: it arrives by events alone,
   * also when no processor runs any more.
   */
  get outputPending(): boolean {
    return false;
  }

  /**
   * Whether it is at work on something that software told it to do, which ends by itself: a
   * command, a transfer. Not a timer, and not something that waits for software.
   */
  get atWork(): boolean {
    return false;
  }

  /** Whether any of its own events is due at some time. */
  protected get anyEventPending(): boolean {
    return this.ownEvents.some((e) => e.pending);
  }

  resetEnter(): void {
    for (const e of this.ownEvents) e.cancel();
    this.state.reset();
  }
  resetHold(): void {}
  resetExit(): void {}

  save(): SavedState {
    return this.state.save();
  }
  /**
   * The same for whoever compares or copies at once: a component with large arrays gives these
   * themselves, not copies.
   */
  saveInPlace(): SavedState {
    return this.save();
  }
  /** What in `saved` does not fit this component, or ''. */
  mismatch(saved: SavedState): string {
    return this.state.mismatch(saved);
  }
  load(saved: SavedState): void {
    this.state.load(saved);
  }
}
