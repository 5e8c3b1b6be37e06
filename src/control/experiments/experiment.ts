import type { AudioBackend } from '../../host/audio.ts';
import type { BlockBackend } from '../../host/block.ts';
import type { PictureTap } from '../../host/video.ts';
import type { Machine } from '../../machine/machine.ts';
import type { LinuxSoftware, Software as Bootable } from '../../machine/software.ts';
import type { UserDevice } from '../../machine/user-devices.ts';
import type { ParameterRows, ValuesOf } from '../../sim/parameter.ts';
import type { RamTally } from '../../sim/trace.ts';
import type { Counters } from '../counters.ts';
import type { GuestFailure } from '../failure.ts';
import type { GuestBlock } from '../guests/block.ts';
import type { Attachment } from '../session.ts';
import type { ConsoleLines } from './console-lines.ts';
import type { LinuxModules } from './linux/job.ts';

/** Who does the work: a program of ours without an operating system, or Debian's kernel. */
export type GuestKind = 'bare' | 'debian';

/** What moves a job's data: the processor, a device that masters the bus, or the system's DMA. */
export type Carrier = 'processor' | 'device' | 'DMA controller';

/** A way to do the job: one column of the table. */
export interface Variant<P extends ParameterRows = ParameterRows> {
  readonly method: string;
  readonly guest: GuestKind;
  readonly boards: readonly string[];
  /** Who moves the data, in their order where there are several; left out: it is not about that. */
  readonly carriers?: readonly Carrier[];
  /** Not compared where nobody names methods; `--methods all` is it, too. */
  readonly further?: boolean;
  /** Why the method cannot do a job, or ''. */
  fits?(job: JobOf<P>): string;
}

/** A statement of `statements.ts` that an experiment shows, and where it is seen. */
export interface Shown {
  /** `S5`. */
  readonly id: string;
  /** The row of the table or the records of the trace that show it, and what they say. */
  readonly where: string;
}

/** A row of an experiment's statements. */
export function shown(id: string, where: string): Shown {
  return { id, where };
}

/** What an experiment measured or derived: number, word, or null where it does not apply. */
export type MeasuredValue = number | string | null;

/** A row of the table, a key of the JSON, an axis of a plot. */
export interface Measure {
  /** JSON key. */
  readonly key: string;
  readonly label: string;
  /** Where this guest runs, if the value is another thing there. */
  readonly labels?: Partial<Readonly<Record<GuestKind, string>>>;
  /** Digits behind the point of a plain number in the table; left out: none. */
  readonly digits?: number;
  /**
   * `s`, `B/s`, `B`, `share` (0 to 1), `digest` (hexadecimal), `word`, or '' for a plain number.
   */
  readonly unit: 's' | 'B/s' | 'B' | 'share' | 'digest' | 'word' | '';
  /** Which is better; '' where neither is. */
  readonly better: 'less' | 'more' | '';
  of(run: FinishedRun): MeasuredValue;
}

/** A plot of a sweep: keys of parameters or measures. */
export interface Plot {
  readonly x: string;
  readonly y: string;
  readonly series: 'method' | 'guest' | 'board';
  /** Axes with a logarithmic scale. */
  readonly log?: 'x' | 'y' | 'xy';
  /** Set if `y` names a curve that each run measures by itself: `Outcome.series`. */
  readonly curve?: true;
}

/** One run as it was measured, between the two marks, over simulated time. */
export interface FinishedRun {
  readonly seconds: number;
  /** Bytes that the job moves. */
  readonly bytes: number;
  readonly counters: Counters;
  /** What else the trial found out. */
  readonly found: Readonly<Record<string, MeasuredValue>>;
}

/** What is wanted of an experiment: its parameters' values, and where. */
export interface JobOf<P extends ParameterRows = ParameterRows> {
  readonly values: ValuesOf<P>;
  /** The values as they were typed, or as the program writes them. */
  readonly texts: Readonly<Record<string, string>>;
  readonly board: string;
  /** The board's options, all of them, by name. */
  readonly boardOptions: Readonly<Record<string, unknown>>;
  /** Names of the parameters and options that the user gave. */
  readonly given: ReadonlySet<string>;
  readonly guest: GuestKind;
  readonly methods: readonly string[];
}

