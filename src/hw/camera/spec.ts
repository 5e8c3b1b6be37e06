import { rclr, reg, regs, ro, rsvd, rw, wo } from '../../reg/layout.ts';
import { NORTHBRIDGE_DEVICE, NORTHBRIDGE_VENDOR } from '../pci/northbridge-ids.ts';
import {
  commandRow, identityRows, interruptRows, memoryBar, statusRow, subsystemRows, timerRows,
} from '../pci/spec.ts';

/**
 * The camera, a design of this project (README.md is its data sheet): the sections named in the
 * rows are the README's.
 */

/** Bytes behind BAR0. */
export const REGISTER_BYTES = 0x1000;
/** Bytes of an entry of the ring, and where the camera writes in it (§Ring). */
export const ENTRY_BYTES = 16, ENTRY_RESULT = 4;
/** The longest ring: entries. */
export const MOST_ENTRIES = 256;
/** Bit 0 of an entry of a page list: it is the address of the rest of the list (§Page lists). */
export const LIST_LINK = 1;
/** Links that the camera follows for one frame. */
export const MOST_LINKS = 16;
/** Bytes of a page. */
export const PAGE_BYTES = 4096;
/** Bits of the result word of a ring entry (§Ring). */
export const RESULT_STORED = 1, RESULT_DAMAGED = 2;

/** Why the camera has stopped: STATUS.ERROR (§Errors). */
export const CAMERA_ERROR = {
  NONE: 0, RING_SIZE: 1, INDEX: 2, PAGE_ENTRY: 3, LINKS: 4, MASTER_ABORT: 5, TARGET_ABORT: 6, MASTER_OFF: 7,
} as const;

export const CAMERA_REGISTERS = regs(32, {
  ID: reg(0x00, { VALUE: ro(31, 0, { reset: 0x524d4143 }) }, { doc: 'Identification, "CAMR" (§ID)' }),
  CONTROL: reg(
    0x04,
    {
      RUN: rw(0), SINGLE: rw(1), OVERWRITE: rw(2),
      IE_FRAME: rw(8), IE_DROP: rw(9), IE_OVERRUN: rw(10), IE_ERROR: rw(11), RESET: wo(31),
    },
    { doc: 'Run, modes, interrupt enables; RESET clears indices and counters (§CONTROL)' },
  ),
  INT: reg(
    0x08,
    { FRAME: rclr(0), DROP: rclr(1), OVERRUN: rclr(2), ERROR: rclr(3), RESERVED: rsvd(31, 4) },
    { doc: 'Interrupt causes; the read clears them (§INT)' },
  ),
  STATUS: reg(
    0x0c, { STORING: ro(0), EMPTY: ro(1), ERROR: ro(7, 4) },
    { doc: 'A frame is being stored; no buffer is free; why the camera has stopped (§Errors)' },
  ),
  RING: reg(0x10, { ADDRESS: rw(31, 4) }, { doc: 'Physical address of the ring (§Ring)' }),
  SIZE: reg(0x14, { ENTRIES: rw(15, 0) }, { doc: 'Entries of the ring: a power of two, 1 to 256 (§Ring)' }),
  PRODUCER: reg(0x18, { FRAMES: ro(15, 0) }, { doc: 'Frames stored, modulo 65536 (§Ring)' }),
  CONSUMER: reg(0x1c, { FRAMES: rw(15, 0) }, { doc: 'Frames that software has done with, modulo 65536 (§Ring)' }),
  GEOMETRY: reg(0x20, { WIDTH: ro(15, 0), HEIGHT: ro(31, 16) }, { doc: 'Pixels a line, lines (§Picture)' }),
  FORMAT: reg(0x24, { PIXEL_BYTES: ro(3, 0), PERIOD: ro(31, 8) }, { doc: 'Bytes a pixel; µs a frame (§Picture)' }),
  FRAME: reg(0x28, { NUMBER: ro(31, 0) }, { doc: 'Frame that the sensor sends now (§Picture)' }),
  CLOCK: reg(0x2c, { MICROSECONDS: ro(31, 0) }, { doc: 'The clock that stamps frames (§Ring)' }),
  DROPPED: reg(0x30, { FRAMES: ro(31, 0) }, { doc: 'Frames dropped as no buffer was free (§Counters)' }),
  LOST: reg(0x34, { LINES: ro(31, 0) }, { doc: 'Lines of which the FIFO lost pixels (§Counters)' }),
  MISSED: reg(0x38, { FRAMES: ro(31, 0) }, { doc: 'Frames that began while one was still stored (§Counters)' }),
});

/** Type 00h header (PCI 2.2 §6.1). Class 0400h: video device (appendix D). */
export const CAMERA_CONFIG = regs(8, {
  ...identityRows({
    vendor: NORTHBRIDGE_VENDOR, device: NORTHBRIDGE_DEVICE.CAMERA, revision: 1, classCode: 0x040000,
  }),
  COMMAND: commandRow(),
  STATUS: statusRow(),
  ...timerRows(),
  BAR0: memoryBar(0x10, REGISTER_BYTES),
  ...subsystemRows(NORTHBRIDGE_VENDOR, NORTHBRIDGE_DEVICE.CAMERA),
  ...interruptRows(1),
});
