import type { Picture } from '../../../host/video.ts';
import { FONT_ROWS, glyph } from '../../../machine/firmware/vga-font.ts';
import { linearModeOf, type DisplayMode, type LinearMode } from '../../../machine/firmware/display-mode.ts';

/** What a terminal of 8 by 16 dots a character shows in a mode, and where. */
export interface Page extends LinearMode {
  readonly columns: number;
  readonly lines: number;
}

const CELL = 8;
/** The grey of terminals (colour 7), in 8 bits. */
const GREY = 0xaa;
/** In fields of 5 or 6 bits it comes out a little lighter or darker. */
const NEAR = 8;
const FIRST = 0x21, PRINTING = 94;
const ROWS = Array.from({ length: FIRST + PRINTING }, (_, code) => glyph(code));

/** @throws Error for a text mode */
export function pageOf(mode: DisplayMode): Page {
  const linear = linearModeOf(mode);
  if (linear === null) throw new Error(`${mode} has no pixels`);
  return {
    ...linear, columns: Math.floor(linear.width / CELL), lines: Math.floor(linear.height / FONT_ROWS),
  };
}

/** The code of the character in a cell: each of those that print, none twice in a row. */
export function codeAt(column: number, line: number): number {
  return FIRST + ((column + 7 * line) % PRINTING);
}

/** The page as a terminal gets it: each line from its place on, so that nothing scrolls. */
export function pageText({ columns, lines }: Page): string {
  return Array.from({ length: lines }, (_, line) => `\x1b[${line + 1};1H` + String.fromCharCode(
    ...Array.from({ length: columns }, (__, column) => codeAt(column, line)),
  )).join('');
}

/** Whether a dot of the page is grey; black are letters and what is beside the cells. */
function isGrey({ columns, lines }: Page, x: number, y: number): boolean {
  const column = x >> 3, line = Math.floor(y / FONT_ROWS);
  if (column >= columns || line >= lines) return false;
  return ((ROWS[codeAt(column, line)][y % FONT_ROWS] >> (7 - (x % CELL))) & 1) === 0;
}

/** The page as it stands in a frame buffer, for who writes it there as it is. */
export function pagePixels(page: Page): Uint8Array {
  const { width, height, bits } = page, bytes = new Uint8Array((width * height * bits) / 8);
  const pixel = bits === 32 ? [GREY, GREY, GREY, 0] : [0x55, 0xad];
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, at += pixel.length) if (isGrey(page, x, y)) bytes.set(pixel, at);
  return bytes;
}

/** Dots of a picture that are not the page's. */
export function wrongDots(picture: Picture | null, page: Page): number {
  const { width, height } = page;
  if (picture === null || picture.width !== width || picture.height !== height) return width * height;
  let wrong = 0;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = 4 * (y * width + x), wanted = isGrey(page, x, y) ? GREY : 0, { rgba } = picture;
      const near = (n: number): boolean => Math.abs(rgba[at + n] - wanted) <= NEAR;
      if (!near(0) || !near(1) || !near(2)) wrong++;
    }
  return wrong;
}