/** Files of a package of Debian's. */
export interface DebianFiles {
  readonly package: string;
  /** Paths as the package has them, from the root: `usr/bin/bterm`. */
  readonly files: readonly string[];
}

/** What the host offers an experiment. */
export interface Kit {
  /** guest/images/<name>.elf */
  guestImage(name: string): Uint8Array;
  /** Made ready by the host if the job's guest is Debian, else null. */
  readonly linux: Omit<LinuxSoftware, 'kind'> | null;
  /** Modules for `linuxJob`, of the prepared kernel; left out or null: there are none. */
  readonly linuxModules?: LinuxModules | null;
  /** Those of `Experiment.debianFiles`, by their paths; left out: there are none. */
  readonly debianFiles?: ReadonlyMap<string, Uint8Array>;
  /** The user's own disk (only read), or null. */
  readonly disk: BlockBackend | null;
  /** A running SHA-256; the digest is in lower-case hexadecimal digits. */
  sha256(): { update(bytes: Uint8Array): void; digest(): string };
}

/** The machine that a trial needs. */
export interface MachineSpec {
  /** Board options that the trial decides unless the user gave them: `Experiment.decides`. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly disks?: readonly (BlockBackend | null)[];
  /** Floppy disks, by drive. */
  readonly floppies?: readonly (BlockBackend | null)[];
  /** Where sound goes; what the user wants of it gets it, too. */
  readonly audio?: AudioBackend;
  /** Who gets the pictures that its display cards send. */
  readonly pictures?: PictureTap;
  /** Cards for the board's slots. */
  readonly devices?: readonly UserDevice[];
}

/** The software of a trial: a program of ours with its block, or what else the board boots. */
export type Software =
  | { readonly guest: 'bare'; readonly block: GuestBlock<never>; readonly boot: Bootable }
  | { readonly guest: 'debian'; readonly boot: Bootable };

/** One run, prepared. */
export interface Trial {
  readonly machine: MachineSpec;
  readonly software: Software;
  /** Bytes that the job moves, for the throughput. */
  readonly bytes: number;
  /** What is going on before, between and after the marks, in a word or two. */
  readonly phases: readonly [before: string, inside: string, after: string];
  /** Simulated seconds after which the guest has failed. */
  readonly limit: number;
  /**
   * What happens before the mark `begin` depends on `machine`, `software` and the job alone, and
   * all that is needed of it later is in the machine and on its disks: a host may keep the machine
   * at `begin` and start from there the next time. Worth it where a guest takes long to get there.
   * Has no effect on a trial with `posted`.
   */
  readonly resumable?: boolean;
  /**
   * Called with the machine built and loaded, before its first instruction. With a kept start
   * called before that takes the place of what was loaded; then again, with another machine, if it
   * turns out not to fit.
   */
  attach?(machine: Machine): void;
  /** Counts accesses to RAM between `begin` and `end`: slow, and nothing else is different. */
  readonly tally?: RamTally;
  /** POST codes at which counters are kept, for `EndedTrial.between`. */
  readonly marks?: readonly number[];
  /** Called at every POST code of the program. */
  posted?(code: number, machine: Machine): void;
  /**
   * What `posted` must know so that it acts on a machine that goes on from a state in the middle as
   * it acts on one that has come there; `LOOKS_ONLY` if it does not act at all. With `posted` and
   * without this, such a state is reached by a run from the start only.
   */
  readonly remembers?: Attachment;
  /** Called at the end mark, when the measured part is over and memory is as it left it. */
  measured?(machine: Machine): void;
  /** Called when the guest has said that it is done. @throws GuestFailure by `end.failure` */
  finish(end: EndedTrial): Outcome;
}

/** Of a `posted` that changes nothing of the machine. */
export const LOOKS_ONLY: Attachment = { save: () => ({}), mismatch: () => '', load: () => {} };

/** What a trial finds at its end. */
export interface EndedTrial {
  readonly machine: Machine;
  /** The parameter block as the guest left it (bare), else empty. */
  readonly block: Uint8Array;
  readonly lines: ConsoleLines;
  /** Counted between two of `Trial.marks`, each at its last time; null if one is missing. */
  between(from: number, to: number): Counters | null;
  failure(why: string): GuestFailure;
}

