import { useEffect, useRef } from 'preact/hooks';
import type { Carrier } from '../../../../src/control/experiments/experiment.ts';
import { formatSeconds, formatSize } from '../../../../src/control/quantities.ts';
import { changesOf, curvesOf, type Figure } from './curves.ts';
import { carriersOf, sheetOf } from './request.ts';
import type { Shown } from './runs.ts';

/** The curves of a result; the library that draws them comes with the first one. */
export function Plots({ result }: { result: Shown }) {
  const { request, runs } = result, figures = curvesOf(sheetOf(request.experiment)?.plots ?? [], runs);
  if (figures.length === 0) return null;
  return (
    <div class="plots">
      {figures.map((f) => <PlotOf key={f.title} figure={f} carrierOf={(method) => carriersOf(request, method)[0]} />)}
    </div>
  );
}

/** One plot, with the words for those who do not see it. */
export function PlotOf({ figure, carrierOf }: {
  figure: Figure; carrierOf: (line: string) => Carrier | undefined;
}) {
  const place = useRef<HTMLDivElement>(null);
  const dataKey = JSON.stringify(figure);
  useEffect(() => {
    let gone = false, remove = (): void => {};
    void import('./draw-plot.ts').then(({ drawPlot }) => {
      if (!gone && place.current !== null) remove = drawPlot(place.current, figure, carrierOf);
    });
    return () => {
      gone = true;
      remove();
    };
  }, [dataKey]);
  return (
    <figure class="plot">
      <figcaption>{figure.title}</figcaption>
      <div ref={place} class="plot-place" role="img" aria-label={inWords(figure)} />
      <p class="crossover">{crossoverWords(figure)}</p>
    </figure>
  );
}

function nameX({ xUnit, xLabel }: Figure, x: number): string {
  return xUnit === 'B' ? formatSize(x) : xUnit === 's' ? formatSeconds(x) : `${xLabel} ${x}`;
}

function crossoverWords(f: Figure): string {
  const best = f.yUnit === 's' || f.yUnit === 'B/s' ? 'is the fastest' : f.better === 'less' ? 'has least' : 'has most';
  return changesOf(f).map((c) => `From ${nameX(f, c.x)} on ${c.to} ${best}, before that ${c.from}.`).join(' ');
}

function inWords(f: Figure): string {
  return `${f.title}: ${f.lines.map((l) => `${l.name}, ${l.points.length} points`).join('; ')}. ${crossoverWords(f)}`;
}
