import type { BoardDescription } from '../../machine/describe.ts';
import type { Box, Diagram, DrawnPart, DrawnRail, Point } from './diagram.ts';
import { labelLines } from './label.ts';
import { drawNets, TRACK, tracksOf } from './nets.ts';
import { PROCESSOR_RAIL, topologyOf, type PartNode, type Topology } from './topology.ts';

/** Boxes: of parts that matter, of processors and memory, and the height of small ones. */
const BOX = 144, ACTOR = 176, TALL = 56, SMALL = 16;
/** Small parts stand in columns of three, as high as a large one. */
const STACK = 3, STACK_GAP = 4;
/** Space between boxes, around small ones, below boxes, and below rails. */
const GAP = 16, SIDE = 12, DROP = 12, BELOW = 8;
const RAIL = 8, MARGIN = 12;
/** Room at the right of the rails for what they are called. */
const RAIL_LABEL = 112;
/** Widths of a character of the labels and of the names of small parts, and lines of a label. */
const LABEL_CHARACTER = 6.2, NAME_CHARACTER = 6.4, LABEL_LINES = 2;
/** In a bridge's box: the lane at its left in which transfers pass. */
export const THROUGH = 24;
/** Space beside the name of a small part. */
const NAME_SIDE = 12;

export interface LayoutOptions {
  /**
   * Names of the parts that matter: they are drawn large, and so is what leads to them. Left out:
   * what is in a slot or can begin a transfer.
   */
  readonly important?: readonly string[];
}

/** Everything that stands above one rail and hangs on it. */
interface Row {
  readonly rail: string;
  readonly large: readonly PartNode[];
  readonly small: readonly PartNode[];
}

/**
 * Lays a board out: a row for each bus, the processors' first. Bridges stand at the left between
 * the rail that they hang on and the one that they lead to, parts above their rail, in the order of
 * slots and then of the board; parts of little importance are small, in columns behind the others.
 * Interrupt and request lines run above the boxes of a row, and at the left from row to row.
 */
export function layout(board: BoardDescription, options: LayoutOptions = {}): Diagram {
  const topology = topologyOf(board);
  const large = importantParts(board, topology, options.important);
  const rows = rowsOf(board, topology, large);
  const tracks = tracksOf(topology, rows.map((r) => [...r.large, ...r.small].map((p) => p.name)));
  const left = MARGIN + tracks.trunks * TRACK + (tracks.trunks > 0 ? 8 : 0);
  const parts = new Map<string, DrawnPart>(), rails: DrawnRail[] = [];
  let top = 4, right = 0;
  for (const [index, row] of rows.entries()) {
    const boxes = top + channelHeight(tracks.perRow[index] as number, index);
    const height = row.large.length > 0 ? TALL : stackHeight(Math.min(STACK, row.small.length));
    const railTop = boxes + height + DROP;
    const end = placeRow(row, { left, top: boxes, height, railTop, rails }, parts);
    right = Math.max(right, end);
    rails.push({
      name: row.rail, x: left, y: railTop, width: 0, height: RAIL,
      behind: topology.rails.find((r) => r.name === row.rail)?.behind ?? null,
      parent: topology.rails.find((r) => r.name === row.rail)?.parent ?? null,
    });
    top = railTop + RAIL + BELOW;
  }
  const width = right + RAIL_LABEL;
  const inOrder = topology.parts.map((p) => parts.get(p.name) as DrawnPart);
  return {
    width, height: top, board, topology, parts: inOrder,
    rails: rails.map((r) => ({ ...r, width: right - r.x })),
    nets: drawNets(topology, tracks, parts, left),
  };
}

/** Room above the boxes of a row: for lines, and at least for a stub to be seen. */
function channelHeight(tracks: number, row: number): number {
  const lines = tracks === 0 ? 0 : 8 + TRACK * tracks;
  return Math.ceil(Math.max(lines, row === 0 ? 4 : 12) / 4) * 4;
}

function stackHeight(count: number): number {
  return count * SMALL + Math.max(0, count - 1) * STACK_GAP;
}

/** Those that are drawn large, with the bridges that lead to them and memory. */
function importantParts(
  board: BoardDescription, topology: Topology, given: readonly string[] | undefined,
): ReadonlySet<string> {
  const all = new Set(given ?? [
    ...board.initiators.map((i) => i.component),
    ...board.slots.map((s) => s.component),
  ]);
  for (const p of topology.parts) if (p.role === 'processor' || p.role === 'memory') all.add(p.name);
  for (const p of topology.parts) {
    if (!all.has(p.name)) continue;
    for (let at = topology.rails.find((r) => r.name === p.rail); at?.behind != null;) {
      all.add(at.behind);
      const above = at.parent;
      at = topology.rails.find((r) => r.name === above);
    }
  }
  return all;
}

