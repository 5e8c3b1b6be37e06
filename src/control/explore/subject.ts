import type { Machine } from '../../machine/machine.ts';
import type { Ticks } from '../../sim/time.ts';
import type { RunResult } from '../experiments/experiment.ts';
import type { Attachment, Session } from '../session.ts';

/** What an explorer looks at: a machine with its software, to be built any number of times. */
export interface Subject {
  /** The machine that runs on and is heard. @throws LoadError, ParameterError */
  front(): Front;
  /**
   * Another one that runs on beside it and says nothing to anybody; its trace has no accesses of
   * the processor to RAM. @throws LoadError, ParameterError
   */
  scout(): Front;
  /** One that is equal to it and says nothing to anybody. */
  twin(): Twin;
}

/** A machine and what of its state is outside of it. */
export interface Twin {
  readonly machine: Machine;
  /** By the same names in the front and in the twin. */
  readonly attachments: Readonly<Record<string, Attachment>>;
  /**
   * All that ever acts on the machine is in it, in its attachments and in the input: it can go on
   * from any state. Else it runs from its start only.
   */
  readonly resumable: boolean;
  /** Loads the software. @throws LoadError */
  boot(): void;
}

/** The machine that runs on. */
export interface Front extends Twin {
  readonly session: Session<Machine>;
  /** What is going on, in a word or two; when it is over, how it ended. */
  readonly phase: string;
  /** It does not go on. */
  readonly over: boolean;
  /** It is over, and nothing came of it: `result` throws why. Left out if nobody can tell. */
  readonly failed?: boolean;
  /** Runs on for a slice of simulated time, or to `until` if that is earlier. */
  step(until: Ticks): void;
  /**
   * What an experiment's method gave, when it is over; left out if it is none.
   * @throws GuestFailure
   */
  result?(): RunResult;
  /** Types characters; the guest gets them as it takes them. Left out if nobody listens. */
  type?(bytes: Iterable<number>): void;
  /** Set by whoever must know each character that `Machine.serialInput` is given. */
  onInput?: (byte: number) => void;
}
