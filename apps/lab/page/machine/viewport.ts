import { fitting } from '../../../../src/control/diagram/arrange.ts';
import type { Diagram, Point } from '../../../../src/control/diagram/diagram.ts';

/** From the drawing's units to CSS pixels of the panel. */
export interface Viewport {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

/** Never so small that nothing can be made out. */
const SMALLEST = 0.25, LARGEST = 6;

/** The whole drawing in the middle of a panel. */
export function fit(diagram: Diagram, width: number, height: number): Viewport {
  const scale = fitting(diagram, { width, height });
  return {
    scale, x: Math.round((width - diagram.width * scale) / 2), y: Math.round((height - diagram.height * scale) / 2),
  };
}

/** Larger or smaller by a factor, with what is under `at` staying there. */
export function zoom(view: Viewport, factor: number, at: Point): Viewport {
  const scale = Math.min(LARGEST, Math.max(SMALLEST, view.scale * factor)), by = scale / view.scale;
  return { scale, x: at.x - (at.x - view.x) * by, y: at.y - (at.y - view.y) * by };
}

export function pan(view: Viewport, x: number, y: number): Viewport {
  return { ...view, x: view.x + x, y: view.y + y };
}
