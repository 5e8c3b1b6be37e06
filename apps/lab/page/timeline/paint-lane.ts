/** One lane's part of the canvas. */
import type { Colours } from '../colours.ts';
import type { PixelRow, SpanTable } from '../../../../src/control/trace/window.ts';
import type { Tables } from '../../../../src/control/trace/frames.ts';
import { hex } from '../inspect/format.ts';
import { bytesOf, initiatorOf, labelOf, spansOf, type Lane, type Picture } from './picture.ts';
import type { Level } from './waves.ts';

/** Where a lane is drawn and with what. */
export interface Place {
  readonly c: CanvasRenderingContext2D;
  readonly colours: Colours;
  readonly y: number;
  readonly height: number;
  readonly width: number;
  /** Colour of what is busy. */
  readonly colour: string;
  /** Colour of whoever began something. */
  readonly initiator: (name: string) => string;
  /** Pixels from the left of a time of the machine. */
  readonly x: (time: number) => number;
  /** The moment that is shown. */
  readonly moment: number;
}

/** Room above and below within a row. */
const AIR = 3;
/** A span is wide enough for words from here on. */
const WORDY = 30;

/** Draws what a lane has. */
export function paintLane(p: Place, lane: Lane, picture: Picture): void {
  const { kind, name, parts } = lane;
  if (kind === 'note' || kind === 'mark') {
    const points = spansOf(picture, lane).flatMap((spans) =>
      [...spans.starts].map((at, n) => ({ x: Math.round(p.x(at)), text: labelOf(picture.tables, spans, n) })));
    points.sort((a, b) => a.x - b.x);
    if (kind === 'note') paintFlags(p, points);
    else paintMarks(p, points);
  }
  for (const key of parts) {
    const found = picture.lanes.get(key), { tables, from, to } = picture;
    if (found?.pixels != null) {
      if (kind === 'line') paintToggling(p, found.pixels, from, to);
      else paintLoad(p, found.pixels, from, to);
    } else if (found?.spans != null) paintExactly(p, key, kind, name, found.spans, picture, tables);
  }
}

function paintExactly(
  p: Place, key: string, kind: Lane['kind'], name: string, spans: SpanTable, picture: Picture, tables: Tables,
): void {
  switch (kind) {
    case 'line': return paintWave(p, spans);
    case 'request': return paintRequests(p, spans, picture.lanes.get(`initiator:${name}`)?.spans ?? null, tables);
    case 'event': return paintPoints(p, spans);
    case 'handler': return key.startsWith('acknowledge') ? paintPoints(p, spans) : paintSpans(p, spans, tables, false);
    case 'note': case 'mark': return;
    default: return paintSpans(p, spans, tables, kind === 'target');
  }
}

/** How busy, as a height: a load curve. What is there at all is seen. */
function paintLoad({ c, y, height, colour, x }: Place, { coverage, counts }: PixelRow, from: number, to: number): void {
  const air = Math.min(AIR, height / 4), room = height - 2 * air, bottom = y + height - air;
  const each = (to - from) / coverage.length;
  c.fillStyle = colour;
  c.beginPath();
  for (let n = 0; n < coverage.length;) {
    const value = coverage[n], there = value > 0 || counts[n] > 0;
    let end = n + 1;
    while (end < coverage.length && coverage[end] === value && (value > 0 || counts[end] > 0) === there) end++;
    if (there) {
      const h = Math.max(2, (value / 255) * room), left = x(from + n * each);
      c.rect(left, bottom - h, Math.max(1, x(from + end * each) - left), h);
    }
    n = end;
  }
  c.fill();
}

/** A line that changes too often to be drawn: a band where it changes. */
function paintToggling({ c, y, height, colour, x }: Place, { coverage }: PixelRow, from: number, to: number): void {
  const each = (to - from) / coverage.length, air = Math.min(AIR, height / 4);
  c.fillStyle = colour;
  c.globalAlpha = 0.45;
  c.beginPath();
  for (let n = 0; n < coverage.length;) {
    const on = coverage[n] > 0;
    let end = n + 1;
    while (end < coverage.length && coverage[end] > 0 === on) end++;
    const left = x(from + n * each), wide = Math.max(1, x(from + end * each) - left);
    if (on) c.rect(left, y + air, wide, height - 2 * air);
    else c.rect(left, y + height - air - 1, wide, 1);
    n = end;
  }
  c.fill();
  c.globalAlpha = 1;
}

