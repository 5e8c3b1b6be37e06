/** The whole canvas: axis, lanes, gaps, marks, moment, measured span, chain. */
import type { BoardDescription } from '../../../../src/machine/describe.ts';
import type { Ticks } from '../../../../src/sim/time.ts';
import { busyPixels, differences } from './difference.ts';
import { initiatorColour, type Colours } from '../colours.ts';
import { AXIS_HEIGHT, paintAxis } from './paint-axis.ts';
import { paintLane, type Place } from './paint-lane.ts';
import type { Lane, Picture } from './picture.ts';
import type { Row } from './rows.ts';
import { xOf, type View } from './scale.ts';

/** Height of the strip that shows where only one of two machines is busy. */
const ONLY = 8;

/** What is drawn of a machine. Its times are its own; `origin` stands at 0 of the axis. */
export interface Scene {
  readonly picture: Picture | null;
  readonly board: BoardDescription | null;
  readonly origin: Ticks;
  /** How far the machine is. */
  readonly now: Ticks;
  readonly moment: Ticks;
  readonly marks: readonly { readonly name: string; readonly at: Ticks }[];
}

/** A record of the chain as a point of a lane. */
export interface Knot {
  readonly pane: 0 | 1;
  readonly id: number;
  readonly lane: string;
  readonly from: Ticks;
  readonly to: Ticks;
}

export interface Sheet {
  readonly view: View;
  readonly width: number;
  readonly height: number;
  /** Rows begin this far above the lower edge of the axis. */
  readonly scroll: number;
  readonly rows: readonly Row[];
  readonly scenes: readonly [Scene, Scene];
  /** Key of the lane that the keys are about. */
  readonly chosen: string;
  readonly chain: readonly { readonly from: Knot; readonly to: Knot }[];
  readonly selected: Knot | null;
  /** In times of the axis. */
  readonly span: { readonly from: Ticks; readonly to: Ticks; readonly words: string } | null;
}

/** Draws everything anew. */
export function paint(c: CanvasRenderingContext2D, colours: Colours, sheet: Sheet): void {
  const { width, height, scroll, rows } = sheet;
  c.fillStyle = colours.paper;
  c.fillRect(0, 0, width, height);
  c.save();
  c.beginPath();
  c.rect(0, AXIS_HEIGHT, width, height - AXIS_HEIGHT);
  c.clip();
  c.translate(0, AXIS_HEIGHT - scroll);
  for (const row of rows)
    if (row.y + row.height >= scroll && row.y < scroll + height) paintRow(c, colours, sheet, row);
  paintChain(c, colours, sheet);
  c.restore();
  paintAxis(c, colours, sheet.view, width);
  paintGapWords(c, colours, sheet);
  paintCursors(c, colours, sheet);
}

/** The colour of a lane's busy parts: who began a transfer has its own, everything else is ink. */
function laneColour(lane: Lane, board: BoardDescription | null, colours: Colours): string {
  if (lane.kind === 'initiator' || lane.kind === 'request') return initiatorColour(lane.name, board, colours);
  return lane.kind === 'note' ? colours.bad : lane.kind === 'target' || lane.kind === 'event'
    ? colours['ink-soft']
    : colours.ink;
}

function paintRow(c: CanvasRenderingContext2D, colours: Colours, sheet: Sheet, row: Row): void {
  const { width, view, scenes } = sheet, { lane, y, height, panes } = row;
  if (lane === null) {
    c.fillStyle = colours.sheet;
    c.fillRect(0, y, width, height);
  } else if (lane.key === sheet.chosen) {
    c.fillStyle = colours.mark;
    c.fillRect(0, y, width, height);
  }
  c.fillStyle = colours.rule;
  c.fillRect(0, y + height - 1, width, 1);
  if (lane === null) return;
  const both = panes.length === 2;
  panes.forEach((pane, n) => {
    const { picture, origin, board, now, moment } = scenes[pane];
    if (picture === null) return;
    const each = both ? (height - 1 - ONLY) / 2 : height - 1;
    const place: Place = {
      c, colours, y: y + n * each, height: each, width, colour: laneColour(lane, board, colours),
      x: (time) => xOf(view, width, time - origin), moment,
      initiator: (name) => initiatorColour(name, board, colours),
    };
    for (const gap of picture.gaps) paintGap(place, gap.from, gap.to);
    const end = place.x(now);
    if (end < width) {
      c.fillStyle = colours.sheet;
      c.fillRect(Math.max(0, end), place.y, width - Math.max(0, end), each);
    }
    paintLane(place, lane, picture);
  });
  if (both) paintDifference(c, colours, sheet, row, lane);
}

