import type { GuestKind, MeasuredValue } from '../experiments/experiment.ts';
import type { Axis } from './axis.ts';

/** Version of a sweep's files. */
export const SWEEP_SCHEMA = 'northbridge-sweep/1';

/** A sweep: an experiment with several values of some parameters. Plain data. */
export interface Sweep {
  readonly experiment: string;
  readonly board: string;
  readonly guest: GuestKind;
  readonly methods: readonly string[];
  readonly axes: readonly Axis[];
  /** Parameters with one value that is not their default: as texts, by name. */
  readonly fixed: Readonly<Record<string, string>>;
}

/** One run of a sweep. */
export interface Point {
  /** Its place among all points of the sweep, from 0 on. */
  readonly index: number;
  readonly method: string;
  /** By the axes' names, as texts. */
  readonly values: Readonly<Record<string, string>>;
}

/** What came of a point. */
export interface PointRecord extends Point {
  readonly mode: string | null;
  /** The bytes were right; null if there was no run. */
  readonly matches: boolean | null;
  /** Why there was no run: `refused` if such a job cannot be, `failed` if it began; else ''. */
  readonly state: 'done' | 'refused' | 'failed';
  /** The reason, or ''. */
  readonly error: string;
  readonly measures: Readonly<Record<string, MeasuredValue>>;
}

/** A part of a sweep: every `of`-th point from `part` (1 to `of`) on. */
export interface Shard {
  readonly part: number;
  readonly of: number;
}

/** Points that a sweep may have. */
export const MOST_POINTS = 1_000_000;

/** How many points a sweep has. */
export function pointCount(sweep: Sweep): number {
  return sweep.axes.reduce((n, a) => n * a.values.length, sweep.methods.length);
}

/** The point of an index: methods change first, then the last axis, the first axis last. */
export function pointAt(sweep: Sweep, index: number): Point {
  let rest = index;
  const digit = (base: number): number => {
    const d = rest % base;
    rest = Math.floor(rest / base);
    return d;
  };
  const method = sweep.methods[digit(sweep.methods.length)];
  const picked = sweep.axes.toReversed().map((a): [string, string] => [a.name, a.values[digit(a.values.length)]]);
  return { index, method, values: Object.fromEntries(picked.toReversed()) };
}

/** The indices of a shard, ascending. */
export function shardIndices(count: number, { part, of }: Shard): number[] {
  return Array.from({ length: Math.max(0, Math.ceil((count - part + 1) / of)) }, (_, k) => part - 1 + k * of);
}
