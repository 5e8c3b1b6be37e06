import type { Ticks } from '../../sim/time.ts';
import { us } from '../../sim/time.ts';

/** Lines of the display, and pixels of a line. */
export const DISPLAY_LINES = 8, DISPLAY_COLUMNS = 8;
/** Time in which a line is drawn; a figure of ours, short enough for a lesson. */
export const LINE_TIME: Ticks = us(2);

/** Cells of the display, declared by the card. */
export interface DisplayCells {
  /** One colour of 24 bits a line: the one that held while the beam was there. */
  lines: Uint32Array;
  /** Lines drawn since time 0 that are in `lines`. */
  drawn: number;
}

export function displayCells(): DisplayCells & Record<string, Uint32Array | number> {
  return { lines: new Uint32Array(DISPLAY_LINES), drawn: 0 };
}

/** The line that is being drawn at `now`, counted from time 0 on. */
export function lineAt(now: Ticks): number {
  return Math.floor(now / LINE_TIME);
}

/**
 * Draws all lines that have been passed until `now` in `colour`. The beam needs no event: nothing
 * but a write to the colour register can make a difference, and the write says so itself.
 */
export function drawUntil(cells: DisplayCells, now: Ticks, colour: number): void {
  const until = lineAt(now);
  for (let n = Math.max(cells.drawn, until - DISPLAY_LINES); n < until; n++) cells.lines[n % DISPLAY_LINES] = colour;
  cells.drawn = until;
}

/** What a viewer sees at `now`: 8 × 8 pixels of 24 bits, line by line. Changes nothing. */
export function frameAt(cells: DisplayCells, now: Ticks, colour: number): Uint32Array {
  const shown = { lines: cells.lines.slice(), drawn: cells.drawn };
  drawUntil(shown, now, colour);
  const pixels = new Uint32Array(DISPLAY_LINES * DISPLAY_COLUMNS);
  for (let y = 0; y < DISPLAY_LINES; y++)
    pixels.fill(shown.lines[y], y * DISPLAY_COLUMNS, (y + 1) * DISPLAY_COLUMNS);
  return pixels;
}
