/** The machine as it stands: parts, rails and lines, without anything that moves. */
import type { Diagram, DrawnPart, Point } from '../../../../src/control/diagram/diagram.ts';
import { STRAND } from '../../../../src/control/diagram/route.ts';
import type { BusDescription } from '../../../../src/machine/describe.ts';
import type { Colours } from '../colours.ts';

/** Sizes of letters. */
const NAME = 12, LABEL = 11;
/** In a box that is not so wide, what a part did stands below its name. */
const NARROW = 112;

export interface BoardPaint {
  readonly context: CanvasRenderingContext2D;
  readonly colours: Colours;
  readonly diagram: Diagram;
  /** Named parts are drawn pale: they do nothing now. */
  readonly pale: ReadonlySet<string>;
  /** By part: a few characters at the right of its name, and lines in place of its title. */
  readonly figures: ReadonlyMap<string, string>;
  readonly states: ReadonlyMap<string, readonly string[]>;
}

export function paintBoard(p: BoardPaint): void {
  const { context, diagram } = p;
  context.lineJoin = 'miter';
  for (const net of diagram.nets) paintNet(p, net.taps.map((t) => t.points), net.end);
  for (const rail of diagram.rails) paintRail(p, rail);
  for (const part of diagram.parts) paintStubs(p, part);
  for (const part of diagram.parts) if (part.quiet) paintSmall(p, part, diagram.named);
    else paintLarge(p, part);
  context.globalAlpha = 1;
}

export function trace(context: CanvasRenderingContext2D, points: readonly Point[], dx = 0, dy = 0): void {
  points.forEach(({ x, y }, n) => context[n === 0 ? 'moveTo' : 'lineTo'](x + dx, y + dy));
}

function paintNet({ context, colours }: BoardPaint, taps: readonly (readonly Point[])[], end: readonly Point[]): void {
  context.beginPath();
  for (const points of taps) trace(context, points, 0.5, 0.5);
  context.strokeStyle = colours['ink-soft'];
  context.globalAlpha = 0.45;
  context.lineWidth = 1;
  context.stroke();
  context.globalAlpha = 0.8;
  const tip = end.at(-1);
  if (tip !== undefined) arrowHead(context, end.at(-2) ?? tip, tip, 3.5, colours['ink-soft']);
  // Where several lines come together.
  if (taps.length > 1 && end[0] !== undefined) {
    context.beginPath();
    context.arc(end[0].x + 0.5, end[0].y + 0.5, 1.75, 0, 2 * Math.PI);
    context.fillStyle = colours['ink-soft'];
    context.fill();
  }
  context.globalAlpha = 1;
}

/** An arrow head at `tip`, coming from `from`. */
export function arrowHead(
  context: CanvasRenderingContext2D, from: Point, tip: Point, size: number, colour: string,
): void {
  const length = Math.max(1e-6, Math.abs(tip.x - from.x) + Math.abs(tip.y - from.y));
  const ux = (tip.x - from.x) / length, uy = (tip.y - from.y) / length;
  context.beginPath();
  context.moveTo(tip.x + 0.5, tip.y + 0.5);
  context.lineTo(tip.x + 0.5 - ux * size * 1.6 - uy * size * 0.8, tip.y + 0.5 - uy * size * 1.6 + ux * size * 0.8);
  context.lineTo(tip.x + 0.5 - ux * size * 1.6 + uy * size * 0.8, tip.y + 0.5 - uy * size * 1.6 - ux * size * 0.8);
  context.closePath();
  context.fillStyle = colour;
  context.fill();
}

function paintRail({ context, colours, diagram }: BoardPaint, rail: Diagram['rails'][number]): void {
  context.fillStyle = colours.sheet;
  context.fillRect(rail.x, rail.y, rail.width, rail.height);
  context.strokeStyle = colours['ink-soft'];
  context.lineWidth = 1;
  context.strokeRect(rail.x + 0.5, rail.y + 0.5, rail.width - 1, rail.height - 1);
  paintRailLabel(context, colours, diagram, rail);
}

/** At the right of the rail, in two lines or in a word, or below it at its right end. */
function paintRailLabel(
  context: CanvasRenderingContext2D, colours: Colours, diagram: Diagram, rail: Diagram['rails'][number],
): void {
  const [name = '', more = ''] = railLabel(rail.name, diagram), right = rail.x + rail.width;
  const bold = `600 ${LABEL}px ${colours.sans}`, plain = `${LABEL}px ${colours.sans}`;
  const write = (text: string, x: number, y: number, font: string, colour: string): void => {
    context.font = font;
    context.fillStyle = colour;
    context.fillText(text, x, y);
  };
  if (diagram.labels === 'short') return write(name.replace(/ bus$/, ''), right + 8, rail.y + 8, bold, colours.ink);
  if (diagram.labels === 'beside') {
    write(name, right + 8, rail.y + (more === '' ? 8 : 2), bold, colours.ink);
    return write(more, right + 8, rail.y + 15, plain, colours['ink-soft']);
  }
  const y = rail.y + rail.height + 16;
  context.textAlign = 'right';
  write(more, right, y, plain, colours['ink-soft']);
  const wide = more === '' ? 0 : context.measureText(more).width + 8;
  write(name, right - wide, y, bold, colours.ink);
  context.textAlign = 'left';
}

