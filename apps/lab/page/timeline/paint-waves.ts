/** Waves on a canvas, as a logic analyser draws them. */
import type { BoardDescription } from '../../../../src/machine/describe.ts';
import type { Ticks } from '../../../../src/sim/time.ts';
import { initiatorColour, type Colours } from '../colours.ts';
import { AXIS_HEIGHT, paintAxis } from './paint-axis.ts';
import { traceLevel } from './paint-lane.ts';
import { xOf, type View } from './scale.ts';
import type { Wave, WaveValue } from './waves.ts';

export const WAVE_HEIGHT = 20;
/** Width of the slope where a bus changes, in pixels. */
const SLOPE = 3;

export interface WaveSheet {
  readonly view: View;
  readonly width: number;
  readonly height: number;
  readonly scroll: number;
  readonly waves: readonly Wave[];
  readonly board: BoardDescription | null;
  readonly moment: Ticks;
  readonly selected: number;
}

export function paintWaves(c: CanvasRenderingContext2D, colours: Colours, sheet: WaveSheet): void {
  const { view, width, height, scroll, waves, board, moment } = sheet;
  c.fillStyle = colours.paper;
  c.fillRect(0, 0, width, height);
  c.save();
  c.beginPath();
  c.rect(0, AXIS_HEIGHT, width, height - AXIS_HEIGHT);
  c.clip();
  c.textBaseline = 'middle';
  waves.forEach((wave, n) => {
    const y = AXIS_HEIGHT - scroll + n * WAVE_HEIGHT;
    if (y > height || y + WAVE_HEIGHT < AXIS_HEIGHT) return;
    c.fillStyle = colours.rule;
    if (wave.kind === 'line' || wave.what === 'direction') c.fillRect(0, y + WAVE_HEIGHT - 1, width, 1);
    if (wave.kind === 'bus')
      paintBus(c, colours, wave.values, sheet, y, (name) => initiatorColour(name, board, colours));
    else {
      c.strokeStyle = colours.ink;
      traceLevel(c, wave.high, (time) => xOf(view, width, time), width, y + 4.5, y + WAVE_HEIGHT - 4.5);
    }
  });
  c.restore();
  paintAxis(c, colours, view, width);
  c.fillStyle = colours.accent;
  c.fillRect(Math.round(xOf(view, width, moment)), AXIS_HEIGHT - 8, 1, height);
}

/** A word between two crossings; a line in the middle where nothing stands on the bus. */
function paintBus(
  c: CanvasRenderingContext2D, colours: Colours, values: readonly WaveValue[],
  { view, width, selected }: WaveSheet, y: number, colour: (initiator: string) => string,
): void {
  const top = y + 3.5, bottom = y + WAVE_HEIGHT - 4.5, middle = (top + bottom) / 2;
  c.lineWidth = 1;
  c.font = `11px ${colours.mono}`;
  let at = -2;
  for (const { id, from, to, text, initiator } of values) {
    const left = xOf(view, width, from), right = Math.max(left + 1, xOf(view, width, to));
    c.strokeStyle = colours['ink-soft'];
    if (left > at) {
      c.beginPath();
      c.moveTo(at, middle);
      c.lineTo(left, middle);
      c.stroke();
    }
    at = Math.max(at, right);
    if (right < 0 || left > width) continue;
    const slope = Math.min(SLOPE, (right - left) / 2);
    c.strokeStyle = c.fillStyle = colour(initiator);
    c.beginPath();
    c.moveTo(left, middle);
    c.lineTo(left + slope, top);
    c.lineTo(right - slope, top);
    c.lineTo(right, middle);
    c.lineTo(right - slope, bottom);
    c.lineTo(left + slope, bottom);
    c.closePath();
    if (id === selected) {
      c.globalAlpha = 0.2;
      c.fill();
      c.globalAlpha = 1;
    }
    c.stroke();
    const begin = Math.max(left + SLOPE, 0), room = Math.min(right, width) - begin - SLOPE;
    c.fillStyle = colours.ink;
    if (c.measureText(text).width + 4 <= room) c.fillText(text, begin + 3, middle + 0.5);
  }
  c.strokeStyle = colours['ink-soft'];
  c.beginPath();
  c.moveTo(Math.max(-2, at), middle);
  c.lineTo(width + 2, middle);
  if (at < width) c.stroke();
}
