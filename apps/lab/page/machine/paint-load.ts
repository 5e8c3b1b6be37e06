import type { Diagram } from '../../../../src/control/diagram/diagram.ts';
import { initiatorColour, type Colours } from '../colours.ts';
import type { RailShare } from './load.ts';

/** Height of a bar, and its distance from the rail. */
const BAR = 3, BELOW = 2;

/** Below each rail: how much of the time each initiator had transfers on it. */
export function paintLoad(
  context: CanvasRenderingContext2D, diagram: Diagram, colours: Colours,
  load: ReadonlyMap<string, readonly RailShare[]>,
): void {
  for (const rail of diagram.rails) {
    const shares = load.get(rail.name) ?? [];
    const sum = shares.reduce((all, s) => all + s.share, 0), y = rail.y + rail.height + BELOW;
    let x = rail.x;
    for (const { initiator, share } of shares) {
      // More than all of the time: several waited at once.
      const width = (rail.width * share) / Math.max(1, sum);
      context.fillStyle = initiatorColour(initiator, diagram.board, colours);
      context.fillRect(x, y, width, BAR);
      x += width;
    }
  }
}
