import { setMode, STANDARD_MODES } from '../../hw/display/vga/standard-modes.ts';
import type { AddressSpace } from '../../mem/address-space.ts';
import { Transaction } from '../../mem/transaction.ts';
import { LoadError } from '../loader/load-error.ts';
import { linearModeOf, type DisplayMode, type LinearMode } from './display-mode.ts';
import type { PciConfigAccess } from './pci-enumerate.ts';
import { FONT_ROWS, FONT_STRIDE, glyph } from './vga-font.ts';

/** What a loader tells a kernel about the screen. */
export type FirmwareScreen = TextScreen | LinearScreen;

/** Text, so many characters. */
export interface TextScreen {
  readonly kind: 'text';
  readonly mode: number;
  readonly columns: number;
  readonly rows: number;
  /** Scan lines of a character. */
  readonly points: number;
}

/** Pixels that stand in the card's memory one after the other. */
export interface LinearScreen extends LinearMode {
  readonly kind: 'linear';
  /** Physical address of the first pixel. */
  readonly base: number;
  /** Bytes of video memory. */
  readonly bytes: number;
  /** Bytes from a line to the next. */
  readonly lineBytes: number;
}

const CLASS = 0x08, COMMAND = 0x04, COMMAND_IO_MEMORY = 3, VGA_CLASS = 0x0300, BAR0 = 0x10;
const MODE = 3, TEXT: TextScreen = { kind: 'text', mode: MODE, columns: 80, rows: 25, points: FONT_ROWS };
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

/** The DISPI registers by index (vbe_display_api.txt of Bochs), and what ENABLE is to be. */
const XRES = 1, YRES = 2, BPP = 3, ENABLE = 4, VIRT_WIDTH = 6, VIDEO_MEMORY = 10, ON_AND_LINEAR = 0x41;
const DISPI_INDEX = 0x1ce, DISPI_DATA = 0x1d0, UNIT = 0x10000;

/** What reaches the card at the machine's start: no access may keep the bus. */
function beforeTime(): Transaction {
  const tx = new Transaction('firmware');
  tx.debug = true;
  return tx;
}

/** The DISPI registers behind their two ports. */
function dispiPorts(io: AddressSpace, tx: Transaction) {
  const select = (index: number): void => void io.write(DISPI_INDEX, 2, index, tx);
  return {
    read: (index: number): number => {
      select(index);
      return io.read(DISPI_DATA, 2, tx);
    },
    write: (index: number, value: number): void => {
      select(index);
      io.write(DISPI_DATA, 2, value, tx);
    },
  };
}

/** The screen as `setUpVga` has left it; null on a machine without a VGA. */
export function screenAtStart(pci: PciConfigAccess, io: AddressSpace, display: DisplayMode): FirmwareScreen | null {
  const tx = beforeTime(), vga = findVga(pci, tx), mode = linearModeOf(display);
  if (vga === null) return null;
  if (mode === null) return TEXT;
  const dispi = dispiPorts(io, tx);
  return {
    kind: 'linear', ...mode, base: (pci.readConfig(vga.device, vga.fn, BAR0, 4, tx) & ~15) >>> 0,
    bytes: dispi.read(VIDEO_MEMORY) * UNIT, lineBytes: (dispi.read(VIRT_WIDTH) * mode.bits) / 8,
  };
}

/**
 * What the video BIOS does at power on, as far as a kernel relies on it that is started without:
 * the first VGA decodes its ports and memory, text mode 3 is set with its colours, a font of our
 * own is in the character generator, and the screen is blank. Then the mode is set that a boot
 * loader would ask for.
 * @throws LoadError if there is no card for the mode, or too little memory on it
 */
export function setUpVga(
  pci: PciConfigAccess, { memory, io }: { memory: AddressSpace; io: AddressSpace }, display: DisplayMode,
): void {
  const tx = beforeTime(), vga = findVga(pci, tx), mode = linearModeOf(display);
  if (vga === null) {
    if (mode === null) return;
    throw new LoadError('display mode', -1, `${display} needs a display card, and the machine has none`);
  }
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
  if (mode !== null) setLinear(dispiPorts(io, tx), mode, display);
}

/** @throws LoadError if the mode does not fit the card's memory */
function setLinear(dispi: ReturnType<typeof dispiPorts>, { width, height, bits }: LinearMode, name: string): void {
  const wanted = [[XRES, width], [YRES, height], [BPP, bits]] as const;
  for (const [index, value] of wanted) dispi.write(index, value);
  dispi.write(ENABLE, ON_AND_LINEAR);
  if (wanted.every(([index, value]) => dispi.read(index) === value)) return;
  const has = (dispi.read(VIDEO_MEMORY) * UNIT) / 1024, needs = Math.ceil((width * height * bits) / 8 / 1024);
  throw new LoadError('display mode', -1, `${name} needs ${needs} KiB of video memory, and the card has ${has} KiB`);
}
