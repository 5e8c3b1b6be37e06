import { expect, test } from 'vitest';
import { characterOf } from '../../../hw/display/vga/code-page.ts';
import { FONT_ROWS, glyph } from '../../../machine/firmware/vga-font.ts';
import { bgf, psf } from './fonts.ts';
import { codeAt, pageOf, pagePixels, pageText, wrongDots } from './page.ts';

test.each(['640x480x32', '800x600x16'] as const)('%s: the pixels of a page are its picture, dot by dot', (mode) => {
  const page = pageOf(mode), { width, height, bits } = page, pixels = pagePixels(page);
  const view = new DataView(pixels.buffer), rgba = new Uint8Array(4 * width * height);
  // As the beam takes them.
  for (let n = 0; n < width * height; n++) {
    const word = bits === 32 ? view.getUint32(4 * n, true) : view.getUint16(2 * n, true);
    rgba.set(bits === 32
      ? [word >> 16, word >> 8, word]
      : [(word >> 11) * 255 / 31, ((word >> 5) & 63) * 255 / 63, (word & 31) * 255 / 31], 4 * n);
  }
  expect(wrongDots({ width, height, rgba }, page)).toBe(0);
  rgba[4 * (5 * width + 9)] ^= 0xff;
  expect(wrongDots({ width, height, rgba }, page)).toBe(1);
  expect(wrongDots(null, page)).toBe(width * height);
});

test('a page fills every cell and scrolls nowhere', () => {
  const page = pageOf('800x600x16'), lines = pageText(page).split('\x1b[').slice(1);
  expect(page).toMatchObject({ columns: 100, lines: 37 });
  expect(lines.map((line) => line.replace(/^\d+;1H/, '').length)).toEqual(Array.from({ length: 37 }, () => 100));
  expect(lines[2].slice(0, 5)).toBe(`3;1H${String.fromCharCode(codeAt(0, 2))}`);
});

test('fonts: each character of the code page is found as bogl and the kernel look for it', () => {
  const font = bgf(), view = new DataView(font.buffer), word = (at: number): number => view.getUint32(at, true);
  const [, rows, mask, offset, index, content] = Array.from({ length: 6 }, (_, n) => word(4 + 4 * n));
  expect([rows, mask]).toEqual([FONT_ROWS, 0xff]);
  for (let code = 1; code < 256; code++) {
    const character = characterOf(code).codePointAt(0)!;
    let at = index + 4 * word(offset + 4 * (character & mask));
    while (word(at) !== 0 && (word(at) & ~mask) !== (character & ~mask)) at += 8;
    expect(word(at) & mask).toBe(8);
    // A character that has two codes has the picture of the last.
    if (character === 0x20) continue;
    const dots = Array.from({ length: rows }, (_, row) => word(content + 4 * (word(at + 4) + row)) >>> 24);
    expect(dots).toEqual(glyph(code));
  }
  const plain = psf();
  expect([...plain.subarray(0, 4)]).toEqual([0x36, 0x04, 0, 16]);
  expect([...plain.subarray(4 + 16 * 0x41, 4 + 16 * 0x42)]).toEqual(glyph(0x41));
});
