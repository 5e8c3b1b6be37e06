/** A comparison as one page of HTML, for whoever has its result: command line and lab. */
import type { Kit, Plot } from '../../src/control/experiments/experiment.ts';
import { fieldWord } from '../../src/control/experiments/form.ts';
import { reportOf } from '../../src/control/experiments/report.ts';
import type { ExperimentResult } from '../../src/control/experiments/result.ts';
import { formatCount, formatSeconds, formatSize, isWide } from '../../src/control/quantities.ts';
import type { ExcerptRecorder } from '../../src/control/report/excerpt.ts';
import { fidelityOf } from '../../src/control/report/fidelity.ts';
import { reportHtml, type ReportContents } from '../../src/control/report/page.ts';
import type { Component } from '../../src/sim/component.ts';
import { axisOf } from './axes.ts';
import type { PlotPoint } from './figure.ts';

/** What was traced of a method's run. */
export interface Traced {
  readonly method: string;
  readonly recorder: ExcerptRecorder;
}

/**
 * The page of a comparison. `components`: of one of its machines; `command`: what gives the same
 * again; `generator`: the program with its version.
 */
export async function comparePage(
  result: ExperimentResult, kit: Kit,
  { traced, components, command, generator }: {
    traced: readonly Traced[]; components: readonly Component[]; command: string; generator: string;
  },
): Promise<string> {
  const { experiment } = result, report = reportOf(result, kit);
  for (const { recorder } of traced) recorder.finish();
  const involved = new Set(traced.flatMap((t) => [...t.recorder.involved]));
  return reportHtml({
    question: experiment.question, heading: report.heading, result: report, points: null,
    figures: await figures(experiment.plots ?? [], (plot) => (plot.curve === true ? curvePoints(result, plot) : [])),
    excerpts: traced.map(({ method, recorder }) => ({ method, pieces: recorder.excerpts })),
    fidelity: fidelityOf(components, involved), command, generator,
  });
}

/** Those of an experiment's figures that have points. */
export async function figures(
  plots: readonly Plot[], pointsOf: (plot: Plot) => PlotPoint[],
): Promise<ReportContents['figures']> {
  const { figureSvg } = await import('./figure.ts');
  return plots.flatMap((plot) => {
    const points = pointsOf(plot);
    if (points.length === 0) return [];
    const axis = (name: 'x' | 'y') => ({ ...axisOf(plot[name]), log: isWide(points.map((p) => p[name])) });
    const x = plot.curve === true ? { ...axis('x'), ...SIZES } : axis('x');
    const y = plot.curve === true ? { ...axis('y'), ...curveAxis(plot.y) } : axis('y');
    const title = `${y.label} by ${x.label}`;
    return [{ title, svg: figureSvg(points, { title, x, y }) }];
  });
}

/** A curve is of sizes in bytes, and of what its key says: `secondsToBySize`. */
const SIZES = { label: 'size', format: formatSize };

function curveAxis(key: string): { label: string; format: (value: number) => string } {
  const words = fieldWord(key).replaceAll('-', ' ').replace(/ by size$/, '');
  return /^seconds\b/.test(words)
    ? { label: words.replace(/^seconds (.*)/, 'time ($1)'), format: formatSeconds }
    : { label: words, format: formatCount };
}

function curvePoints({ runs }: ExperimentResult, plot: Plot): PlotPoint[] {
  return runs.flatMap(({ method, series }) =>
    (series?.[plot.y] ?? []).map(([x, y]) => ({ x, y, series: method, by: method, rest: '' })));
}
