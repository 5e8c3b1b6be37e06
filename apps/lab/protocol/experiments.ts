/** Experiments in a worker, as the page knows them. Everything here can be cloned. */
import type { GuestKind, RunResult } from '../../../src/control/experiments/experiment.ts';
import type { ExperimentReport } from '../../../src/control/experiments/report.ts';
import type { PointRecord } from '../../../src/control/sweep/sweep.ts';
import type { ExperimentSheet, JobCheck } from '../../../src/control/experiments/sheet.ts';

/** What is to be run. */
export interface RunRequest {
  readonly experiment: string;
  readonly guest: GuestKind;
  /** In the order of the columns. */
  readonly methods: readonly string[];
  /** Parameters and board options as a user writes them; what is left out has its default. */
  readonly texts: Readonly<Record<string, string>>;
}

/** How far a method is. */
export interface RunProgress {
  readonly method: string;
  /** What is going on, in a word or two. */
  readonly phase: string;
  /** Simulated time so far. */
  readonly seconds: number;
  readonly instructions: number;
}

/** How a job is called, and whether it can be. */
export interface RequestCheck extends JobCheck {
  /** The command line that does the same. */
  readonly command: string;
}

/** A result as the page shows it and hands it out. */
export interface RunReport {
  readonly report: ExperimentReport;
  /** The command line that repeats it. */
  readonly command: string;
  /** What `northbridge compare NAME --json --no-wall` prints. */
  readonly json: string;
  /** The runs as lines of a table, as `northbridge sweep` writes points. */
  readonly csv: string;
}

/** One parameter with several values. */
export interface SweepAxis {
  readonly name: string;
  /** As the user wrote it, or may write it. */
  readonly text: string;
  readonly values: readonly { readonly text: string; readonly number: number }[];
  /** The command line that does the same. */
  readonly command: string;
}

/** One run, with the curves that it measured by itself. */
export type MethodRun = RunResult;

export interface ExperimentsApi {
  /** All experiments, in the order of the lists. */
  list(): Promise<ExperimentSheet[]>;
  check(request: RunRequest): Promise<RequestCheck>;
  /** Runs one of the request's methods. @throws Error with one clear line */
  run(request: RunRequest, method: string, told: (progress: RunProgress) => void): Promise<MethodRun>;
  /** The values of an axis; those to begin with for an empty text. @throws Error with one line */
  axis(request: RunRequest, name: string, text: string): Promise<SweepAxis>;
  /** The points of a sweep as `northbridge sweep --csv` writes them. */
  sweepTable(request: RunRequest, axis: SweepAxis, points: readonly PointRecord[]): Promise<string>;
  /**
   * Runs all methods again and records them: a trace file.
   * @throws Error with one line if it becomes too large for a page, or a method fails
   */
  trace(request: RunRequest, told: (progress: RunProgress) => void): Promise<Blob>;
  /**
   * Runs all methods again and traces pieces of them: what `northbridge compare --report` writes.
   * @throws Error with one line
   */
  page(request: RunRequest, told: (progress: RunProgress) => void): Promise<string>;
  /** What the runs say so far. */
  report(request: RunRequest, runs: readonly MethodRun[]): Promise<RunReport>;
}