/** A strip below both: where only A is busy in its upper half, only B in its lower half. */
function paintDifference(
  c: CanvasRenderingContext2D, colours: Colours, { scenes, view, width }: Sheet, row: Row, lane: Lane,
): void {
  const [a, b] = scenes.map((s) => busyPixels(s.picture, lane, view, width, s.origin));
  const top = row.y + row.height - 1 - ONLY;
  c.fillStyle = colours.sheet;
  c.fillRect(0, top, width, ONLY);
  for (const { pane, left, right } of differences(a, b)) {
    c.fillStyle = colours[pane === 0 ? 'ink' : 'ink-soft'];
    c.fillRect(left, top + (pane === 0 ? 1 : ONLY / 2), right - left, ONLY / 2 - 1);
  }
}

/** Not recorded: hatched, with the word. */
function paintGap({ c, colours, y, height, width, x }: Place, from: Ticks, to: Ticks): void {
  const left = Math.max(0, x(from)), right = Math.min(width, x(to));
  if (right <= left) return;
  c.save();
  c.beginPath();
  c.rect(left, y, right - left, height);
  c.clip();
  c.strokeStyle = colours.rule;
  c.lineWidth = 1;
  c.beginPath();
  for (let at = left - (left % 6) - height; at < right; at += 6) {
    c.moveTo(at, y + height);
    c.lineTo(at + height, y);
  }
  c.stroke();
  c.restore();
}

/** What hatched stretches are, above them. */
function paintGapWords(c: CanvasRenderingContext2D, colours: Colours, { view, width, scenes, rows }: Sheet): void {
  const pictured = scenes.find((s) => s.picture !== null && s.picture.gaps.length > 0);
  if (pictured === undefined || rows.length === 0) return;
  c.font = `11px ${colours.sans}`;
  c.textBaseline = 'middle';
  for (const gap of pictured.picture?.gaps ?? []) {
    const left = Math.max(0, xOf(view, width, gap.from - pictured.origin));
    const right = Math.min(width, xOf(view, width, gap.to - pictured.origin)), words = 'not recorded';
    if (right - left < c.measureText(words).width + 16) continue;
    c.fillStyle = colours.paper;
    c.fillRect((left + right) / 2 - 40, 2, 80, 14);
    c.fillStyle = colours['ink-soft'];
    c.textAlign = 'center';
    c.fillText(words, (left + right) / 2, 9);
    c.textAlign = 'start';
  }
}

/** Marks, the measured span, the moment: through every lane of its machine. */
function paintCursors(c: CanvasRenderingContext2D, colours: Colours, sheet: Sheet): void {
  const { view, width, height, span, scenes } = sheet;
  c.font = `11px ${colours.sans}`;
  c.textBaseline = 'middle';
  for (const pane of [0, 1] as const)
    for (const { at } of scenes[pane].marks) {
      const x = Math.round(xOf(view, width, at - scenes[pane].origin));
      if (x < 0 || x > width) continue;
      c.fillStyle = colours['ink-soft'];
      for (const [top, bottom] of stretches(sheet, pane))
        for (let y = top; y < bottom; y += 4) c.fillRect(x, y, 1, Math.min(2, bottom - y));
    }
  if (span !== null) {
    const left = xOf(view, width, span.from), right = xOf(view, width, span.to);
    c.fillStyle = colours.accent;
    c.globalAlpha = 0.12;
    c.fillRect(left, 0, right - left, height);
    c.globalAlpha = 1;
    c.fillRect(Math.round(left), 0, 1, height);
    c.fillRect(Math.round(right), 0, 1, height);
    const room = c.measureText(span.words).width + 12;
    const at = Math.min(Math.max(0, (left + right - room) / 2), width - room);
    c.fillRect(at, 1, room, 16);
    c.fillStyle = colours.paper;
    c.fillText(span.words, at + 6, 9.5);
  }
  for (const pane of [0, 1] as const) {
    const x = Math.round(xOf(view, width, scenes[pane].moment - scenes[pane].origin));
    if (x < -4 || x > width + 4) continue;
    c.fillStyle = colours.accent;
    for (const [top, bottom] of stretches(sheet, pane)) c.fillRect(x, top, 1, bottom - top);
    if (!sheet.rows.some((r) => r.panes.includes(pane))) continue;
    c.beginPath();
    c.moveTo(x - 4, AXIS_HEIGHT - 8);
    c.lineTo(x + 5, AXIS_HEIGHT - 8);
    c.lineTo(x + 0.5, AXIS_HEIGHT - 1);
    c.fill();
  }
}

