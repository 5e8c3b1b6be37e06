import type { Experiment, Plot } from '../../../src/control/experiments/experiment.ts';
import { fidelityOf } from '../../../src/control/report/fidelity.ts';
import { headingOfSweep, reportHtml, type ReportContents } from '../../../src/control/report/page.ts';
import type { PointRecord, Sweep } from '../../../src/control/sweep/sweep.ts';
import { axisOf } from '../../report/axes.ts';
import { figures } from '../../report/compare-page.ts';
import type { PlotPoint } from '../../report/figure.ts';
import type { JobOptions } from '../experiment-job.ts';
import { InputError } from '../input-error.ts';
import { plotPoints, readRows } from '../plot/points.ts';
import { pointParts } from '../sweep/point-run.ts';
import { origin } from './page.ts';

type Row = Readonly<Record<string, string>>;

/**
 * The page of a sweep.
 * @param job what the command line says beside the axes
 * @param table its points as CSV
 */
export async function sweepPage(
  e: Experiment, sweep: Sweep, job: JobOptions, records: readonly PointRecord[], table: string,
): Promise<string> {
  const rows = readRows([{ path: 'the sweep', text: table }]);
  const axes = sweep.axes.map((a) => a.name), done = records.find((r) => r.state === 'done');
  const components = done === undefined || sweep.guest !== 'bare' ? [] : pointParts(e, job, done);
  return reportHtml({
    question: e.question, heading: headingOfSweep(sweep), result: null, points: pointsTable(e, axes, rows),
    figures: await figures(plotsOf(e, axes), (plot) => pointsOf(plot, rows)),
    excerpts: [], fidelity: fidelityOf(components, null), ...origin(),
  });
}

const isFigure = ({ unit }: Experiment['measures'][number]): boolean => ['B/s', 's', 'share'].includes(unit);

/** The experiment's figures over the axes; where it has none, its first measure over the first. */
function plotsOf(e: Experiment, axes: readonly string[]): readonly Plot[] {
  const own = (e.plots ?? []).filter((p) => p.curve !== true && axes.includes(p.x));
  const measure = e.measures.find(isFigure);
  if (own.length > 0 || measure === undefined || axes.length === 0) return own;
  return [{ x: axes[0], y: measure.key, series: 'method' }];
}

function pointsOf({ x, y, series }: Plot, rows: readonly Row[]): PlotPoint[] {
  try {
    return plotPoints(rows, { x, y, by: [series] });
  } catch (error) {
    // No point has a number there.
    if (error instanceof InputError) return [];
    throw error;
  }
}

/** The columns that somebody reads: axes, method, outcome, and measures that are numbers. */
function pointsTable(e: Experiment, axes: readonly string[], rows: readonly Row[]): ReportContents['points'] {
  const shown = e.measures.filter(isFigure);
  const formats = new Map([...axes, ...shown.map((m) => m.key)].map((c) => [c, axisOf(c).format]));
  const cell = (row: Row, column: string): string => {
    const text = row[column] ?? '', number = Number(text);
    return text === '' ? '–' : Number.isFinite(number) ? (formats.get(column)?.(number) ?? text) : text;
  };
  return {
    head: [...axes, 'method', ...shown.map((m) => m.label.trim()), 'state'],
    rows: rows.map((row) => [
      ...axes.map((a) => cell(row, a)), row['method'], ...shown.map((m) => cell(row, m.key)),
      row['matches'] === 'false' ? 'wrong bytes' : row['state'],
    ]),
  };
}
