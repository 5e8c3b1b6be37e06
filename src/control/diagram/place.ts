/** Where the parts of a row stand, for one arrangement of a drawing. */
import type { Box } from './diagram.ts';
import type { Row } from './rows.ts';
import type { PartNode } from './topology.ts';

/** How a board is laid out. Lengths are units of the drawing, in steps of 4. */
export interface Arrangement {
  /** Width of a large part; processors and memory are wider. */
  readonly box: number;
  /** Small parts that stand on one another; large ones are as high as these. */
  readonly stack: number;
  /** A row that is wider becomes higher, as far as that helps. */
  readonly within: number;
  /** Where rails say what they are: at their right, there in a word, or below. */
  readonly labels: 'beside' | 'short' | 'below';
  /** Small parts have their names in them; without, they are little more than dots. */
  readonly named: boolean;
  /** From boxes to their rail. */
  readonly drop: number;
}

/** What a drawing has that need not fit in anywhere. */
export const OWN_SIZE: Arrangement = {
  box: 144, stack: 3, within: Infinity, labels: 'beside', named: true, drop: 12,
};

/** A processor or memory is wider than other large parts: by how much, and from where on more. */
const WIDER = 32, LITTLE_WIDER = 16, MIDDLE = 112;
const SMALL = 16, DOT = 8, STACK_GAP = 4;
const HIGHEST_STACK = 7;
/** Space between boxes, and around small ones. */
const GAP = 16, SIDE = 12, DOT_GAP = 20;
/** Width of a character of the names of small parts, and space beside a name. */
const NAME_CHARACTER = 6.7, NAME_SIDE = 12;

/** A part in its place. */
export interface Spot {
  readonly part: PartNode;
  readonly box: Box;
  readonly small: boolean;
  /** Where the way to the part that brought it along ends; null: it came by itself. */
  readonly owner: number | null;
}

export interface PlacedRow {
  readonly spots: readonly Spot[];
  /** Where the last part ends. */
  readonly end: number;
  readonly height: number;
}

/** Places the parts of a row, its boxes' upper edge at `top`, the first one at `left`. */
export function placeRow(row: Row, a: Arrangement, left: number, top: number): PlacedRow {
  let { stack } = a, placed = placeStacked(row, a, stack, left, top);
  while (placed.end > a.within && stack < Math.min(HIGHEST_STACK, row.small.length)) {
    const higher = placeStacked(row, a, ++stack, left, top);
    if (higher.end < placed.end) placed = higher;
  }
  return placed;
}

function placeStacked(row: Row, a: Arrangement, stack: number, left: number, top: number): PlacedRow {
  const spots: Spot[] = [], tall = heightOf(stack, SMALL), each = a.named ? SMALL : DOT;
  /** Small parts in a column. */
  const column = Math.floor((tall + STACK_GAP) / (each + STACK_GAP));
  let x = left, end = left;
  const stackAt = (parts: readonly PartNode[], owned: boolean): void => {
    for (let first = 0; first < parts.length; first += column) {
      const some = parts.slice(first, first + column), width = a.named ? nameWidth(some) : DOT;
      const owner = owned ? end : null;
      for (const [n, part] of some.entries()) {
        const box = { x, y: top + n * (each + STACK_GAP), width, height: each };
        spots.push({ part, box, small: true, owner });
      }
      end = x + width;
      x = end + (owned ? SIDE : a.named ? 2 * SIDE : DOT_GAP);
    }
  };
  for (const part of row.large) {
    if (part.role === 'attached') continue;
    const actor = part.role === 'processor' || part.role === 'memory';
    const width = a.box + (actor ? a.box > MIDDLE ? WIDER : LITTLE_WIDER : 0);
    const box = { x, y: top, width, height: tall };
    spots.push({ part, box, small: false, owner: null });
    end = x + width;
    x = end + SIDE;
    stackAt(row.large.filter((p) => p.owner === part.name), true);
    x = end + GAP;
  }
  x += SIDE;
  stackAt(row.small, false);
  return {
    spots, end: row.small.length > 0 ? end + SIDE : end,
    height: row.large.length > 0 ? tall : heightOf(Math.min(column, row.small.length), each),
  };
}

function heightOf(count: number, each: number): number {
  return count * each + Math.max(0, count - 1) * STACK_GAP;
}

function nameWidth(parts: readonly PartNode[]): number {
  return Math.ceil((Math.max(...parts.map((p) => p.name.length)) * NAME_CHARACTER + NAME_SIDE) / 4) * 4;
}
