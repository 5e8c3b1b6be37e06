/** `--report FILE`: a result as one page of HTML. */
import type { Experiment, Kit, Plot } from '../../../src/control/experiments/experiment.ts';
import type { ExperimentResult } from '../../../src/control/experiments/result.ts';
import { fidelityOf } from '../../../src/control/report/fidelity.ts';
import { reportHtml, type ReportContents } from '../../../src/control/report/page.ts';
import { shellWord } from '../../../src/control/shell-word.ts';
import type { Component } from '../../../src/sim/component.ts';
import { checkOutputWritable, refuseOverwriting, type InputFile } from '../hosts/output-file.ts';
import { InputError } from '../input-error.ts';
import { VERSION } from '../package-info.ts';
import { axisOf } from '../../report/axes.ts';
import { comparePage as pageOf, figures, type Traced } from '../../report/compare-page.ts';
import type { PlotPoint } from '../../report/figure.ts';

export const REPORT_HELP = 'write the result as one page of HTML to FILE: table, figures, pieces of the traced runs, ' +
  'and how true the models are';
export const WHAT_REPORT = 'the report';

/** Says early that a report could not be written. @throws InputError */
export function checkReport(path: string, inputs: readonly InputFile[]): void {
  if (path === '-') throw new InputError('--report - would mix the page with the table; give a file');
  checkOutputWritable(path, WHAT_REPORT);
  refuseOverwriting(path, '--report', inputs);
}

/** The page of a comparison. `components`: of one of its machines. */
export function comparePage(
  result: ExperimentResult, kit: Kit, traced: readonly Traced[], components: readonly Component[],
): Promise<string> {
  return pageOf(result, kit, { traced, components, command: command(), generator: `northbridge ${VERSION}` });
}

/**
 * The page of a sweep.
 * @param rows as in its CSV, by column
 */
export async function sweepPage(
  experiment: Experiment, heading: string, axes: readonly string[],
  rows: readonly Readonly<Record<string, string>>[], components: readonly Component[],
): Promise<string> {
  const { plotPoints } = await import('../plot/points.ts');
  const points = (plot: Plot): PlotPoint[] => {
    if (plot.curve === true || !axes.includes(plot.x)) return [];
    try {
      return plotPoints([...rows], { x: plot.x, y: plot.y, by: [plot.series] });
    } catch (error) {
      // No point has a number there.
      if (error instanceof InputError) return [];
      throw error;
    }
  };
  const own = (experiment.plots ?? []).filter((p) => p.curve !== true && axes.includes(p.x));
  // An axis that the experiment has no figure of: its first measure of time, rate or share.
  const measure = experiment.measures.find((m) => ['B/s', 's', 'share'].includes(m.unit));
  const other: Plot[] = own.length > 0 || measure === undefined || axes.length === 0
    ? []
    : [{ x: axes[0], y: measure.key, series: 'method' }];
  return reportHtml({
    question: experiment.question, heading, result: null, points: pointsTable(experiment, axes, rows),
    figures: await figures({ ...experiment, plots: [...own, ...other] }, points),
    excerpts: [], fidelity: fidelityOf(components, null), command: command(), generator: `northbridge ${VERSION}`,
  });
}

/** The columns that somebody reads: axes, method, outcome, and measures that are numbers. */
function pointsTable(
  e: Experiment, axes: readonly string[], rows: readonly Readonly<Record<string, string>>[],
): ReportContents['points'] {
  const shown = e.measures.filter((m) => ['B/s', 's', 'share'].includes(m.unit));
  const formats = new Map([...axes, ...shown.map((m) => m.key)].map((c) => [c, axisOf(c).format]));
  const cell = (row: Readonly<Record<string, string>>, column: string): string => {
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

/** The command line that is running, less the report itself, as a shell takes it. */
function command(): string {
  const words = process.argv.slice(2);
  const kept = words.filter((w, n) => !w.startsWith('--report=') && w !== '--report' && words[n - 1] !== '--report');
  return ['northbridge', ...kept.map(shellWord)].join(' ');
}
