import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { escapeHtml } from '../../src/control/report/html.ts';

/** A point of a plot. */
export interface PlotPoint {
  readonly x: number;
  readonly y: number;
  readonly series: string;
  /** The two parts of the series' name: what lines are asked for by, and what else varies. */
  readonly by: string;
  readonly rest: string;
}

/** How an axis is drawn. */
export interface PlotAxis {
  readonly label: string;
  readonly log: boolean;
  readonly format: (value: number) => string;
}

export interface Figure {
  readonly title: string;
  readonly x: PlotAxis;
  readonly y: PlotAxis;
}

/**
 * Colours that stay apart for the colour-blind (M. Okabe, K. Ito, "Color Universal Design", 2008),
 * the yellow left out, which is faint on white. Shapes tell series apart as well.
 */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#000000', '#e69f00', '#56b4e9'];
const SYMBOLS = ['circle', 'square', 'triangle', 'diamond', 'star', 'wye', 'cross'] as const;
const WIDTH = 760, HEIGHT = 420, MARGIN_LEFT = 72, LINE = 18, FONT = 12;
/** Values that are named one by one on a logarithmic axis. */
const MOST_TICKS = 16;
/** Width of a letter of that font, on average. */
const LETTER = 6.6;

/** The figure as the text of an SVG file. */
export function figureSvg(points: readonly PlotPoint[], { title, x, y }: Figure): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const series = seriesOf(points), styles = new Map(series.map((s) => [s.name, s]));
  const colour = (p: PlotPoint): string => (styles.get(p.series) as Series).colour;
  const data = [...points], own = ownTicks(x, points.map((p) => p.x));
  const plot = Plot.plot({
    document: document as unknown as NonNullable<Plot.PlotOptions['document']>,
    width: WIDTH, height: HEIGHT, marginLeft: MARGIN_LEFT, marginBottom: 44, marginRight: 24,
    x: { ...scale(x), grid: own.length === 0 }, y: { ...scale(y), grid: true, ...(y.log ? {} : { zero: true }) },
    symbol: { domain: series.map((s) => s.name), range: series.map((s) => SYMBOLS[s.symbol]) },
    marks: [
      ...own,
      ...series.map((s) => Plot.line(data.filter((p) => p.series === s.name), {
        x: 'x', y: 'y', stroke: s.colour, strokeWidth: 1.5, strokeDasharray: s.dash,
      })),
      Plot.dot(data, { x: 'x', y: 'y', symbol: 'series', stroke: colour, fill: colour, r: 3.5 }),
    ],
  });
  const legend = legendRows(series), top = 30 + legend.rows * LINE;
  plot.setAttribute('x', '0');
  plot.setAttribute('y', String(top));
  const { width, height } = { width: WIDTH, height: HEIGHT + top };
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ` +
    `font-family="system-ui, sans-serif" font-size="${FONT}">\n<rect width="${width}" height="${height}" ` +
    `fill="white"/>\n<text x="12" y="20" font-size="14" font-weight="bold">${escapeHtml(title)}</text>\n` +
    `${legend.text}${rounded(plot.outerHTML)}\n</svg>\n`
  );
}

/**
 * Coordinates to a thousandth: what is behind that nobody sees, and engines of JavaScript differ in
 * the last digit of a logarithm.
 */
function rounded(svg: string): string {
  return svg.replace(/<[^>]*>/g, (tag) => tag.replace(/\d+\.\d{4,}/g, (n) => String(Number(Number(n).toFixed(3)))));
}

function scale(axis: PlotAxis): Plot.ScaleOptions {
  return { type: axis.log ? 'log' : 'linear', label: axis.label, tickFormat: axis.format };
}

/**
 * A few powers of two are ticks by themselves: those of ten would fall between them. Each is named;
 * a logarithmic axis of the library names those only that it would have chosen itself.
 */
function ownTicks(axis: PlotAxis, values: readonly number[]): Plot.Markish[] {
  const distinct = [...new Set(values)].sort((a, b) => a - b);
  if (!axis.log || distinct.length > MOST_TICKS) return [];
  return [Plot.gridX(distinct), Plot.axisX(distinct, { label: axis.label, text: (v: number) => axis.format(v) })];
}

/** How a series is drawn. */
interface Series {
  readonly name: string;
  readonly colour: string;
  /** Index of `SYMBOLS`. */
  readonly symbol: number;
  readonly dash: string;
}

/**
 * A colour for what lines are asked for by, a symbol for what else varies; without anything else
 * both follow the first. Where there are more than colours or symbols, lines are broken.
 */
function seriesOf(points: readonly PlotPoint[]): Series[] {
  const firsts = [...new Set(points.map((p) => p.by))], rests = [...new Set(points.map((p) => p.rest))];
  const names = new Map(points.map((p) => [p.series, p]));
  return [...names].map(([name, p]) => {
    const first = firsts.indexOf(p.by), rest = rests.length > 1 ? rests.indexOf(p.rest) : first;
    const turns = Math.floor(first / COLOURS.length) + Math.floor(rest / SYMBOLS.length);
    return {
      name, colour: COLOURS[first % COLOURS.length], symbol: rest % SYMBOLS.length,
      dash: turns === 0 ? 'none' : `${2 + 2 * turns} 3`,
    };
  });
}

/** The series with their marks, in as many rows as it takes. */
function legendRows(series: readonly Series[]): { text: string; rows: number } {
  let left = 12, row = 0, text = '';
  for (const { name, colour, symbol } of series) {
    const width = 30 + name.length * LETTER;
    if (left > 12 && left + width > WIDTH) {
      left = 12;
      row++;
    }
    const at = 38 + row * LINE;
    text += `<g transform="translate(${left + 8},${at})">` +
      `<path d="${shape(symbol)}" fill="${colour}"/>` +
      `<text x="12" y="4">${escapeHtml(name)}</text></g>\n`;
    left += width;
  }
  return { text, rows: row + 1 };
}

/** The outlines of `SYMBOLS`, of some 8 by 8 units. */
function shape(i: number): string {
  return [
    'M-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0', 'M-4,-4h8v8h-8z', 'M0,-5L4.5,3.5H-4.5z', 'M0,-5L4,0L0,5L-4,0z',
    'M0,-5L1.3,-1.7H5L2,0.6L3.2,4.2L0,2L-3.2,4.2L-2,0.6L-5,-1.7H-1.3z',
    'M-1.3,0V-4.5H1.3V0L4.6,2.6L3,4.6L0,2.4L-3,4.6L-4.6,2.6z',
    'M-1.5,-4.5h3v3h3v3h-3v3h-3v-3h-3v-3h3z',
  ][i % SYMBOLS.length];
}
