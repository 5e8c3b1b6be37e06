import { toNs, type Ticks } from '../../sim/time.ts';
import type { TraceRecord } from '../../sim/trace/records.ts';
import type { Excerpt } from './excerpt.ts';
import { escapeHtml } from './html.ts';

const WIDTH = 760, LABEL = 168, LANE = 18, TOP = 24, BAR = 10;
/** Colours of initiators that the page's style has: classes `who0` to `who7`. */
const INITIATOR_COLOURS = 8;

/** Bars of one colour in one lane: from and to, in units of the drawing. */
type Bars = [from: number, to: number][];

interface Lane {
  readonly name: string;
  readonly bars: Map<number, Bars>;
  /** Of a line: where it changes, and to what. */
  readonly edges: { x: number; level: boolean }[];
}

/**
 * An excerpt as inline SVG: a lane for each initiator, target and line; colour is who began it.
 * @param initiators those of the whole report, so that colours are the same in all drawings
 */
export function timelineSvg({ from, until, records }: Excerpt, initiators: readonly string[], name: string): string {
  const scale = (WIDTH - LABEL - 8) / (until - from);
  const x = (t: Ticks): number => LABEL + Math.max(0, Math.min(until, t) - from) * scale;
  const lanes = lanesOf(records, initiators, x);
  const height = TOP + lanes.length * LANE + 8, parts: string[] = [];
  for (let k = 0; k <= 4; k++) {
    const at = LABEL + (k * (WIDTH - LABEL - 8)) / 4;
    const text = `${k === 0 ? '' : '+'}${microseconds((k * (until - from)) / 4)}`;
    parts.push(`<path class="grid" d="M${at} ${TOP - 6}V${height - 4}"/>` +
      `<text x="${at}" y="12" text-anchor="${k === 4 ? 'end' : 'middle'}">${text}</text>`);
  }
  lanes.forEach((lane, n) => {
    const y = TOP + n * LANE;
    parts.push(`<text x="0" y="${y + 10}">${escapeHtml(short(lane.name))}</text>`);
    for (const [colour, bars] of lane.bars)
      parts.push(`<path class="who${colour % INITIATOR_COLOURS}" d="${bars.map(([a, b]) =>
        `M${round(a)} ${y}h${round(Math.max(0.8, b - a))}v${BAR}H${round(a)}z`).join('')}"/>`);
    if (lane.edges.length > 0) parts.push(`<path class="line" d="${wave(lane.edges, y)}"/>`);
  });
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escapeHtml(name)}">` +
    `${parts.join('\n')}</svg>\n`;
}

function lanesOf(records: readonly TraceRecord[], initiators: readonly string[], x: (t: Ticks) => number): Lane[] {
  const groups = [new Map<string, Lane>(), new Map<string, Lane>(), new Map<string, Lane>()];
  const lane = (group: number, name: string): Lane => {
    const known = groups[group].get(name) ?? { name, bars: new Map<number, Bars>(), edges: [] };
    groups[group].set(name, known);
    return known;
  };
  for (const r of records) {
    if (r.kind === 'edge') lane(2, r.line).edges.push({ x: x(r.time), level: r.level });
    if (r.kind !== 'transaction') continue;
    const colour = Math.max(0, initiators.indexOf(r.initiator));
    for (const of of [lane(0, r.initiator), lane(1, `→ ${r.target}`)]) {
      const bars = of.bars.get(colour) ?? [], last = bars.at(-1), a = x(r.start), b = x(r.end);
      of.bars.set(colour, bars);
      // What nobody can see apart is one bar.
      if (last !== undefined && a >= last[0] && a - last[1] < 0.2) last[1] = Math.max(last[1], b);
      else bars.push([a, b]);
    }
  }
  return groups.flatMap((g) => [...g.values()]);
}

/** A line's levels as a step; before its first edge it has the other one. */
function wave(edges: Lane['edges'], y: number): string {
  const of = (level: boolean): number => y + (level ? 1 : BAR - 1);
  return `M${LABEL} ${of(!edges[0].level)}` + edges.map((e) => `H${round(e.x)}V${of(e.level)}`).join('') +
    `H${WIDTH - 8}`;
}

/** A time as the drawings have it. */
export const microseconds = (ticks: Ticks): string => `${(toNs(ticks) / 1000).toFixed(0)} µs`;

const round = (n: number): number => Math.round(n * 10) / 10;
const LONGEST = 26;
const short = (name: string): string => (name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name);
