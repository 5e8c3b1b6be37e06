import { OUTLINES, type Shape } from '../palette.ts';

/** Half of the square that an outline fills. */
const HALF = 5;

/** An initiator's shape around a point, in the units of a canvas. */
export function shapeAt(shape: Shape, x: number, y: number, radius: number): Path2D {
  const scale = radius / HALF, path = new Path2D();
  path.addPath(new Path2D(OUTLINES[shape]), { a: scale, d: scale, e: x, f: y });
  return path;
}
