import type { BoardDescription } from '../../machine/describe.ts';
import type { LaneOrder } from './lanes.ts';

/** The lanes of a board in the order of its graph: processors first, devices as they were added. */
export function laneOrder(board: BoardDescription): LaneOrder {
  const parts = board.components.map((c) => c.name);
  const rank = (name: string | null): number => parts.indexOf(name ?? '') + 1 || parts.length + 1;
  const regions = board.spaces.flatMap((s) => s.regions);
  const initiators = board.initiators.map((i) => i.name);
  const processors = board.initiators.filter((i) => i.kind === 'processor').map((i) => i.name);
  return {
    initiator: initiators, request: initiators, handler: processors, acknowledge: processors,
    target: [...new Set(regions.sort((a, b) => rank(a.owner) - rank(b.owner)).map((r) => r.name))],
    line: [...new Set(board.lines.map((l) => l.from))],
  };
}
