/** Draws a figure with uPlot; loaded when there is one to draw. */
import uPlot from 'uplot';
import type { Carrier } from '../../../../src/control/experiments/experiment.ts';
import { formatCount, formatRate, formatSeconds, formatShare, formatSize } from '../../../../src/control/quantities.ts';
import { onPaperChange } from '../colours.ts';
import { carrierStyle } from './carriers.tsx';
import { changesOf, type Figure } from './curves.ts';

const HEIGHT = 200;
/** Lines of one carrier are told apart by how they are broken. */
const DASHES: readonly number[][] = [[], [6, 3], [2, 3], [10, 3, 2, 3]];
/** Logarithmic axes of uPlot: `distr`. */
const LOGARITHMIC = 3, LINEAR = 1;

/** Draws it, and again when place or colours change. Returns what takes it away. */
export function drawPlot(
  place: HTMLElement, figure: Figure, carrierOf: (line: string) => Carrier | undefined,
): () => void {
  let plot: uPlot | null = null;
  const draw = (): void => {
    plot?.destroy();
    plot = new uPlot(options(place, figure, carrierOf), aligned(figure), place);
  };
  draw();
  const sizes = new ResizeObserver(() => plot?.setSize({ width: place.clientWidth, height: HEIGHT }));
  sizes.observe(place);
  const ended = onPaperChange(draw);
  return () => {
    sizes.disconnect();
    ended();
    plot?.destroy();
  };
}

function aligned({ lines }: Figure): uPlot.AlignedData {
  const xs = [...new Set(lines.flatMap((l) => l.points.map(([x]) => x)))].sort((a, b) => a - b);
  const columns = lines.map((l) => {
    const at = new Map(l.points);
    return xs.map((x) => at.get(x) ?? null);
  });
  return [xs, ...columns];
}

function options(
  place: HTMLElement, figure: Figure, carrierOf: (line: string) => Carrier | undefined,
): uPlot.Options {
  const style = getComputedStyle(place), ink = style.getPropertyValue('color');
  const rule = resolved(place, 'var(--rule)'), font = `12px ${style.fontFamily}`;
  const axis = (unit: string, log: boolean, size: number): uPlot.Axis => ({
    stroke: ink, font, size, grid: { stroke: rule, width: 1 }, ticks: { stroke: rule, width: 1 },
    values: (_self, values) => values.map((v) => (v === null ? '' : written(unit, v))),
    // A few powers are enough: what stands between them is read off. Each of them is named.
    ...(log
      ? {
        splits: (_u: uPlot, _i: number, from: number, to: number) =>
          (unit === 'B' ? sizes(from, to) : powers(from, to, 1, 10)),
        filter: (_u: uPlot, splits: number[]) => splits,
      }
      : {}),
  });
  const used = new Map<string, number>();
  const logX = figure.log.includes('x'), logY = figure.log.includes('y');
  return {
    width: place.clientWidth, height: HEIGHT,
    scales: {
      x: { time: false, distr: logX ? LOGARITHMIC : LINEAR, log: figure.xUnit === 'B' ? 2 : 10 },
      y: { distr: logY ? LOGARITHMIC : LINEAR },
    },
    axes: [axis(figure.xUnit, logX, 28), axis(figure.yUnit, logY, 80)],
    series: [
      { label: figure.xLabel, value: (_self, v) => (v === null ? '–' : written(figure.xUnit, v)) },
      ...figure.lines.map((line): uPlot.Series => {
        const carrier = carrierOf(line.name) ?? 'device', turn = used.get(carrier) ?? 0;
        used.set(carrier, turn + 1);
        const { light, dark } = carrierStyle(carrier);
        return {
          label: line.name, stroke: resolved(place, `light-dark(${light}, ${dark})`), width: 1.5,
          dash: DASHES[turn % DASHES.length] as number[], points: { size: 5 },
          value: (_self, v) => (v === null ? '–' : written(figure.yUnit, v)),
        };
      }),
    ],
    hooks: { draw: [(self) => drawChanges(self, figure, ink)] },
  };
}

/** A thin line where another method becomes the fastest. */
function drawChanges(self: uPlot, figure: Figure, ink: string): void {
  const { ctx, bbox } = self;
  ctx.save();
  ctx.strokeStyle = ink;
  ctx.setLineDash([1, 3]);
  for (const { x } of changesOf(figure)) {
    const at = Math.round(self.valToPos(x, 'x', true)) + 0.5;
    ctx.beginPath();
    ctx.moveTo(at, bbox.top);
    ctx.lineTo(at, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}

/** Few powers of two: 4 bytes, 64 bytes, 1 KiB; closer ones where these are hardly any. */
function sizes(low: number, high: number): number[] {
  return [16, 4].map((base) => powers(low, high, 4, base)).find((list) => list.length > 2) ?? powers(low, high, 4, 2);
}

/** `unit` times powers of a base. */
function powers(low: number, high: number, unit: number, base: number): number[] {
  const first = Math.ceil(Math.log(low / unit) / Math.log(base) - 1e-9);
  const list: number[] = [];
  for (let n = first; unit * base ** n <= high * (1 + 1e-9); n++) list.push(unit * base ** n);
  return list;
}

function written(unit: string, value: number): string {
  switch (unit) {
    case 's': return formatSeconds(value);
    case 'B/s': return formatRate(value);
    case 'share': return formatShare(value);
    // Axes have little room.
    case 'B': return formatSize(value).replace('bytes', 'B');
    default: return Number.isInteger(value) ? formatCount(value) : value.toPrecision(3);
  }
}

/** A CSS colour as canvas takes it: variables and `light-dark()` worked out. */
function resolved(place: HTMLElement, colour: string): string {
  const probe = document.createElement('span');
  probe.style.color = colour;
  place.append(probe);
  const worked = getComputedStyle(probe).color;
  probe.remove();
  return worked;
}