/** Rows in the order of the rails; parts on no rail stand with the last. */
function rowsOf(board: BoardDescription, topology: Topology, large: ReadonlySet<string>): Row[] {
  const slot = (name: string): number => {
    const at = board.slots.findIndex((s) => s.component === name);
    return at < 0 ? board.slots.length : at;
  };
  const last = (topology.rails.at(-1) as Topology['rails'][number]).name;
  return topology.rails.map(({ name }) => {
    const free = (p: PartNode): boolean => p.role !== 'attached' && p.leadsTo === null;
    const here = topology.parts.filter((p) =>
      free(p) && (p.rail === name || (p.rail === null && name === last)));
    const bridges = topology.parts.filter((p) => p.leadsTo === name);
    const inOrder = [...here.keys()].sort((a, b) =>
      slot((here[a] as PartNode).name) - slot((here[b] as PartNode).name) || a - b).map((n) => here[n] as PartNode);
    const first = name === PROCESSOR_RAIL
      ? [...inOrder.filter((p) => p.role === 'processor'), ...inOrder.filter((p) => p.role !== 'processor')]
      : [...bridges, ...inOrder];
    const withAttached = first.flatMap((p) => [p, ...attachedTo(topology, p.name)]);
    const isLarge = (p: PartNode): boolean => large.has(p.name);
    return {
      rail: name,
      large: withAttached.filter((p) => p.role === 'attached' ? large.has(rootOf(topology, p)) : isLarge(p)),
      small: withAttached.filter((p) => p.role === 'attached' ? !large.has(rootOf(topology, p)) : !isLarge(p)),
    };
  });
}

/** The parts that a part brought along. */
function attachedTo(topology: Topology, owner: string): PartNode[] {
  return topology.parts.filter((p) => p.role === 'attached' && p.owner === owner)
    .flatMap((p) => [p, ...attachedTo(topology, p.name)]);
}

function rootOf(topology: Topology, part: PartNode): string {
  return topology.parts.find((p) => p.name === part.owner)?.name ?? '';
}

interface RowPlace {
  readonly left: number;
  readonly top: number;
  readonly height: number;
  readonly railTop: number;
  /** Those that are drawn already, above. */
  readonly rails: readonly DrawnRail[];
}

/** Places the parts of a row; returns where the last one ends. */
function placeRow(row: Row, place: RowPlace, into: Map<string, DrawnPart>): number {
  let x = place.left, end = place.left;
  for (const part of row.large) {
    if (part.role === 'attached') continue;
    const width = part.role === 'processor' || part.role === 'memory' ? ACTOR : BOX;
    into.set(part.name, drawn(part, { x, y: place.top, width, height: TALL }, false, place));
    end = x + width;
    const own = row.large.filter((p) => p.owner === part.name);
    if (own.length > 0) end = placeAttached(own, into.get(part.name) as DrawnPart, into);
    x = end + GAP;
  }
  const columns: PartNode[][] = [];
  for (const [n, part] of row.small.entries()) {
    if (n % STACK === 0) columns.push([]);
    (columns.at(-1) as PartNode[]).push(part);
  }
  for (const column of columns) {
    const width = Math.ceil((Math.max(...column.map((p) => p.name.length)) * NAME_CHARACTER + NAME_SIDE) / 4) * 4;
    x += SIDE;
    for (const [n, part] of column.entries())
      into.set(part.name, drawn(part, {
        x, y: place.top + n * (SMALL + STACK_GAP), width, height: SMALL,
      }, true, place));
    end = x + width;
    x = end + SIDE;
  }
  return end + (columns.length > 0 ? SIDE : 0);
}

/** What a card brought along stands beside it, one below the other. */
function placeAttached(parts: readonly PartNode[], owner: DrawnPart, into: Map<string, DrawnPart>): number {
  let end = owner.x + owner.width, x = end;
  for (let first = 0; first < parts.length; first += STACK) {
    const column = parts.slice(first, first + STACK);
    const width = Math.ceil((Math.max(...column.map((p) => p.name.length)) * NAME_CHARACTER + NAME_SIDE) / 4) * 4;
    x = end + SIDE;
    for (const [n, part] of column.entries()) {
      const y = owner.y + n * (SMALL + STACK_GAP), middle = y + SMALL / 2;
      into.set(part.name, {
        name: part.name, role: part.role, title: [], quiet: true, x, y, width, height: SMALL,
        rail: null, stub: [], leadsTo: null, leadStub: [], owner: owner.name,
        ownerStub: [{ x, y: middle }, { x: end, y: middle }],
      });
    }
    end = x + width;
  }
  return end;
}

function drawn(part: PartNode, box: Box, small: boolean, place: RowPlace): DrawnPart {
  const bridge = part.role === 'bridge', side = box.x - 8, bottom = box.y + box.height;
  const middle = bridge ? box.x + THROUGH / 2 : box.x + box.width / 2;
  const columns = Math.floor((box.width - 16 - (bridge ? THROUGH - 8 : 0)) / LABEL_CHARACTER);
  const upper = bridge ? place.rails.find((r) => r.name === part.rail) : undefined;
  // A small part's way down runs beside its column.
  const down: Point[] = small
    ? [{ x: box.x, y: box.y + box.height / 2 }, { x: side, y: box.y + box.height / 2 }, { x: side, y: place.railTop }]
    : [{ x: middle, y: bottom }, { x: middle, y: place.railTop }];
  const up: Point[] = upper === undefined ? [] : small
    ? [{ x: side, y: box.y + box.height / 2 }, { x: side, y: upper.y + RAIL }]
    : [{ x: middle, y: box.y }, { x: middle, y: upper.y + RAIL }];
  return {
    name: part.name, role: part.role, title: small ? [] : labelLines(part.title, columns, LABEL_LINES),
    quiet: small, ...box,
    rail: part.rail, stub: part.rail === null ? [] : bridge ? up : down,
    leadsTo: part.leadsTo, leadStub: bridge ? down : [],
    owner: part.owner, ownerStub: [],
  };
}