function paintSpans(p: Place, spans: SpanTable, tables: Tables, byInitiator: boolean): void {
  const { c, y, height, width, x } = p, { starts, ends } = spans, air = Math.min(AIR, height / 4);
  for (let n = 0; n < starts.length; n++) {
    const left = Math.max(-2, x(starts[n])), right = Math.min(width + 2, x(ends[n]));
    if (right < 0 || left > width) continue;
    c.fillStyle = byInitiator ? p.initiator(initiatorOf(tables, spans, n)) : p.colour;
    c.fillRect(left, y + air, Math.max(1, right - left - (right - left > 4 ? 1 : 0)), height - 2 * air);
  }
  c.fillStyle = p.colours.paper;
  words(p, spans, tables);
}

/** The words of spans that are wide enough, inside of them. */
function words({ c, colours, y, height, width, x }: Place, spans: SpanTable, tables: Tables): void {
  if (height < 14) return;
  c.font = `11px ${colours.mono}`;
  c.textBaseline = 'middle';
  for (let n = 0; n < spans.starts.length; n++) {
    const left = Math.max(0, x(spans.starts[n])), right = Math.min(width, x(spans.ends[n]));
    if (right - left < WORDY) continue;
    const text = fitting(labelOf(tables, spans, n), right - left - 8, c);
    if (text !== '') c.fillText(text, left + 4, y + height / 2 + 0.5);
  }
}

/** As much of a text as there is room for, '' if that would say nothing. */
function fitting(text: string, room: number, c: CanvasRenderingContext2D): string {
  const fits = Math.floor((room * Math.max(1, text.length)) / Math.max(1, c.measureText(text).width));
  if (text.length <= fits) return text;
  return fits >= 4 ? `${text.slice(0, fits - 1)}…` : '';
}

/**
 * A request is a bar that shrinks while its bytes move: what remains, as a height. Its bursts say
 * when; without them it shrinks evenly. At the moment stand address counter and remaining count.
 */
function paintRequests(p: Place, spans: SpanTable, bursts: SpanTable | null, tables: Tables): void {
  const { c, colours, y, height, width, colour, x, moment } = p, air = Math.min(AIR, height / 4);
  const bottom = y + height - air, room = height - 2 * air;
  let now = '';
  for (let n = 0; n < spans.ids.length; n++) {
    const start = spans.starts[n], end = spans.ends[n], left = x(start), right = Math.min(width + 8, x(end));
    if (right < 0 || left > width) continue;
    const size = bytesOf(tables, spans, n);
    const steps = bursts === null ? null : progress(bursts, tables, start, end);
    const inside = start <= moment && moment < end;
    c.fillStyle = colour;
    c.globalAlpha = 0.5;
    c.beginPath();
    c.moveTo(left, bottom);
    c.lineTo(left, bottom - room);
    if (steps === null || size === 0) c.lineTo(right, end === Infinity ? bottom - room : bottom - 1);
    else {
      let left2 = size;
      for (const { at, bytes } of steps) {
        const to = x(at);
        c.lineTo(to, bottom - (left2 / size) * room);
        left2 = Math.max(0, left2 - bytes);
        c.lineTo(to, bottom - (left2 / size) * room);
      }
      c.lineTo(Math.max(right, left + 1), bottom - Math.max(1, (left2 / size) * room));
    }
    c.lineTo(Math.max(right, left + 1), bottom);
    c.closePath();
    c.fill();
    c.globalAlpha = 1;
    c.fillRect(left, bottom - 1, Math.max(1, right - left), 1);
    if (inside && steps !== null) {
      const done = steps.reduce((sum, s) => (s.at <= moment ? sum + s.bytes : sum), 0);
      now = `${hex(spans.addresses[n] + done, 8)}, ${Math.max(0, size - done)} of ${size} bytes left`;
    }
  }
  if (height < 14) return;
  if (now === '') {
    c.fillStyle = colours.ink;
    return words(p, spans, tables);
  }
  c.font = `11px ${colours.mono}`;
  c.textBaseline = 'middle';
  const wide = c.measureText(now).width + 8, at = Math.min(Math.max(2, x(moment) + 3), width - wide);
  c.fillStyle = colours.paper;
  c.fillRect(at, y + 2, wide, height - 4);
  c.fillStyle = colours.ink;
  c.fillText(now, at + 4, y + height / 2 + 0.5);
}