/** A bus in a few words: `PCI bus`, `33.3 MHz, 4 bytes`. */
function railLabel(name: string, { board }: Diagram): string[] {
  const bus: BusDescription | undefined = board.buses.find((b) => b.name === name);
  if (bus === undefined) return [`${name} bus`];
  const hertz = board.clocks.find((c) => c.name === bus.clock)?.hertz ?? 0;
  const clock = hertz >= 1e6 ? `${(hertz / 1e6).toFixed(1)} MHz` : `${(hertz / 1e3).toFixed(0)} kHz`;
  return [
    `${name.length <= 4 ? name.toUpperCase() : name} bus`,
    `${clock}, ${bus.bytesPerBeat} byte${bus.bytesPerBeat === 1 ? '' : 's'}`,
  ];
}

/** The ways between parts and rails: two strands, as rails have. */
function paintStubs({ context, colours }: BoardPaint, part: DrawnPart): void {
  context.strokeStyle = colours['ink-soft'];
  context.lineWidth = 1;
  context.globalAlpha = part.quiet ? 0.5 : 1;
  for (const way of [part.stub, part.leadStub]) {
    if (way.length === 0) continue;
    context.beginPath();
    if (part.quiet) trace(context, way, 0.5, 0.5);
    else for (const side of [-STRAND - 1, STRAND]) trace(context, way, side + 0.5, 0);
    context.stroke();
  }
  if (part.ownerStub.length > 0) {
    context.beginPath();
    trace(context, part.ownerStub, 0.5, 0.5);
    context.stroke();
  }
  context.globalAlpha = 1;
}

function paintSmall({ context, colours }: BoardPaint, part: DrawnPart, named: boolean): void {
  context.fillStyle = colours.paper;
  context.fillRect(part.x, part.y, part.width, part.height);
  context.strokeStyle = colours.rule;
  context.lineWidth = 1;
  context.strokeRect(part.x + 0.5, part.y + 0.5, part.width - 1, part.height - 1);
  if (!named) return;
  context.font = `${LABEL}px ${colours.mono}`;
  context.textAlign = 'center';
  context.fillStyle = colours['ink-soft'];
  context.fillText(part.name, part.x + part.width / 2, part.y + part.height / 2 + 4);
  context.textAlign = 'left';
}

function paintLarge(p: BoardPaint, part: DrawnPart): void {
  const { context, colours } = p, pale = p.pale.has(part.name);
  const left = part.x + (part.role === 'bridge' ? 28 : 8);
  context.fillStyle = pale ? colours.paper : colours.sheet;
  context.fillRect(part.x, part.y, part.width, part.height);
  context.strokeStyle = pale ? colours.rule : colours['ink-soft'];
  context.lineWidth = 1;
  context.strokeRect(part.x + 0.5, part.y + 0.5, part.width - 1, part.height - 1);
  context.globalAlpha = pale ? 0.7 : 1;
  if (part.role === 'bridge') {
    // What passes a bridge passes here.
    context.strokeStyle = colours.rule;
    context.beginPath();
    const x = (part.leadStub[0]?.x ?? part.x);
    for (const side of [-STRAND - 1, STRAND])
      trace(context, [{ x, y: part.y }, { x, y: part.y + part.height }], side + 0.5, 0);
    context.stroke();
  }
  context.font = `600 ${NAME}px ${colours.mono}`;
  context.fillStyle = pale ? colours['ink-soft'] : colours.ink;
  context.fillText(part.name, left, part.y + 15);
  context.fillStyle = colours['ink-soft'];
  const figure = p.figures.get(part.name) ?? '', narrow = part.width < NARROW;
  if (figure !== '' && !narrow) {
    context.font = `${LABEL}px ${colours.sans}`;
    context.textAlign = 'right';
    context.fillText(figure, part.x + part.width - 8, part.y + 15);
    context.textAlign = 'left';
  }
  const state = p.states.get(part.name);
  const lines = state ?? (narrow && figure !== '' ? [figure, ...part.title] : part.title);
  context.font = state === undefined ? `${LABEL}px ${colours.sans}` : `${LABEL}px ${colours.mono}`;
  const most = part.x + part.width - left - 4, fitting = Math.max(1, Math.floor((part.height - 20) / 14));
  for (const [n, line] of lines.slice(0, fitting).entries())
    context.fillText(line, left, part.y + 30 + n * 14, most);
  context.globalAlpha = 1;
}