/** From where to where, on the canvas, rows of a machine stand. */
function stretches({ rows, scroll, height }: Sheet, pane: 0 | 1): (readonly [number, number])[] {
  const found: [number, number][] = [];
  for (const row of rows) {
    if (row.panes.length > 0 && !row.panes.includes(pane)) continue;
    const top = Math.max(AXIS_HEIGHT, row.y - scroll + AXIS_HEIGHT);
    const bottom = Math.min(height, row.y + row.height - scroll + AXIS_HEIGHT);
    if (bottom <= top) continue;
    const last = found.at(-1);
    if (last !== undefined && last[1] >= top - 0.5) last[1] = bottom;
    else found.push([top, bottom]);
  }
  return found;
}

/** Who caused whom, as arrows from lane to lane; the selected record outlined. */
function paintChain(c: CanvasRenderingContext2D, colours: Colours, sheet: Sheet): void {
  const { view, width, scenes, chain, selected } = sheet;
  const at = (k: Knot, time: Ticks): number => xOf(view, width, time - scenes[k.pane].origin);
  const rowOf = (k: Knot): Row | undefined =>
    sheet.rows.find((r) => r.lane?.key === k.lane && r.panes.includes(k.pane));
  const middle = (k: Knot): number | null => {
    const row = rowOf(k);
    return row === undefined ? null : row.y + row.height / 2;
  };
  c.lineWidth = 1.25;
  c.strokeStyle = c.fillStyle = colours.ink;
  for (const { from, to } of chain) {
    const low = from.lane === to.lane ? (rowOf(from)?.height ?? 0) / 2 - 3 : 0, y = middle(from), end = middle(to);
    if (y === null || end === null) continue;
    // Within a lane the arrow runs below what the lane shows.
    const y1 = y + low, y2 = end + low;
    const x1 = Math.min(at(from, from.to), Math.max(at(from, from.from), at(to, to.from))), x2 = at(to, to.from);
    if ((x1 < -50 && x2 < -50) || (x1 > width + 50 && x2 > width + 50) || (x1 === x2 && y1 === y2)) continue;
    const bend = Math.max(12, Math.min(48, Math.abs(x2 - x1) / 2));
    c.beginPath();
    c.moveTo(x1, y1);
    c.bezierCurveTo(x1 + bend, y1, x2 - bend, y2, x2 - 3, y2);
    c.stroke();
    c.beginPath();
    c.moveTo(x2, y2);
    c.lineTo(x2 - 6, y2 - 3.5);
    c.lineTo(x2 - 6, y2 + 3.5);
    c.fill();
  }
  const y = selected === null ? null : middle(selected);
  if (selected === null || y === null) return;
  const half = (rowOf(selected)?.height ?? 20) / 2 - 1.5;
  const left = Math.max(-3, at(selected, selected.from)), right = Math.min(width + 3, at(selected, selected.to));
  c.strokeStyle = colours.accent;
  c.lineWidth = 2;
  c.strokeRect(left - 1.5, y - half, Math.max(3, right - left + 2), 2 * half);
}
