import type { BankView } from '../../../reg/bank.ts';
import {
  reg, regs, ro, rw, unmodelled, wo, type Fields, type Register, type RegisterOptions,
} from '../../../reg/layout.ts';

/**
 * The registers of the standard VGA at their ports: IBM VGA/XGA Technical Reference (Personal
 * System/2 Hardware Interface Technical Reference, May 1992, "VGA Function", §2 registers), read in
 * the FreeVGA project's pages (extregs, seqreg, graphreg, crtcreg, attrreg, colorreg). An indexed
 * register is a row of the data port whose page is the index.
 */

/** Offset 0 of the bank is this port. */
export const FIRST_PORT = 0x3b0;
/** Offsets of the ports. */
export const PORT = {
  ATTRIBUTE: 0x10, ATTRIBUTE_READ: 0x11, SEQUENCER: 0x15, GRAPHICS: 0x1f, CRTC_MONO: 0x05, CRTC: 0x25,
} as const;
/** Page of the attribute controller's own address register, and of "no register". */
const ADDRESS_PAGE = 0x40, NO_PAGE = 0x41;
/** Page of the overflow register of a protected CRTC: line compare's bit alone is written. */
const PROTECTED_OVERFLOW_PAGE = 0x42;
/** CRTC registers 0 to 7 can be protected (crtcreg, index 11h bit 7). */
const LAST_PROTECTED = 7;

/** Named fields of a row of an indexed set. */
const at = (page: number, mirrors: readonly number[], doc: string): RegisterOptions =>
  mirrors.length === 0 ? { page, doc } : { page, mirrors, doc };

function crtc<F extends Fields>(index: number, fields: F, doc: string): Register<F> {
  return reg(PORT.CRTC, fields, at(index, [PORT.CRTC_MONO], `CRTC ${hex(index)}: ${doc}`));
}
function sequencer<F extends Fields>(index: number, fields: F, doc: string): Register<F> {
  return reg(PORT.SEQUENCER, fields, at(index, [], `Sequencer ${hex(index)}: ${doc}`));
}
function graphics<F extends Fields>(index: number, fields: F, doc: string): Register<F> {
  return reg(PORT.GRAPHICS, fields, at(index, [], `Graphics ${hex(index)}: ${doc}`));
}
function attribute<F extends Fields>(index: number, fields: F, doc: string): Register<F> {
  return reg(
    PORT.ATTRIBUTE, fields, at(index, [PORT.ATTRIBUTE_READ], `Attribute ${hex(index)}: ${doc}`),
  );
}
function hex(index: number): string {
  return `${index.toString(16).toUpperCase().padStart(2, '0')}h`;
}

const colour = (index: number) => attribute(index, { COLOUR: rw(5, 0) }, 'palette');
const BORDER = 'the picture has no border';
const RAM_TIMING = 'no timing of refresh';

