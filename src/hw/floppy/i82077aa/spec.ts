import { ro, reg, regs, rw, unmodelled, wo } from '../../../reg/layout.ts';

/**
 * Registers of the Intel 82077AA: data sheet 290166, §2.1, as seen at 3F0h-3F5h and 3F7h with the
 * IDENT and MFM pins strapped for an AT: status registers A and B (3F0h, 3F1h) are not driven.
 */
export const FDC_REGISTERS = regs(8, {
  DOR: reg(2, {
    DRIVE_SEL: rw(1, 0), RESET: rw(2), DMAGATE: rw(3), MOTEN0: rw(4), MOTEN1: rw(5), MOTEN2: rw(6), MOTEN3: rw(7),
  }, { doc: '§2.1.2 Digital output register; RESET = 0 holds the chip in reset' }),
  TDR: reg(3, { TAPE_SEL: unmodelled('no tape drive: the bits change nothing for a disk', 1, 0) }, { doc: '§2.1.3' }),
  MSR: reg(4, {
    DRV0_BUSY: ro(0), DRV1_BUSY: ro(1), DRV2_BUSY: ro(2), DRV3_BUSY: ro(3),
    CMD_BUSY: ro(4), NON_DMA: ro(5), DIO: ro(6), RQM: ro(7),
  }, { dir: 'r', doc: '§2.1.5 Main status register; DIO = 1: the host reads' }),
  DSR: reg(4, {
    DRATE_SEL: wo(1, 0),
    PRECOMP: unmodelled('bits do not shift on this medium, so nothing is to be compensated', 4, 2),
    POWERDOWN: unmodelled('power is not counted', 6),
    SW_RESET: wo(7),
  }, { dir: 'w', doc: '§2.1.4 Data rate select register; SW_RESET clears itself' }),
  FIFO: reg(5, { DATA: rw(7, 0) }, { doc: '§2.1.6' }),
  DIR: reg(7, { UNDRIVEN: ro(6, 0, { reset: 0x7f }), DSKCHG: ro(7) }, {
    dir: 'r', doc: '§2.1.7 Digital input register',
  }),
  CCR: reg(7, { DRATE_SEL: wo(1, 0) }, { dir: 'w', doc: '§2.1.8 Configuration control register' }),
});

/** Bits per second by DRATE_SEL (§2.1.4). */
export const DATA_RATES: readonly number[] = [500_000, 300_000, 250_000, 1_000_000];

/** Status register 0 (§6.1). */
export const ST0 = { HEAD: 0x04, EC: 0x10, SE: 0x20, ABNORMAL: 0x40, INVALID: 0x80, POLLING: 0xc0 } as const;
/** Status register 1 (§6.2). */
export const ST1 = { MA: 0x01, NW: 0x02, ND: 0x04, OR: 0x10, DE: 0x20, EN: 0x80 } as const;
/** Status register 2 (§6.3). */
export const ST2 = { MD: 0x01, BC: 0x02, WC: 0x10, DD: 0x20, CM: 0x40 } as const;
/** Status register 3 (§6.4). Bits 5 and 3 are always 1: drives are ready and have two sides. */
export const ST3 = { HEAD: 0x04, ALWAYS: 0x28, T0: 0x10, WP: 0x40 } as const;

/** Command codes: the low five bits of the first byte (§5.1, table 5-1). */
export const COMMAND = {
  READ_TRACK: 0x02, SPECIFY: 0x03, SENSE_DRIVE_STATUS: 0x04, WRITE_DATA: 0x05, READ_DATA: 0x06, RECALIBRATE: 0x07,
  SENSE_INTERRUPT_STATUS: 0x08, WRITE_DELETED_DATA: 0x09, READ_ID: 0x0a, READ_DELETED_DATA: 0x0c,
  FORMAT_TRACK: 0x0d, DUMPREG: 0x0e, SEEK: 0x0f, VERSION: 0x10, PERPENDICULAR_MODE: 0x12, CONFIGURE: 0x13,
  LOCK: 0x14, VERIFY: 0x16,
} as const;

/** Bits of the first byte of a command. */
export const OPTION = { MT: 0x80, MFM: 0x40, SK: 0x20, RELATIVE: 0x80, INWARD: 0x40, LOCK: 0x80 } as const;

/** What the chip answers to VERSION: an enhanced controller (§5.2.7). */
export const VERSION_ENHANCED = 0x90;

/** Where the chip is in a command (§4). */
export const PHASE = { COMMAND: 0, EXECUTION: 1, RESULT: 2 } as const;

/** Bytes that the FIFO holds (§4.2). */
export const FIFO_BYTES = 16;
/** Step pulses after which RECALIBRATE gives up (§5.2.1). */
export const RECALIBRATE_STEPS = 79;
/** Drives that the chip numbers. */
export const UNITS = 4;
