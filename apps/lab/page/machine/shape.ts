import type { Shape } from '../palette.ts';

/** Adds an initiator's shape around a point to the path of a canvas. `radius` in its units. */
export function shapePath(path: CanvasRenderingContext2D | Path2D, shape: Shape, x: number, y: number, radius: number):
void {
  const corners = (count: number, turn: number, inner = 1): void => {
    const all = inner === 1 ? count : 2 * count;
    for (let n = 0; n < all; n++) {
      const angle = turn + (2 * Math.PI * n) / all, r = n % 2 === 1 && inner !== 1 ? radius * inner : radius;
      path[n === 0 ? 'moveTo' : 'lineTo'](x + r * Math.cos(angle), y + r * Math.sin(angle));
    }
    path.closePath();
  };
  switch (shape) {
    case 'circle': path.arc(x, y, radius * 0.9, 0, 2 * Math.PI); return path.closePath();
    case 'square': return path.rect(x - radius * 0.8, y - radius * 0.8, radius * 1.6, radius * 1.6);
    case 'diamond': return corners(4, 0);
    case 'triangle': return corners(3, -Math.PI / 2);
    case 'hexagon': return corners(6, 0);
    case 'star': return corners(5, -Math.PI / 2, 0.45);
    case 'bar': return path.rect(x - radius * 0.45, y - radius, radius * 0.9, radius * 2);
    case 'cross': {
      const arm = radius * 0.35;
      path.rect(x - radius, y - arm, radius * 2, arm * 2);
      path.rect(x - arm, y - radius, arm * 2, radius - arm);
      return path.rect(x - arm, y + arm, arm * 2, radius - arm);
    }
  }
}