/** What a trial says of its run. */
export interface Outcome {
  /** Transfer mode or the like, or null if nobody told. */
  readonly mode: string | null;
  /** Whether the bytes that arrived are right. */
  readonly matches: boolean;
  /** For the measures. */
  readonly found: Readonly<Record<string, MeasuredValue>>;
  /** Curves that one run measured: name → points, e.g. of sizes in bytes and times in seconds. */
  readonly series?: Readonly<Record<string, readonly (readonly [x: number, y: number])[]>>;
}

/** One column of a result. */
export interface RunResult extends Outcome {
  readonly method: string;
  readonly guest: GuestKind;
  readonly board: string;
  /** By the measures' keys, in their order. */
  readonly measures: Readonly<Record<string, MeasuredValue>>;
}

/** The experiment's answer, from the runs that were made. */
export interface Judgement {
  readonly verdict: 'right' | 'wrong-data' | 'incomplete';
  readonly sentence: string;
  /** What else follows from the runs, a line each; shown before the sentence. */
  readonly details?: readonly string[];
  /** What to run next, a line. */
  readonly next?: string;
  /** What it is compared with, e.g. the disk's own digest; or ''. */
  readonly reference: string;
}

/**
 * An experiment: does one job by several methods and compares what each cost. One object in a
 * folder of its own; command line, results and lists are made from it.
 */
export interface Experiment<P extends ParameterRows = ParameterRows> {
  /** In kebab-case; that of its folder. */
  readonly name: string;
  /** Lists are in ascending order of it; left out: at their ends. */
  readonly place?: number;
  /** What it answers, one sentence with a question mark. */
  readonly question: string;
  readonly summary: string;
  /** Rows of the list of capabilities: `R3`. */
  readonly shows: readonly string[];
  readonly statements: readonly Shown[];
  readonly parameters: P;
  /** Files that the user may give, with what they are for. */
  readonly inputs?: { readonly disk?: string };
  readonly variants: readonly Variant<P>[];
  /** Its machines play sound: the user may have it. */
  readonly plays?: true;
  /** Its Debian variants are made by `linuxJob`: the host makes `Kit.linuxModules` ready. */
  readonly linuxJobs?: true;
  /** What its jobs need of other packages than the guest's: `Kit.debianFiles`. */
  readonly debianFiles?: readonly DebianFiles[];
  readonly measures: readonly Measure[];
  /** What `mode` of a run is, for the table; left out: no such row. */
  readonly modeLabel?: string;
  /** What `matches` of all runs says; left out: `the bytes are right`, `the bytes are wrong`. */
  readonly checks?: {
    readonly right: string;
    readonly wrong: string;
    /**
     * Where a run may be right and yet not have the whole: what is said then in place of `right`,
     * and which measures (keys) count what is not as it was sent, with a word for each: `lost`.
     */
    readonly part?: { readonly right: string; readonly counts: Readonly<Record<string, string>> };
  };
  readonly plots?: readonly Plot[];
  /** Parameter blocks of its guest programs. */
  readonly blocks: readonly GuestBlock<never>[];
  /**
   * Completes and checks the values together, e.g. against the disk.
   * @throws ParameterError whose message begins with the parameter's name and a colon
   */
  settle?(job: JobOf<P>, kit: Kit): ValuesOf<P>;
  /** Board options that `prepare` decides where the user does not, e.g. `ram`. */
  readonly decides?: readonly string[];
  /** The job in a few words, for the table's head: `16MiB from the generated disk`. */
  title(job: JobOf<P>, kit: Kit): string;
  prepare(job: JobOf<P>, method: string, kit: Kit): Trial;
  judge(runs: readonly RunResult[], job: JobOf<P>): Omit<Judgement, 'verdict'>;
}

/** An experiment whose parameters are checked where it is written. */
export function experiment<const P extends ParameterRows>(e: Experiment<P>): Experiment {
  return e as unknown as Experiment;
}

/** A program of ours with its block, as the software of a trial. */
export function bare<I, O>(image: Uint8Array, block: GuestBlock<I, O>, input: I): Software {
  return {
    guest: 'bare', block: block as GuestBlock<never>,
    boot: { kind: 'guest', image, block: block.encode(input) },
  };
}
