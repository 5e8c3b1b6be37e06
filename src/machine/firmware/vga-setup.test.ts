import { expect, test } from 'vitest';
import { refusal } from '../../../test/benches/load-refusal.ts';
import { characterOf } from '../../hw/display/vga/code-page.ts';
import { ms } from '../../sim/time.ts';
import { houseCard } from '../cards.ts';
import { PcMachine } from '../pc-machine.ts';
import { DISPLAY_MODES, linearModeOf, type DisplayMode } from './display-mode.ts';
import { FONT_ROWS, glyph } from './vga-font.ts';

function machine(card: boolean, displayMode: DisplayMode = 'text', size = 2 ** 18): PcMachine {
  return new PcMachine({
    ramBytes: 4 * 2 ** 20, disk: null, onSerial: () => {}, onPost: () => {}, options: { displayMode },
    ...(card ? { devices: [houseCard('vga', 'pci', { size })] } : {}),
  });
}

test.each(DISPLAY_MODES.filter((mode) => mode !== 'text'))('%s: pixels in the card\'s memory at the start', (mode) => {
  const m = machine(true, mode, 2 ** 23), { width, height } = linearModeOf(mode)!;
  expect(m.counters().ticks).toBe(0);
  expect(m.video?.text()).toBeNull();
  m.board.scheduler.runUntil(ms(40));
  expect(m.video?.picture()).toMatchObject({ width, height });
});

test('a mode that does not fit the card\'s memory, or has no card, is refused', () => {
  expect(refusal(() => machine(true, '800x600x32')).message)
    .toBe('display mode: 800x600x32 needs 1875 KiB of video memory, and the card has 256 KiB');
  expect(refusal(() => machine(false, '640x480x8')).message).toMatch(/needs a display card, and the machine has none/);
});

test('a VGA is in text mode 3 at the start, blank, and no time was spent', () => {
  const m = machine(true);
  expect(m.counters().ticks).toBe(0);
  expect(m.parts.bridge.pci.bus.busyUntil).toBe(0);
  expect(m.video?.text()).toEqual(Array(25).fill(''));
  m.board.scheduler.runUntil(ms(15));
  expect(m.video?.picture()).toMatchObject({ width: 720, height: 400 });
  expect(machine(false).video).toBeNull();
});

test('each printing character has a picture of its own; lines and blocks of code page 437 meet', () => {
  const pictures = new Set(Array.from({ length: 95 }, (_, n) => glyph(0x20 + n).join()));
  expect(pictures.size).toBe(95);
  for (let code = 0; code < 256; code++) {
    expect(glyph(code).length).toBe(FONT_ROWS);
    expect(glyph(code).every((row) => row >= 0 && row < 256)).toBe(true);
  }
  const codes = Array.from({ length: 256 }, (_, n) => n);
  const code = (character: string): number => codes.find((n) => characterOf(n) === character)!;
  const ends = (character: string): [up: boolean, right: boolean, down: boolean, left: boolean] => {
    const rows = glyph(code(character));
    return [rows[0] !== 0, rows.some((r) => (r & 1) !== 0), rows[15] !== 0, rows.some((r) => (r & 0x80) !== 0)];
  };
  expect(ends('┌')).toEqual([false, true, true, false]);
  expect(ends('╝')).toEqual([true, false, false, true]);
  expect(ends('┼')).toEqual([true, true, true, true]);
  expect(ends('═')).toEqual([false, true, false, true]);
  expect(ends('▄')).toEqual([false, true, true, true]);
});
