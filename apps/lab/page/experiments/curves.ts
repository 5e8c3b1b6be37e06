/** Lines of a plot, from runs. Pure. */
import type { Measure, Plot } from '../../../../src/control/experiments/experiment.ts';
import { isWide } from '../../../../src/control/quantities.ts';
import type { MethodRun } from '../../protocol/experiments.ts';

export interface Line {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** A plot with its lines. */
export interface Figure {
  readonly title: string;
  readonly xLabel: string;
  readonly xUnit: string;
  readonly yUnit: string;
  readonly log: '' | 'x' | 'y' | 'xy';
  /** Which y is better; '' where neither is. */
  readonly better: Measure['better'];
  readonly lines: readonly Line[];
}

/** What a curve's name says: `secondsToBySize`. */
const TITLES: Readonly<Record<string, string>> = {
  secondsToBySize: 'time by size, to the card', secondsFromBySize: 'time by size, from the card',
};

/** The curves that each run measured by itself; those without a point are left out. */
export function curvesOf(plots: readonly Plot[], runs: readonly MethodRun[]): Figure[] {
  return plots.filter((p) => p.curve === true).map((p) => ({
    title: TITLES[p.y] ?? p.y, xLabel: p.x,
    xUnit: p.x === 'size' ? 'B' : '', yUnit: p.y.startsWith('seconds') ? 's' : '',
    log: p.log ?? '' as const, better: 'less' as const,
    lines: runs.map((r) => ({ name: r.method, points: r.series?.[p.y] ?? [] })).filter((l) => l.points.length > 0),
  })).filter((f) => f.lines.length > 0);
}

/** Where the best line changes: between which two x, from which line to which. */
export interface Change {
  readonly x: number;
  readonly from: string;
  readonly to: string;
}

/** The first x at which another line than before is the best. */
export function changesOf({ lines, better }: Pick<Figure, 'lines' | 'better'>): Change[] {
  if (better === '' || lines.length < 2) return [];
  const sign = better === 'less' ? 1 : -1;
  const xs = [...new Set(lines.flatMap((l) => l.points.map(([x]) => x)))].sort((a, b) => a - b);
  const changes: Change[] = [];
  let before = '';
  for (const x of xs) {
    let best = '', least = Infinity;
    for (const { name, points } of lines) {
      const y = points.find(([px]) => px === x)?.[1];
      if (y !== undefined && sign * y < least) {
        least = sign * y;
        best = name;
      }
    }
    if (before !== '' && best !== before) changes.push({ x, from: before, to: best });
    before = best;
  }
  return changes;
}

/** A measure over an axis, a line for each method; points without a number are left out. */
export function figureOfPoints(
  axis: { readonly word: string; readonly unit: string }, measure: Pick<Measure, 'key' | 'label' | 'unit' | 'better'>,
  points: readonly { readonly x: number; readonly method: string; readonly y: unknown }[],
): Figure {
  const numbers = points.filter((p): p is typeof p & { y: number } => typeof p.y === 'number');
  return {
    title: `${measure.label.trim()} by ${axis.word}`, xLabel: axis.word, xUnit: axis.unit, yUnit: measure.unit,
    better: measure.better,
    log: `${isWide(numbers.map((p) => p.x)) ? 'x' : ''}${isWide(numbers.map((p) => p.y)) ? 'y' : ''}` as Figure['log'],
    lines: [...new Set(numbers.map((p) => p.method))].map((name) => ({
      name,
      points: numbers.filter((p) => p.method === name).map((p) => [p.x, p.y] as const).sort((a, b) => a[0] - b[0]),
    })),
  };
}
