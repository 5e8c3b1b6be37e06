import type { DrawnNet, DrawnPart, Point } from './diagram.ts';
import type { Topology } from './topology.ts';

/** Distance of two lines. */
export const TRACK = 4;
/** From the right edge of a box to its first pin, and between pins. */
const PIN_SIDE = 12, PIN = 8;

/** Where lines run: by row, the nets that have a track there; those that go from row to row. */
export interface Tracks {
  /** By row: how many tracks it has. */
  readonly perRow: readonly number[];
  readonly trunks: number;
  /** Row of a part. */
  readonly rowOf: ReadonlyMap<string, number>;
  /** By row: net → its track; by net: its trunk, or -1. */
  readonly track: readonly ReadonlyMap<number, number>[];
  readonly trunk: readonly number[];
}

/** Gives every net a track in each row that it touches, and a trunk if there are several. */
export function tracksOf(topology: Topology, rows: readonly (readonly string[])[]): Tracks {
  const rowOf = new Map(rows.flatMap((names, row) => names.map((n): [string, number] => [n, row])));
  const track = rows.map(() => new Map<number, number>());
  let trunks = 0;
  const trunk = topology.nets.map((net, n) => {
    const touched = new Set([net.to, ...net.from].map((p) => rowOf.get(p) ?? 0));
    for (const row of touched) {
      const here = track[row] as Map<number, number>;
      here.set(n, here.size);
    }
    return touched.size > 1 ? trunks++ : -1;
  });
  return { perRow: track.map((t) => t.size), trunks, rowOf, track, trunk };
}

/** Draws the nets between parts that are placed; `left` is where rails begin. */
export function drawNets(
  topology: Topology, tracks: Tracks, parts: ReadonlyMap<string, DrawnPart>, left: number,
): DrawnNet[] {
  const tops = new Map<number, number>();
  for (const part of parts.values()) {
    const row = tracks.rowOf.get(part.name) ?? 0;
    tops.set(row, Math.min(tops.get(row) ?? Infinity, part.y));
  }
  const pins = new Map<string, number>();
  /** The n-th line of a part leaves it here, and comes out above the boxes. */
  const pin = (part: DrawnPart): Point[] => {
    const n = pins.get(part.name) ?? 0;
    pins.set(part.name, n + 1);
    if (!part.quiet) return [{ x: part.x + part.width - PIN_SIDE - n * PIN, y: part.y }];
    const x = part.x + part.width + 4 + (n % 2) * TRACK, y = part.y + part.height / 2;
    return [{ x: part.x + part.width, y }, { x, y }];
  };
  return topology.nets.map((net, n): DrawnNet => {
    const height = (row: number): number =>
      (tops.get(row) as number) - 4 - TRACK * ((tracks.track[row] as ReadonlyMap<number, number>).get(n) as number);
    const trunk = Math.min(8 + TRACK * (tracks.trunk[n] as number), left - 4);
    const to = parts.get(net.to) as DrawnPart, toRow = tracks.rowOf.get(net.to) ?? 0;
    const end = pin(to), last = end.at(-1) as Point, toHeight = height(toRow);
    const down = [{ x: last.x, y: toHeight }, ...end.toReversed()];
    const tap = (from: string): DrawnNet['taps'][number] => {
      const row = tracks.rowOf.get(from) ?? 0, start = pin(parts.get(from) as DrawnPart), y = height(row);
      const up = [...start, { x: (start.at(-1) as Point).x, y }];
      const across = row === toRow ? [] : [{ x: trunk, y }, { x: trunk, y: toHeight }];
      return { from, points: [...up, ...across, ...down] };
    };
    return { kind: net.kind, to: net.to, lines: net.lines, end: down, taps: net.from.map(tap) };
  });
}