export const VGA_REGISTERS = regs(8, {
  ATTRIBUTE_ADDRESS: reg(
    PORT.ATTRIBUTE, { INDEX: rw(4, 0), PAS: rw(5) },
    { page: ADDRESS_PAGE, doc: 'Attribute address; PAS: the palette is the display\'s (attrreg)' },
  ),
  PALETTE0: colour(0), PALETTE1: colour(1), PALETTE2: colour(2), PALETTE3: colour(3), PALETTE4: colour(4),
  PALETTE5: colour(5), PALETTE6: colour(6), PALETTE7: colour(7), PALETTE8: colour(8), PALETTE9: colour(9),
  PALETTE10: colour(10), PALETTE11: colour(11), PALETTE12: colour(12), PALETTE13: colour(13),
  PALETTE14: colour(14), PALETTE15: colour(15),
  ATTRIBUTE_MODE: attribute(
    0x10, {
      GRAPHICS: unmodelled('graphics or text is what the graphics controller says', 0),
      MONO: rw(1),
      LINE_GRAPHICS: rw(2),
      BLINK: rw(3),
      PAN_TOP_ONLY: rw(5),
      COLOURS_256: rw(6),
      P54S: rw(7),
    },
    'mode control',
  ),
  OVERSCAN: attribute(0x11, { COLOUR: unmodelled(BORDER, 7, 0) }, 'overscan'),
  PLANE_ENABLE: attribute(
    0x12, { PLANES: rw(3, 0), MUX: unmodelled('Input Status 1 bits 5:4 are not driven', 5, 4) }, 'colour plane enable',
  ),
  PIXEL_PANNING: attribute(0x13, { DOTS: rw(3, 0) }, 'horizontal pixel panning'),
  COLOUR_SELECT: attribute(0x14, { P54: rw(1, 0), P76: rw(3, 2) }, 'colour select'),

  INPUT_STATUS0: reg(0x12, { SENSE: ro(4), INTERRUPT: ro(7) }, { dir: 'r', doc: 'Input Status 0 (extregs)' }),
  MISC: reg(
    0x12,
    {
      IOS: wo(0),
      RAM: wo(1),
      CLOCK: wo(3, 2),
      PAGE: unmodelled('A0 is 0 in odd/even modes', 5),
      POLARITY: unmodelled('any polarity is a sync', 7, 6),
    },
    { dir: 'w', doc: 'Miscellaneous Output: colour ports, memory on, dot clock (extregs)' },
  ),
  SUBSYSTEM: reg(0x13, { ENABLE: unmodelled('the command register decides', 0) }, { doc: 'Video subsystem enable' }),
  SEQUENCER_ADDRESS: reg(0x14, { INDEX: rw(2, 0) }, { doc: 'Sequencer address (seqreg)' }),
  RESET: sequencer(0, { ASYNCHRONOUS: rw(0), SYNCHRONOUS: rw(1) }, 'reset'),
  CLOCKING: sequencer(
    1, {
      DOTS_8: rw(0),
      LOAD_16: unmodelled('both load rates show the same', 2),
      HALF: rw(3),
      LOAD_32: unmodelled('both load rates show the same', 4),
      SCREEN_OFF: rw(5),
    },
    'clocking mode',
  ),
  MAP_MASK: sequencer(2, { PLANES: rw(3, 0) }, 'map mask'),
  CHARACTER_MAP: sequencer(
    3, { B: rw(1, 0), A: rw(3, 2), B2: rw(4), A2: rw(5) }, 'character map select',
  ),
  MEMORY_MODE: sequencer(
    4, { EXTENDED: unmodelled('there are always 256 KiB', 1), SEQUENTIAL: rw(2), CHAIN4: rw(3) }, 'memory mode',
  ),

  DAC_MASK: reg(0x16, { MASK: rw(7, 0, { reset: 0xff }) }, { doc: 'Pixel mask (colorreg)' }),
  DAC_STATE: reg(0x17, { STATE: ro(1, 0) }, { dir: 'r', doc: '3: ready to be read, 0: to be written' }),
  DAC_READ: reg(0x17, { INDEX: wo(7, 0) }, { dir: 'w', doc: 'Colour that is read next' }),
  DAC_WRITE: reg(0x18, { INDEX: rw(7, 0) }, { doc: 'Colour that is written next' }),
  DAC_DATA: reg(0x19, { LEVEL: rw(7, 0) }, { doc: 'Red, green, blue in turn; 6 or 8 bits' }),
  FEATURE_READ: reg(0x1a, { FC: ro(1, 0) }, { dir: 'r', doc: 'Feature control' }),
  MISC_READ: reg(0x1c, { VALUE: ro(7, 0) }, { dir: 'r', doc: 'Miscellaneous Output' }),

  GRAPHICS_ADDRESS: reg(0x1e, { INDEX: rw(3, 0) }, { doc: 'Graphics controller address (graphreg)' }),
  SET_RESET: graphics(0, { PLANES: rw(3, 0) }, 'set/reset'),
  ENABLE_SET_RESET: graphics(1, { PLANES: rw(3, 0) }, 'enable set/reset'),
  COLOUR_COMPARE: graphics(2, { PLANES: rw(3, 0) }, 'colour compare'),
  ROTATE: graphics(3, { COUNT: rw(2, 0), FUNCTION: rw(4, 3) }, 'data rotate'),
  READ_MAP: graphics(4, { PLANE: rw(1, 0) }, 'read map select'),
  GRAPHICS_MODE: graphics(
    5, { WRITE: rw(1, 0), READ: rw(3), HOST_ODD_EVEN: rw(4), SHIFT: rw(6, 5) }, 'mode',
  ),
  MISC_GRAPHICS: graphics(6, { GRAPHICS: rw(0), CHAIN_ODD_EVEN: rw(1), MAP: rw(3, 2) }, 'miscellaneous'),
  COLOUR_CARE: graphics(7, { PLANES: rw(3, 0) }, 'colour don\'t care'),
  BIT_MASK: graphics(8, { BITS: rw(7, 0) }, 'bit mask'),

  CRTC_ADDRESS: reg(0x24, { INDEX: rw(4, 0) }, { mirrors: [0x04], doc: 'CRTC address (crtcreg)' }),
  H_TOTAL: crtc(0x00, { VALUE: rw(7, 0) }, 'horizontal total less 5'),
  H_DISPLAY_END: crtc(0x01, { VALUE: rw(7, 0) }, 'characters shown less 1'),
  H_BLANK_START: crtc(0x02, { VALUE: unmodelled(BORDER, 7, 0) }, 'start of horizontal blanking'),
  H_BLANK_END: crtc(0x03, {
    VALUE: unmodelled(BORDER, 4, 0),
    SKEW: unmodelled('no skew', 6, 5),
    EVRA: unmodelled('CRTC 10h and 11h are read as such', 7),
  }, 'end of horizontal blanking'),
  H_RETRACE_START: crtc(0x04, {
    VALUE: unmodelled('the picture is centred by the monitor', 7, 0),
  }, 'start of horizontal retrace'),
  H_RETRACE_END: crtc(0x05, {
    VALUE: unmodelled('the picture is centred by the monitor', 7, 0),
  }, 'end of horizontal retrace'),
  V_TOTAL: crtc(0x06, { VALUE: rw(7, 0) }, 'vertical total less 2'),
  OVERFLOW: crtc(
    0x07,
    { VT8: rw(0), VDE8: rw(1), VRS8: rw(2), VBS8: rw(3), LC8: rw(4), VT9: rw(5), VDE9: rw(6), VRS9: rw(7) },
    'bits 8 and 9 of the vertical values',
  ),
  OVERFLOW_PROTECTED: reg(
    PORT.CRTC, { LC8: wo(4) },
    { dir: 'w', page: PROTECTED_OVERFLOW_PAGE, mirrors: [PORT.CRTC_MONO], doc: 'CRTC 07h while it is protected' },
  ),
  PRESET_ROW: crtc(0x08, { ROW: rw(4, 0), BYTE_PANNING: rw(6, 5) }, 'preset row scan, byte panning'),
  MAX_SCAN: crtc(
    0x09, { ROWS: rw(4, 0), VBS9: unmodelled(BORDER, 5), LC9: rw(6), DOUBLE: rw(7) },
    'scan lines of a row less 1, double scan',
  ),
  CURSOR_START: crtc(0x0a, { ROW: rw(4, 0), OFF: rw(5) }, 'cursor\'s first line'),
  CURSOR_END: crtc(0x0b, { ROW: rw(4, 0), SKEW: rw(6, 5) }, 'cursor\'s last line'),
  START_HIGH: crtc(0x0c, { VALUE: rw(7, 0) }, 'start address 15:8'),
  START_LOW: crtc(0x0d, { VALUE: rw(7, 0) }, 'start address 7:0'),
  CURSOR_HIGH: crtc(0x0e, { VALUE: rw(7, 0) }, 'cursor location 15:8'),
  CURSOR_LOW: crtc(0x0f, { VALUE: rw(7, 0) }, 'cursor location 7:0'),
  V_RETRACE_START: crtc(0x10, { VALUE: rw(7, 0) }, 'start of vertical retrace'),
  V_RETRACE_END: crtc(
    0x11,
    {
      VALUE: rw(3, 0),
      CLEAR: unmodelled('there is no interrupt line', 4),
      DISABLE: unmodelled('there is no interrupt line', 5),
      BANDWIDTH: unmodelled(RAM_TIMING, 6),
      PROTECT: rw(7),
    },
    'end of vertical retrace, protection',
  ),
  V_DISPLAY_END: crtc(0x12, { VALUE: rw(7, 0) }, 'lines shown less 1'),
  OFFSET: crtc(0x13, { VALUE: rw(7, 0) }, 'from a row to the next'),
  UNDERLINE: crtc(0x14, { ROW: rw(4, 0), COUNT_4: rw(5), DOUBLEWORD: rw(6) }, 'underline, doubleword mode'),
  V_BLANK_START: crtc(0x15, { VALUE: unmodelled(BORDER, 7, 0) }, 'start of vertical blanking'),
  V_BLANK_END: crtc(0x16, { VALUE: unmodelled(BORDER, 7, 0) }, 'end of vertical blanking'),
  CRTC_MODE: crtc(
    0x17,
    { MAP13: rw(0), MAP14: rw(1), HALF_LINES: rw(2), COUNT_2: rw(3), ADDRESS_WRAP: rw(5), BYTE: rw(6), SYNC: rw(7) },
    'mode control',
  ),
  LINE_COMPARE: crtc(0x18, { VALUE: rw(7, 0) }, 'line compare'),
  INPUT_STATUS1: reg(
    0x2a, { DISABLED: ro(0), RETRACE: ro(3) },
    { dir: 'r', mirrors: [0x0a], doc: 'Input Status 1: nothing is shown now; vertical retrace (extregs)' },
  ),
  FEATURE: reg(
    0x2a, { FC: unmodelled('no feature connector', 1, 0) }, { dir: 'w', mirrors: [0x0a], doc: 'Feature control' },
  ),
});

export type VgaRegisters = (typeof VGA_REGISTERS)['registers'];

/** The page that stands for a data port now: the index of its address register. */
export function pageAt(r: BankView<VgaRegisters>, attributeData: boolean, offset: number, write: boolean): number {
  switch (offset) {
    case PORT.ATTRIBUTE: return write && attributeData ? r.ATTRIBUTE_ADDRESS.INDEX : ADDRESS_PAGE;
    case PORT.ATTRIBUTE_READ: return write ? NO_PAGE : r.ATTRIBUTE_ADDRESS.INDEX;
    case PORT.SEQUENCER: return r.SEQUENCER_ADDRESS.INDEX;
    case PORT.GRAPHICS: return r.GRAPHICS_ADDRESS.INDEX;
    default: {
      const index = r.CRTC_ADDRESS.INDEX;
      if (!write || index > LAST_PROTECTED || r.V_RETRACE_END.PROTECT === 0) return index;
      return index === LAST_PROTECTED ? PROTECTED_OVERFLOW_PAGE : NO_PAGE;
    }
  }
}
