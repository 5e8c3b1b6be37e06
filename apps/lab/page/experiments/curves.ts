/** Lines of a plot, from runs. Pure. */
import type { Plot } from '../../../../src/control/experiments/experiment.ts';
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
    log: p.log ?? '' as const,
    lines: runs.map((r) => ({ name: r.method, points: r.series?.[p.y] ?? [] })).filter((l) => l.points.length > 0),
  })).filter((f) => f.lines.length > 0);
}

/** Where the fastest line changes: between which two x, from which line to which. */
export interface Change {
  readonly x: number;
  readonly from: string;
  readonly to: string;
}

/** The first x at which another line than before is the lowest. */
export function changesOf(lines: readonly Line[]): Change[] {
  const xs = [...new Set(lines.flatMap((l) => l.points.map(([x]) => x)))].sort((a, b) => a - b);
  const changes: Change[] = [];
  let before = '';
  for (const x of xs) {
    let best = '', least = Infinity;
    for (const { name, points } of lines) {
      const y = points.find(([px]) => px === x)?.[1] ?? Infinity;
      if (y < least) {
        least = y;
        best = name;
      }
    }
    if (before !== '' && best !== before) changes.push({ x, from: before, to: best });
    before = best;
  }
  return changes;
}
