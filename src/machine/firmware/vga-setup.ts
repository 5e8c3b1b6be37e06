import { setMode, STANDARD_MODES } from '../../hw/display/vga/standard-modes.ts';
import type { AddressSpace } from '../../mem/address-space.ts';
import { Transaction } from '../../mem/transaction.ts';
import type { PciConfigAccess } from './pci-enumerate.ts';
import { FONT_ROWS, FONT_STRIDE, glyph } from './vga-font.ts';

/** What a loader tells a kernel about the screen: text, so many characters. */
export interface TextScreen {
  readonly mode: number;
  readonly columns: number;
  readonly rows: number;
  /** Scan lines of a character. */
  readonly points: number;
}

const CLASS = 0x08, COMMAND = 0x04, COMMAND_IO_MEMORY = 3, VGA_CLASS = 0x0300;
const MODE = 3, TEXT: TextScreen = { mode: MODE, columns: 80, rows: 25, points: FONT_ROWS };
const TEXT_MEMORY = 0xb8000, FONT_MEMORY = 0xa0000, CODES = 256;
/** A blank, light grey on black. */
const BLANK = 0x0720;
/** Sequencer and graphics controller for writes to plane 2 alone, and back for text. */
const TO_FONT = [[0x3c4, 0x0402], [0x3c4, 0x0704], [0x3ce, 0x0005], [0x3ce, 0x0406]] as const;
const TO_TEXT = [[0x3c4, 0x0302], [0x3c4, 0x0304], [0x3ce, 0x1005], [0x3ce, 0x0e06]] as const;

/** Device and function of the first VGA on bus 0, or null. */
function findVga(pci: PciConfigAccess, tx: Transaction): { device: number; fn: number } | null {
  for (let device = 0; device < 32; device++)
    for (let fn = 0; fn < 8; fn++)
      if (pci.readConfig(device, fn, CLASS, 4, tx) >>> 16 === VGA_CLASS) return { device, fn };
  return null;
}

/** The screen as `setUpVga` has left it; null on a machine without a VGA. */
export function textScreen(pci: PciConfigAccess): TextScreen | null {
  return findVga(pci, new Transaction('firmware')) === null ? null : TEXT;
}

/**
 * What the video BIOS does at power on, as far as a kernel relies on it that is started without:
 * the first VGA decodes its ports and memory, text mode 3 is set with its colours, a font of our
 * own is in the character generator, and the screen is blank.
 */
export function setUpVga(pci: PciConfigAccess, memory: AddressSpace, io: AddressSpace): void {
  const tx = new Transaction('firmware'), vga = findVga(pci, tx);
  if (vga === null) return;
  // Before the machine's time begins: no access may keep the bus.
  tx.debug = true;
  const command = pci.readConfig(vga.device, vga.fn, COMMAND, 2, tx);
  pci.writeConfig(vga.device, vga.fn, COMMAND, 2, command | COMMAND_IO_MEMORY, tx);
  const outb = (port: number, value: number): void => io.write(port, 1, value, tx);
  const words = (list: readonly (readonly [number, number])[]): void => {
    for (const [port, value] of list) io.write(port, 2, value, tx);
  };
  setMode(STANDARD_MODES[MODE], { inb: (port) => io.read(port, 1, tx), outb });
  outb(0x3c8, 0);
  for (let colour = 0; colour < 64; colour++)
    for (const bit of [2, 1, 0]) outb(0x3c9, 42 * ((colour >> bit) & 1) + 21 * ((colour >> (bit + 3)) & 1));
  words(TO_FONT);
  for (let code = 0; code < CODES; code++)
    for (const [row, dots] of glyph(code).entries()) memory.write(FONT_MEMORY + code * FONT_STRIDE + row, 1, dots, tx);
  words(TO_TEXT);
  for (let n = 0; n < TEXT.columns * TEXT.rows; n++) memory.write(TEXT_MEMORY + 2 * n, 2, BLANK, tx);
}
