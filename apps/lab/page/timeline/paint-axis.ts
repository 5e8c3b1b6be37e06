/** The time axis at the top of a canvas. */
import type { Colours } from '../colours.ts';
import { axisOf } from './axis.ts';
import type { View } from './scale.ts';

export const AXIS_HEIGHT = 24;

/** Ticks, as many of their labels as there is room for, and the time that labels count from. */
export function paintAxis(c: CanvasRenderingContext2D, colours: Colours, view: View, width: number): void {
  const { ticks, base } = axisOf(view, width);
  c.font = `11px ${colours.sans}`;
  c.textBaseline = 'middle';
  const free = base === '' ? 0 : c.measureText(base).width + 16;
  for (const { x, label } of ticks) {
    c.fillStyle = colours['ink-soft'];
    const at = Math.round(x), height = label === '' ? 4 : 8;
    c.fillRect(at, AXIS_HEIGHT - height, 1, height);
    if (label === '' || at < free || at + c.measureText(label).width + 8 > width) continue;
    c.fillText(label, at + 4, 9);
  }
  c.fillStyle = colours.ink;
  c.fillText(base, 4, 9);
  c.fillStyle = colours.rule;
  c.fillRect(0, AXIS_HEIGHT - 1, width, 1);
}
