import type { BoardDescription } from '../../machine/describe.ts';
import type { LaneOrder } from './lanes.ts';

/** The lanes of a board in the order of its graph: processors first, devices as they were added. */
export function laneOrder(board: BoardDescription): LaneOrder {
  const parts = board.components.map((c) => c.name);
  const rank = (name: string | null): number => parts.indexOf(name ?? '') + 1 || parts.length + 1;
  const regions = board.spaces.flatMap((s) => s.regions);
  return {
    initiator: board.initiators.map((i) => i.name),
    target: [...new Set([...regions].sort((a, b) => rank(a.owner) - rank(b.owner)).map((r) => r.name))],
    request: board.initiators.map((i) => i.name),
    line: [...new Set(board.lines.map((l) => l.from))],
    handler: board.initiators.filter((i) => i.kind === 'processor').map((i) => i.name),
    acknowledge: board.initiators.filter((i) => i.kind === 'processor').map((i) => i.name),
  };
}
