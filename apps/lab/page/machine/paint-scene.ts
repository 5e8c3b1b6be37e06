/** What happens at the moment: ways that are lit, and the datum on its way. */
import type { Leg } from '../../../../src/control/diagram/route.ts';
import type { Diagram } from '../../../../src/control/diagram/diagram.ts';
import { styleColour, type Colours } from '../colours.ts';
import type { InitiatorStyle } from '../palette.ts';
import { arrowHead, trace } from './paint-board.ts';
import type { Scene } from './scene.ts';
import { shapeAt } from './shape.ts';

/** Radius of the mark, in units of the drawing. */
const MARK = 7;

export interface ScenePaint {
  readonly context: CanvasRenderingContext2D;
  readonly colours: Colours;
  readonly diagram: Diagram;
  readonly scene: Scene;
  /** Of who began it; null: nobody did, e.g. for a line. */
  readonly style: InitiatorStyle | null;
  /** At the mark: the value in hexadecimal, or the address; and what it is of: `beat 5 of 16`. */
  readonly value: string;
  readonly note: string;
}

export function paintScene(p: ScenePaint): void {
  const colour = p.style === null ? p.colours.ink : styleColour(p.style, p.colours);
  for (const name of p.scene.route.parts) outline(p, name, colour);
  for (const leg of p.scene.lit) paintLeg(p.context, leg, colour);
  if (p.scene.mark !== null && p.style !== null) paintMark(p, p.style, colour);
}

/** A part that takes part. */
function outline({ context, colours, diagram }: ScenePaint, name: string, colour: string): void {
  const part = diagram.parts.find((d) => d.name === name);
  if (part === undefined) return;
  context.strokeStyle = colour;
  context.lineWidth = part.quiet ? 1.5 : 2;
  context.strokeRect(part.x, part.y, part.width, part.height);
  if (!part.quiet || diagram.named) return;
  // What has no room for its name is named when it takes part.
  const wide = 6.7 * name.length + 8, x = Math.min(part.x + part.width + 4, diagram.width - wide);
  paper(context, colours, colour, x, part.y - 5, wide, 18);
  context.font = `600 11px ${colours.mono}`;
  context.fillStyle = colours.ink;
  context.fillText(name, x + 4, part.y + 8);
}

/** A piece of paper to write on over whatever is there. */
function paper(
  context: CanvasRenderingContext2D, colours: Colours, colour: string, x: number, y: number, width: number,
  height: number,
): void {
  context.fillStyle = colours.paper;
  context.fillRect(x, y, width, height);
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.strokeRect(x + 0.5, y + 0.5, width - 1, height - 1);
}

/** Addresses are dashed and thin, data solid and thick, lines thin. */
function paintLeg(context: CanvasRenderingContext2D, leg: Leg, colour: string): void {
  context.beginPath();
  trace(context, leg.points);
  context.strokeStyle = colour;
  context.lineWidth = leg.kind === 'data' ? 3 : leg.kind === 'address' ? 1.75 : 1.5;
  context.setLineDash(leg.kind === 'address' ? [4, 3] : []);
  context.stroke();
  context.setLineDash([]);
  const tip = leg.points.at(-1), before = leg.points.at(-2);
  if (tip !== undefined && before !== undefined) arrowHead(context, before, tip, leg.kind === 'data' ? 6 : 4.5, colour);
}

function paintMark(p: ScenePaint, style: InitiatorStyle, colour: string): void {
  const { context, colours, diagram } = p, mark = p.scene.mark as { x: number; y: number };
  const size = p.scene.phase === 'address' || p.scene.phase === 'wait' ? MARK * 0.8 : MARK;
  const shape = shapeAt(style.shape, mark.x, mark.y, size);
  context.lineWidth = 4;
  context.strokeStyle = colours.paper;
  context.stroke(shape);
  context.fillStyle = p.scene.phase === 'wait' ? colours.paper : colour;
  context.fill(shape);
  context.lineWidth = 1.5;
  context.strokeStyle = colour;
  context.stroke(shape);
  // Where it enters a part it leaves the part's words free.
  const below = diagram.parts.some((d) => !d.quiet && mark.x > d.x && mark.x < d.x + d.width &&
    Math.abs(mark.y - d.y - d.height) < MARK);
  const rail = diagram.rails[0];
  const most = rail === undefined ? diagram.width : rail.x + rail.width;
  label(p, { x: mark.x, y: below ? mark.y + 16 : mark.y }, colour, most);
}

/** The value beside the mark, on paper, so that it can be read over whatever is there. */
function label(p: ScenePaint, at: { x: number; y: number }, colour: string, most: number): void {
  const { context, colours, value, note } = p;
  if (value === '') return;
  const strong = `600 12px ${colours.mono}`, plain = `11px ${colours.sans}`;
  const wide = widthOf(context, strong, value), noted = note === '' ? 0 : widthOf(context, plain, note) + 8;
  const width = wide + noted + 12, height = 18;
  const right = at.x + MARK + 5, x = right + width <= most ? right : Math.max(0, at.x - MARK - 5 - width);
  const y = Math.max(2, at.y - height - 3);
  paper(context, colours, colour, x, y, width, height);
  context.font = strong;
  context.fillStyle = colours.ink;
  context.fillText(value, x + 6, y + 13);
  context.font = plain;
  context.fillStyle = colours['ink-soft'];
  if (note !== '') context.fillText(note, x + wide + 14, y + 13);
}

/** Widths of texts by font and shape: each digit is as wide as the next. */
const widths = new Map<string, number>();
const MOST_WIDTHS = 512;

function widthOf(context: CanvasRenderingContext2D, font: string, text: string): number {
  const key = `${font} ${text.replace(/[0-9a-f]/g, '0')}`;
  let width = widths.get(key);
  if (width === undefined) {
    if (widths.size >= MOST_WIDTHS) widths.clear();
    context.font = font;
    widths.set(key, (width = context.measureText(text).width));
  }
  return width;
}
