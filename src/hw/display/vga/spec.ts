import { reg, regs, ro, rw, unmodelled } from '../../../reg/layout.ts';
import { choice, flag, size } from '../../../sim/parameter.ts';
import { headerRows, memoryBar, romBar, subsystemRows } from '../../pci/spec.ts';

/**
 * The standard VGA of QEMU and Bochs as a PCI function: QEMU docs/specs/standard-vga.rst (PCI
 * identity, layout of the register BAR, extended registers), Bochs VBE display interface
 * (doc/vbe_display_api.txt of Bochs's VGA BIOS, DISPI registers).
 */

export const VGA_OPTIONS = {
  size: size(16 * 2 ** 20, {
    doc: 'Video memory, a power of two', source: 'standard-vga.rst: 16 MB', minimum: 2 ** 18, maximum: 64 * 2 ** 20,
    step: 2 ** 18,
  }),
  memory: choice(['dual', 'shared'], 'dual', {
    doc: 'dual: the beam has a port of its own; shared: processor and beam take turns at one port',
    source: 'a choice',
  }),
  snow: flag(false, {
    doc: 'shared memory only: the processor goes first, and the beam shows what was on the bus',
    source: 'a choice: the IBM CGA in its 80-column text mode',
  }),
};

/** Bytes behind BAR2, and behind the expansion ROM's register. */
const REGISTER_BYTES = 0x1000, ROM_BYTES = 0x10000;
/** Where things are behind BAR2 (standard-vga.rst, "MMIO area spec"). */
export const EDID_END = 0x400, VGA_PORTS_AT = 0x400, DISPI_AT = 0x500, EXTENDED_AT = 0x600;
/** The port behind the first of VGA_PORTS_AT. */
export const FIRST_MMIO_PORT = 0x3c0;
/** Where legacy memory begins. */
export const LEGACY_MEMORY = 0xa0000;
/** DISPI ports: index; data (word at an odd address); data. */
export const DISPI_PORTS = 0x1ce;
/** Greatest resolution of the DISPI modes, a choice of ours: what GETCAPS answers. */
export const MOST_WIDTH = 1920, MOST_LINES = 1200, MOST_BITS = 32;
/** Versions of the DISPI interface (vbe_display_api.txt): B0C0h to B0C5h. */
export const DISPI_ID_FIRST = 0xb0c0, DISPI_ID_LAST = 0xb0c5;
/** Values of the endianness register (standard-vga.rst). */
export const BIG_ENDIAN = 0xbebebebe;
const LITTLE_ENDIAN = 0x1e1e1e1e;

/** Rows of the configuration space for a memory of `bytes`, with an expansion ROM or without. */
export function vgaConfig(bytes: number, rom: boolean) {
  return regs(32, {
    ...headerRows({ vendor: 0x1234, device: 0x1111, revision: 2, classCode: 0x030000 }),
    BAR0: memoryBar(0x10, bytes, true),
    BAR2: memoryBar(0x18, REGISTER_BYTES),
    ...subsystemRows(0x1af4, 0x1100),
    ...(rom ? { ROM: romBar(ROM_BYTES) } : {}),
  });
}

/** DISPI registers: index n is at offset 2n (vbe_display_api.txt). */
export const DISPI_REGISTERS = regs(16, {
  ID: reg(0x00, { VERSION: rw(15, 0, { reset: DISPI_ID_LAST }) }, { doc: 'Version: B0C0h to B0C5h' }),
  XRES: reg(0x02, { PIXELS: rw(15, 0) }, { doc: 'Width; the greatest one while GETCAPS is set' }),
  YRES: reg(0x04, { LINES: rw(15, 0) }, { doc: 'Height; the greatest one while GETCAPS is set' }),
  BPP: reg(0x06, { BITS: rw(15, 0) }, { doc: 'Bits of a pixel: 8, 15, 16, 24, 32; the most while GETCAPS is set' }),
  ENABLE: reg(
    0x08,
    {
      ENABLED: rw(0), GETCAPS: rw(1), DAC_8BIT: rw(5), LFB: unmodelled('BAR0 always answers', 6), NOCLEARMEM: rw(7),
    },
    { doc: 'Mode on; LFB; the palette has 8 bits a colour; do not clear' },
  ),
  BANK: reg(0x0a, { NUMBER: rw(15, 0) }, { doc: 'Which 64 KiB stand at A0000h' }),
  VIRT_WIDTH: reg(0x0c, { PIXELS: rw(15, 0) }, { doc: 'From a line to the next, in pixels' }),
  VIRT_HEIGHT: reg(0x0e, { LINES: ro(15, 0) }, { doc: 'Lines that the memory has' }),
  X_OFFSET: reg(0x10, { PIXELS: rw(15, 0) }, { doc: 'First pixel that is shown' }),
  Y_OFFSET: reg(0x12, { LINES: rw(15, 0) }, { doc: 'First line that is shown' }),
  VIDEO_MEMORY: reg(0x14, { UNITS: ro(15, 0) }, { doc: 'Memory in 64 KiB' }),
});

/** Extended registers (standard-vga.rst, "QEMU extended registers"). */
export const EXTENDED_REGISTERS = regs(32, {
  SIZE: reg(0x00, { BYTES: ro(31, 0, { reset: 8 }) }, { doc: 'Bytes of these registers' }),
  ENDIAN: reg(
    0x04, { ORDER: rw(31, 0, { reset: LITTLE_ENDIAN }) },
    { doc: 'Byte order of pixels: 1E1E1E1Eh little, BEBEBEBEh big' },
  ),
});

export type DispiRegisters = (typeof DISPI_REGISTERS)['registers'];
