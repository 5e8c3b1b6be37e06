import type { BoardDescription } from '../../machine/describe.ts';
import { arrange, THROUGH, titleOf, type Measured, type Shape } from './arrange.ts';
import type { Diagram, DrawnPart, DrawnRail, Point } from './diagram.ts';
import { drawNets, TRACK, tracksOf } from './nets.ts';
import { OWN_SIZE, placeRow, type Arrangement, type PlacedRow, type Spot } from './place.ts';
import { importantParts, rowsOf } from './rows.ts';
import { topologyOf } from './topology.ts';

const RAIL = 8, MARGIN = 12;
/** Room at the right of the rails for what they are called, in full or in a word, and below. */
const ROOM = { beside: 116, short: 76, below: 12 } as const;
const BELOW = { beside: 8, short: 8, below: 24 } as const;
/** Below the last rail: what stands at its right is higher than it. */
const LAST = { beside: 4, short: 0, below: 0 } as const;

export interface LayoutOptions {
  /**
   * Names of the parts that matter: they are drawn large, and so is what leads to them. Left out:
   * what is in a slot or can begin a transfer.
   */
  readonly important?: readonly string[];
  /** The panel that the drawing is for; left out: it is as wide as it comes. */
  readonly shape?: Shape;
}

/**
 * Lays a board out: a row for each bus, the processors' first. Bridges stand at the left between
 * the rail that they hang on and the one that they lead to, parts above their rail, in the order of
 * slots and then of the board; parts of little importance are small, in columns behind the others.
 * Interrupt and request lines run above the boxes of a row, and at the left from row to row. How
 * wide and high parts are is chosen for the panel; the order never changes.
 */
export function layout(board: BoardDescription, options: LayoutOptions = {}): Diagram {
  const topology = topologyOf(board);
  const rows = rowsOf(board, topology, importantParts(board, topology, options.important));
  const tracks = tracksOf(topology, rows.map((r) => [...r.large, ...r.small].map((p) => p.name)));
  const left = MARGIN + tracks.trunks * TRACK + (tracks.trunks > 0 ? 8 : 0);
  const place = (a: Arrangement): Measured & { readonly right: number; readonly rails: readonly number[] } => {
    const placed: PlacedRow[] = [], rails: number[] = [];
    const within = a.within - ROOM[a.labels];
    let top = 4;
    for (const [index, row] of rows.entries()) {
      const boxes = top + channelHeight(tracks.perRow[index] as number, index);
      const here = placeRow(row, { ...a, within }, left, boxes);
      placed.push(here);
      rails.push(boxes + here.height + a.drop);
      top = boxes + here.height + a.drop + RAIL + BELOW[a.labels];
    }
    const right = Math.max(...placed.map((r) => r.end));
    return { width: right + ROOM[a.labels], height: top + LAST[a.labels], right, rails, rows: placed };
  };
  const arrangement = options.shape === undefined ? OWN_SIZE : arrange(options.shape, place);
  const { width, height, right, rails: tops, rows: placed } = place(arrangement);
  const rails = rows.map((row, n): DrawnRail => {
    const { behind = null, parent = null } = topology.rails.find((r) => r.name === row.rail) ?? {};
    return { name: row.rail, x: left, y: tops[n] as number, width: right - left, height: RAIL, behind, parent };
  });
  const parts = new Map(placed.flatMap((row, n) =>
    row.spots.map((spot): [string, DrawnPart] => [spot.part.name, drawn(spot, tops[n] as number, rails)])));
  return {
    width, height, board, topology, rails, labels: arrangement.labels, named: arrangement.named,
    parts: topology.parts.map((p) => parts.get(p.name) as DrawnPart), nets: drawNets(topology, tracks, parts, left),
  };
}

/** Room above the boxes of a row: for lines, and at least for a stub to be seen. */
function channelHeight(tracks: number, row: number): number {
  const lines = tracks === 0 ? 0 : 8 + TRACK * tracks;
  return Math.ceil(Math.max(lines, row === 0 ? 4 : 12) / 4) * 4;
}

function drawn({ part, box, small, owner }: Spot, railTop: number, rails: readonly DrawnRail[]): DrawnPart {
  const all = { name: part.name, role: part.role, quiet: small, ...box };
  const height = box.y + box.height / 2;
  if (owner !== null) {
    // What a card brought along stands beside it.
    return {
      ...all, title: [], rail: null, stub: [], leadsTo: null, leadStub: [], owner: part.owner,
      ownerStub: [{ x: box.x, y: height }, { x: owner, y: height }],
    };
  }
  const bridge = part.role === 'bridge', side = box.x - 8, bottom = box.y + box.height;
  const middle = bridge ? box.x + THROUGH / 2 : box.x + box.width / 2;
  const upper = bridge ? rails.find((r) => r.name === part.rail) : undefined;
  // A small part's way down runs beside its column.
  const down: Point[] = small
    ? [{ x: box.x, y: height }, { x: side, y: height }, { x: side, y: railTop }]
    : [{ x: middle, y: bottom }, { x: middle, y: railTop }];
  const up: Point[] = upper === undefined ? [] : small
    ? [{ x: side, y: height }, { x: side, y: upper.y + RAIL }]
    : [{ x: middle, y: box.y }, { x: middle, y: upper.y + RAIL }];
  return {
    ...all, title: small ? [] : titleOf(part, box),
    rail: part.rail, stub: part.rail === null ? [] : bridge ? up : down,
    leadsTo: part.leadsTo, leadStub: bridge ? down : [],
    owner: part.owner, ownerStub: [],
  };
}
