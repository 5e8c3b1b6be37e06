/** A machine in a worker, as the page knows it. Everything here can be cloned between threads. */
import type { Counters } from '../../../src/control/counters.ts';
import type { BoardDescription } from '../../../src/machine/describe.ts';
import type { OwnSoftware } from './own.ts';
import type { Ticks } from '../../../src/sim/time.ts';

/** Which machine is wanted: one method of an experiment, its values as texts. */
export interface MachinePlan {
  readonly experiment: string;
  readonly method: string;
  readonly guest: 'bare' | 'debian';
  /** Parameters and board options as a user writes them; what is left out has its default. */
  readonly texts: Readonly<Record<string, string>>;
  /** The processor's accesses to memory are recorded too, between the marks `begin` and `end`. */
  readonly memory?: boolean;
  /** Software of the user's own in place of an experiment, whose name is '' then. */
  readonly own?: OwnSoftware;
}

/** What does not change while a machine is open. */
export interface MachineSheet {
  readonly title: string;
  readonly method: string;
  readonly board: BoardDescription;
  readonly ticksPerSecond: number;
  /** It has a display card, a keyboard, a mouse. */
  readonly screen: boolean;
  readonly keyboard: boolean;
  readonly mouse: boolean;
}

/** How a machine is, sent while it runs and when it stops. */
export interface MachineStatus {
  readonly state: 'paused' | 'running' | 'over' | 'failed';
  readonly phase: string;
  /** How far the front is. */
  readonly now: Ticks;
  readonly counters: Counters;
  /** Ids of the records that are kept; 0: none. */
  readonly first: number;
  readonly last: number;
  /** Bytes that the trace takes. */
  readonly traceBytes: number;
  /** Bytes of records from which on the oldest go. */
  readonly traceLimit: number;
  /** What happens is recorded. */
  readonly recording: boolean;
  /** What went wrong, one line; '' if nothing did. */
  readonly failure: string;
  /** Marks so far. */
  readonly marks: readonly { readonly name: string; readonly at: Ticks }[];
  /** Notes of the machine: what is wrong, in words. */
  readonly notes: readonly { readonly source: string; readonly what: string; readonly detail: string;
    readonly count: number }[];
}

/** The machine of a worker. Times are ticks; ids are those of trace records. */
export interface MachineApi {
  /** Builds a machine, stopped at its reset. @throws Error with one clear line */
  open(plan: MachinePlan, told: (status: MachineStatus) => void): Promise<MachineSheet>;
  /** Runs on until a time, the end or `pause`. */
  run(until: Ticks): Promise<void>;
  /**
   * Runs on until a mark was made, or to the end; returns the mark's time. It stops within some
   * microseconds behind it.
   */
  runToMark(name: string): Promise<Ticks>;
  pause(): Promise<void>;
  status(): Promise<MachineStatus>;
}
