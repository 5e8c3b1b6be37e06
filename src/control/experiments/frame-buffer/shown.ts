import type { Picture } from '../../../host/video.ts';

/** Colour of the pixels 8 × `column` to 8 × `column` + 7 in a line of picture `n`: 0 to 15. */
export function colourAt(column: number, line: number, n: number): number {
  return ((column ^ (line >> 4)) + n) & 15;
}

/** Red, green and blue of a colour. */
export function rgbOf(colour: number): readonly [red: number, green: number, blue: number] {
  const red = (colour & 3) * 85;
  return [red, (colour >> 2) * 85, 255 - red];
}

/** No colour of ours. */
const NONE = -1;

/** The sixteen colours as a picture has them. */
const DOTS = Uint32Array.from({ length: 16 }, (_, colour) => {
  const [red, green, blue] = rgbOf(colour);
  return red | (green << 8) | (blue << 16) | (255 << 24);
});

/** The number (modulo 16) of the picture that a dot is of, or -1. */
function pictureOf({ rgba, width }: Picture, x: number, y: number): number {
  const at = 4 * (y * width + x), red = rgba[at] / 85, green = rgba[at + 1] / 85;
  if (!Number.isInteger(red) || !Number.isInteger(green) || rgba[at + 2] !== 255 - rgba[at]) return NONE;
  return ((red | (green << 2)) - colourAt(x >> 3, y, 0)) & 15;
}

/** What the monitor showed while pictures were drawn. */
export interface Shown {
  [name: string]: number | boolean;
  /** The measured part is going on. */
  inside: boolean;
  /** Frames that the beam has finished meanwhile. */
  frames: number;
  /** Of these, frames that show parts of two pictures or more. */
  torn: number;
  /** Line at which the first torn frame changes from one picture to the next; -1: there is none. */
  firstTear: number;
  /** When that frame was finished (ticks). */
  firstTornAt: number;
  /** Dots of none of the pictures that their line begins and ends with. */
  strayDots: number;
}

export function nothingShown(): Shown {
  return { inside: false, frames: 0, torn: 0, firstTear: NONE, firstTornAt: 0, strayDots: 0 };
}

/** Parts of a line at which it is asked of which picture it is. */
const PARTS = 5;

function partAt({ width }: Picture, k: number): number {
  return Math.floor(((width - 1) * k) / (PARTS - 1));
}

/** The number of the picture that most of a line is of. */
function pictureOfLine(picture: Picture, y: number): number {
  const first = pictureOf(picture, 0, y);
  let all = true;
  for (let k = 1; k < PARTS && all; k++) all = pictureOf(picture, partAt(picture, k), y) === first;
  if (all) return first;
  const votes = new Map<number, number>();
  for (let k = 0; k < PARTS; k++) {
    const n = pictureOf(picture, partAt(picture, k), y);
    votes.set(n, (votes.get(n) ?? 0) + 1);
  }
  return [...votes].toSorted(([, a], [, b]) => b - a)[0][0];
}

/** Line of the first change from one picture to another, or -1; and dots that fit neither. */
export function look(picture: Picture): { tear: number; stray: number } {
  const { width, height } = picture;
  const lines = Array.from({ length: height }, (_, y) => pictureOfLine(picture, y));
  const dots = new Uint32Array(picture.rgba.buffer, picture.rgba.byteOffset, width * height);
  let stray = 0, wanted = 0;
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, at++) {
      if ((x & 7) === 0) wanted = DOTS[colourAt(x >> 3, y, lines[y])];
      // Nearly all are of their line's picture.
      if (dots[at] === wanted) continue;
      const n = pictureOf(picture, x, y);
      // A line may have been half drawn when the beam came, also the first one of the next picture.
      const next = (lines[y] + 1) & 15;
      if (n !== lines[y] && n !== next && n !== lines[y - 1] && n !== lines[y + 1]) stray++;
    }
  return { tear: lines.findIndex((n, y) => y > 0 && n !== lines[y - 1]), stray };
}

/** A frame was finished. */
export function add(shown: Shown, picture: Picture, time: number): void {
  if (!shown.inside) return;
  const { tear, stray } = look(picture);
  shown.frames++;
  shown.strayDots += stray;
  if (tear < 0) return;
  if (shown.torn++ > 0) return;
  shown.firstTear = tear;
  shown.firstTornAt = time;
}

/** Whether the picture is number `n` as a whole. */
export function isPicture(picture: Picture | null, n: number, width: number, height: number): boolean {
  if (picture === null || picture.width !== width || picture.height !== height) return false;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) if (pictureOf(picture, x, y) !== (n & 15)) return false;
  return true;
}
