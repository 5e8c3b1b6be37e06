import { EXPERIMENTS } from '../../src/control/experiments/index.ts';
import { jobRows } from '../../src/control/experiments/form.ts';
import type { Experiment, Measure } from '../../src/control/experiments/experiment.ts';
import { optionWord } from '../../src/machine/option-words.ts';
import type { Parameter } from '../../src/sim/parameter.ts';
import { formatCount, formatRate, formatSeconds, formatShare, formatSize } from '../../src/control/quantities.ts';
import type { PlotAxis } from './figure.ts';

/** Of all experiments. */
export const measures = (): Measure[] => EXPERIMENTS.flatMap((e: Experiment) => [...e.measures]);

/** How a column is called and written. */
export function axisOf(column: string): Omit<PlotAxis, 'log'> {
  const measure = measures().find((m) => m.key === column);
  if (measure !== undefined)
    return { label: measure.label.trim(), format: FORMATS[measure.unit] ?? formatCount };
  const row = EXPERIMENTS.map((e) => ({ ...jobRows(e).board, ...jobRows(e).own })[column]).find((r) => r !== undefined);
  return { label: optionWord(column), format: formatOf(row) };
}

const FORMATS: Readonly<Record<string, (value: number) => string>> = {
  s: formatSeconds, 'B/s': formatRate, B: formatSize, share: formatShare,
};

function formatOf(row: Parameter | undefined): (value: number) => string {
  switch (row?.kind) {
    case 'size': return formatSize;
    case 'duration': return formatSeconds;
    case 'frequency': return (value) => row.format(value);
    default: return formatCount;
  }
}
