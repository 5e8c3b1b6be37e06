/** The firmware's font, in the files that the kernel's console and bterm read. */
import { characterOf } from '../../../hw/display/vga/code-page.ts';
import { FONT_ROWS, glyph } from '../../../machine/firmware/vga-font.ts';
import { asciiBytes } from '../../snapshot-blob.ts';

const CODES = 256;

/** A PC screen font, version 1, of 256 characters by their codes. */
export function psf(): Uint8Array {
  const codes = Array.from({ length: CODES }, (_, code) => glyph(code));
  return Uint8Array.from([0x36, 0x04, 0, FONT_ROWS, ...codes.flat()]);
}

/** Low bits of a character's number by which it is found. */
const MASK = 0xff;
const WIDTH = 8, HEAD = 32, NAME = 'northbridge\0';

/**
 * A font of BOGL, as `bdftobogl -b` writes them and bterm maps them (bogl, bogl-bgf.c): words of 32
 * bits, little-endian. A head with the places of three tables; `offset` leads from the low bits of
 * a character to its row in `index`, pairs of the other bits with the width, and of a place in
 * `content`, where each row of dots is a word.
 */
export function bgf(): Uint8Array {
  const codes = new Map(Array.from({ length: CODES }, (_, code) => [characterOf(code).codePointAt(0) ?? 0, code]));
  const offset: number[] = [], index: number[] = [0], content: number[] = [];
  for (let low = 0; low <= MASK; low++) {
    const here = [...codes].filter(([character]) => (character & MASK) === low && character !== 0);
    // Row 0 is an empty one.
    offset.push(here.length === 0 ? 0 : index.length);
    for (const [character, code] of here) {
      index.push((character & ~MASK) | WIDTH, content.length);
      content.push(...glyph(code).map((dots) => (dots << 24) >>> 0));
    }
    if (here.length > 0) index.push(0);
  }
  const offsetAt = HEAD + NAME.length, indexAt = offsetAt + 4 * offset.length, contentAt = indexAt + 4 * index.length;
  const bytes = new Uint8Array(contentAt + 4 * content.length), view = new DataView(bytes.buffer);
  const words = (at: number, values: readonly number[]): void =>
    values.forEach((value, n) => view.setUint32(at + 4 * n, value, true));
  bytes.set(asciiBytes('BGF1'));
  words(4, [HEAD, FONT_ROWS, MASK, offsetAt, indexAt, contentAt, DEFAULT_CHARACTER]);
  bytes.set(asciiBytes(NAME), HEAD);
  words(offsetAt, offset);
  words(indexAt, index);
  words(contentAt, content);
  return bytes;
}

/** A question mark, for what the font does not have. */
const DEFAULT_CHARACTER = 0x3f;