/** When which bytes of a request had moved. */
function progress(
  bursts: SpanTable, tables: Tables, start: number, end: number,
): { readonly at: number; readonly bytes: number }[] {
  const found: { at: number; bytes: number }[] = [];
  for (let n = 0; n < bursts.ids.length; n++)
    if (bursts.starts[n] >= start && bursts.ends[n] <= end)
      found.push({ at: bursts.ends[n], bytes: bytesOf(tables, bursts, n) });
  return found;
}

/** A waveform: high from starts[n] to ends[n], low between. */
export function traceLevel(
  c: CanvasRenderingContext2D, { starts, ends }: Level, x: (time: number) => number, width: number, high: number,
  low: number,
): void {
  c.lineWidth = 1;
  c.beginPath();
  c.moveTo(-2, low);
  for (let n = 0; n < starts.length; n++) {
    const left = Math.max(-2, x(starts[n])), right = Math.min(width + 2, x(ends[n]));
    if (right < 0 || left > width) continue;
    c.lineTo(left, low);
    c.lineTo(left, high);
    c.lineTo(right, high);
    c.lineTo(right, low);
  }
  c.lineTo(width + 2, low);
  c.stroke();
}

/** The same as a lane, filled where it is high. */
function paintWave({ c, y, height, width, colour, x }: Place, spans: SpanTable): void {
  const air = Math.min(AIR, height / 4), high = y + air + 0.5, low = y + height - air - 0.5, { starts, ends } = spans;
  c.strokeStyle = c.fillStyle = colour;
  traceLevel(c, spans, x, width, high, low);
  c.globalAlpha = 0.18;
  c.beginPath();
  for (let n = 0; n < starts.length; n++) {
    const left = Math.max(-2, x(starts[n])), right = Math.min(width + 2, x(ends[n]));
    if (right > left) c.rect(left, high, right - left, low - high);
  }
  c.fill();
  c.globalAlpha = 1;
}

function paintPoints({ c, y, height, colour, x }: Place, { starts }: SpanTable): void {
  const air = Math.min(AIR + 1, height / 4);
  c.fillStyle = colour;
  c.beginPath();
  for (const start of starts) c.rect(Math.round(x(start)), y + air, 1, height - 2 * air);
  c.fill();
}

/** A point with words. */
interface Worded {
  readonly x: number;
  readonly text: string;
}

/** Flags with words, where they do not cover one another. */
function paintFlags({ c, colours, y, height, colour, width }: Place, points: readonly Worded[]): void {
  c.font = `11px ${colours.sans}`;
  c.textBaseline = 'middle';
  c.fillStyle = colour;
  points.forEach(({ x, text }, n) => {
    c.fillRect(x, y + 2, 1, height - 4);
    c.beginPath();
    c.moveTo(x + 1, y + 2);
    c.lineTo(x + 8, y + 5.5);
    c.lineTo(x + 1, y + 9);
    c.fill();
    const shown = height < 14 ? '' : fitting(text, (points[n + 1]?.x ?? width) - x - 16, c);
    if (shown !== '') c.fillText(shown, x + 11, y + height / 2 + 0.5);
  });
}

function paintMarks({ c, colours, y, height, width }: Place, points: readonly Worded[]): void {
  c.font = `11px ${colours.sans}`;
  c.textBaseline = 'middle';
  c.fillStyle = colours.ink;
  points.forEach(({ x, text }, n) => {
    c.fillRect(x, y, 1, height);
    const shown = height < 14 ? '' : fitting(text, (points[n + 1]?.x ?? width) - x - 10, c);
    if (shown !== '') c.fillText(shown, x + 4, y + height / 2 + 0.5);
  });
}
