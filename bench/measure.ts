/**
 * Repeated measurement: medians over runs, the ratio of two alternatives pair by pair, and tables
 * of both.
 */
import { cpus, loadavg } from 'node:os';

export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly minimum: number;
  readonly median: number;
  readonly maximum: number;
  /** All runs, in the order in which they were made. */
  readonly values: readonly number[];
}

/**
 * The figure of some runs. With an even number of runs, the median is the mean of the two in the
 * middle. @throws Error if there is no run
 */
export function figure(name: string, unit: string, values: readonly number[]): Figure {
  if (values.length === 0) throw new Error(`${name}: no run`);
  const sorted = [...values].sort((a, b) => a - b);
  const median = (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
  return { name, unit, minimum: sorted[0], median, maximum: sorted[sorted.length - 1], values };
}

/**
 * `a / b`, run by run: both were measured right after each other, so what disturbs the machine
 * disturbs both.
 */
export function ratio(name: string, a: readonly number[], b: readonly number[]): Figure {
  return figure(name, 'ratio', a.slice(0, b.length).map((v, i) => v / b[i]));
}

/** Runs `once` (which returns the figure) `runs` times after one warm-up. */
export function measure(name: string, unit: string, runs: number, once: () => number): Figure {
  once();
  return figure(name, unit, Array.from({ length: runs }, once));
}

/** Seconds that `work` takes. */
export function seconds(work: () => void): number {
  const start = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - start) / 1e9;
}

/** One line about the machine that the figures are from. */
export function machineLine(): string {
  const list = cpus();
  return `${list.length} × ${list[0]?.model.trim() ?? 'unknown processor'}, Node ${process.version}, V8 ` +
    `${process.versions.v8}, ${process.platform} ${process.arch}`;
}

/**
 * Load average of the last minute above which figures are not worth much: something else is
 * running.
 */
const BUSY = 0.5;

/** The machine's load average, with a warning if it is not idle. */
export function loadLine(): string {
  const load = loadavg()[0];
  const warning =
    load > BUSY
      ? `  WARNING: above ${BUSY}, something else is running; the times below are too long and scatter`
      : '';
  return `load average ${load.toFixed(2)}${warning}`;
}

/** The figures of one contender or one version of Node. */
export interface Column {
  readonly title: string;
  readonly figures: readonly Figure[];
  /** How one of the runs went, a line each. */
  readonly log?: readonly string[];
}

/**
 * Prints `median (minimum – maximum)` of each figure, one row a name, one column after the other.
 */
export function printTable(columns: readonly Column[]): void {
  const names = [...new Set(columns.flatMap((c) => c.figures.map((f) => f.name)))];
  const rows = names.map((name) => {
    const found = columns.map((c) => c.figures.find((f) => f.name === name));
    return [
      name,
      ...found.map((f) => (f === undefined ? '-' : cell(f))),
      found.find((f) => f !== undefined)?.unit ?? '',
    ];
  });
  const heads = ['', ...columns.map((c) => c.title), ''];
  const widths = heads.map((head, i) => Math.max(head.length, ...rows.map((r) => r[i].length)));
  for (const row of [heads, ...rows]) {
    console.log(
      row
        .map((text, i) => (i === 0 || i === row.length - 1 ? text.padEnd(widths[i]) : text.padStart(widths[i])))
        .join('  ')
        .trimEnd(),
    );
  }
}

export function printFigures(figures: readonly Figure[]): void {
  printTable([{ title: 'median (min – max)', figures }]);
}

function cell(f: Figure): string {
  return f.values.length === 1 ? number(f.median) : `${number(f.median)} (${number(f.minimum)} – ${number(f.maximum)})`;
}

/** Three significant digits, without an exponent. */
function number(v: number): string {
  if (!Number.isFinite(v)) return String(v);
  if (Math.abs(v) >= 100) return v.toFixed(0);
  return v.toPrecision(3);
}
