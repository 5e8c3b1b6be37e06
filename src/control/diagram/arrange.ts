/** Which arrangement of a drawing fits a panel best. */
import { labelLines } from './label.ts';
import { OWN_SIZE, type Arrangement, type PlacedRow } from './place.ts';

/** A panel: CSS pixels, which are units of a drawing at its own size. */
export interface Shape {
  readonly width: number;
  readonly height: number;
}

/** A drawing is shown at most so much larger than at its own size. */
const LARGEST_FIT = 1.4;

/** A board under some arrangement, measured. */
export interface Measured {
  readonly width: number;
  readonly height: number;
  readonly rows: readonly PlacedRow[];
}

const BOXES = [80, 96, 112, 128, 144, 168, 192], STACKS = [2, 3, 4], LABELS = ['beside', 'below', 'short'] as const;
/** Rows are as wide as the panel at these scales. */
const SCALES = [0.85, 1, 1.2, LARGEST_FIT];
/** What is left free is given to the space above rails, up to this. */
const MOST_DROP = 28;
/** That space where there is little. */
const TIGHT = 8;
/** A drawing below its own size is hard to read; what else is worth something. */
const TOO_SMALL = 6, WITHOUT_NAMES = 0.68, SHORT_LABELS = 0.97, LOST_TITLE = 0.88, FILLED = 0.15, LARGER = 0.4;

/**
 * The arrangement in which a board can be read best in a panel: letters at their own size before
 * anything else, then names of small parts, then titles that are not cut, then a panel that is
 * filled. The same board and shape give the same arrangement.
 * @param measure the size of the drawing for an arrangement
 */
export function arrange(shape: Shape, measure: (a: Arrangement) => Measured): Arrangement {
  let best = OWN_SIZE, most = -1;
  for (const named of [true, false])
    for (const labels of LABELS)
      for (const box of BOXES)
        for (const stack of STACKS)
          for (const scale of SCALES) {
            const tight = !named && stack === STACKS[0];
            const a = { named, labels, box, stack, within: shape.width / scale, drop: tight ? TIGHT : OWN_SIZE.drop };
            const size = measure(a), worth = worthOf(a, size, shape);
            if (worth <= most) continue;
            const whole = worth * LOST_TITLE ** lostTitles(size);
            if (whole > most) [best, most] = [a, whole];
          }
  return spread(best, measure(best), shape);
}

/** Before titles are looked at. */
function worthOf(a: Arrangement, size: Measured, shape: Shape): number {
  const scale = fitting(size, shape);
  const filled = (size.width * size.height * scale * scale) / (shape.width * shape.height);
  const legible = scale < 1 ? scale ** TOO_SMALL : 1 + LARGER * (scale - 1);
  return legible * (1 + FILLED * filled) * (a.named ? 1 : WITHOUT_NAMES) * (a.labels === 'short' ? SHORT_LABELS : 1);
}

/** How much of the titles is not there: 1 for each that is missing. */
function lostTitles(size: Measured): number {
  let lost = 0;
  for (const { small, part, box } of size.rows.flatMap((r) => r.spots)) {
    const whole = labelLines(part.title, Infinity, 1).join('').length;
    if (!small && whole > 0) lost += Math.max(0, 1 - titleOf(part, box).join(' ').replace('…', '').length / whole);
  }
  return lost;
}

/** The scale at which a drawing of a size is shown in a panel. */
export function fitting(size: Shape, shape: Shape): number {
  return Math.max(0.05, Math.min(LARGEST_FIT, shape.width / size.width, shape.height / size.height));
}

/** Height that is left goes above the rails, where it separates rows least. */
function spread(a: Arrangement, size: Measured, shape: Shape): Arrangement {
  const free = shape.height / fitting(size, shape) - size.height;
  const more = Math.floor(free / size.rows.length / 4) * 4;
  return { ...a, drop: Math.max(a.drop, Math.min(MOST_DROP, a.drop + more)) };
}

/** Width of a character of a label, height of a line, and what a box has beside and above. */
const LABEL_CHARACTER = 6.2, LINE = 14, BESIDE = 16, ABOVE = 20;
/** A shorter line that is cut says nothing. */
const FEWEST_CHARACTERS = 11;
/** In a bridge's box: the lane at its left in which transfers pass. */
export const THROUGH = 24;

/** The title of a large part, in lines that fit its box; none where they would be too short. */
export function titleOf(part: { readonly title: string; readonly role: string }, box: Shape): string[] {
  const beside = BESIDE + (part.role === 'bridge' ? THROUGH - 8 : 0);
  const characters = Math.floor((box.width - beside) / LABEL_CHARACTER);
  const lines = labelLines(part.title, characters, Math.floor((box.height - ABOVE) / LINE));
  const alone = lines.length === 1 && lines[0]?.endsWith('…') === true;
  return alone && characters < FEWEST_CHARACTERS ? [] : lines;
}
