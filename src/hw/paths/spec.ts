import { reg, ro, rsvd, rclr, regs, rw, w1c, w1s, wo } from '../../reg/layout.ts';
import { NORTHBRIDGE_DEVICE, NORTHBRIDGE_VENDOR } from '../pci/northbridge-ids.ts';
import {
  commandRow, identityRows, interruptRows, ioBar, memoryBar, statusRow, subsystemRows, timerRows,
} from '../pci/spec.ts';

/**
 * The card `paths`, a design of this project (README.md is its specification): one register block
 * that ports and memory reach alike, a buffer, a bus master. The sections named in the rows are the
 * README's.
 */

/** Bytes behind each base address register. */
export const REGISTER_BYTES = 0x1000, PORT_BYTES = 0x40, BUFFER_BYTES = 0x10000;
/** Words in the FIFO. */
export const FIFO_WORDS = 16;

/** Offsets of the registers behind BAR0 (memory) and BAR1 (ports). */
export const PATHS_REGISTERS = regs(32, {
  ID: reg(0x00, { VALUE: ro(31, 0, { reset: 0x5041544e }) }, { doc: 'Identification (§ID)' }),
  CONTROL: reg(
    0x04,
    { IE_DMA: rw(0), IE_ERROR: rw(1), IE_FIFO: rw(2), IE_SOFT: rw(3), RESERVED: rsvd(31, 4) },
    { doc: 'Interrupt enables (§INT)' },
  ),
  INT: reg(
    0x08,
    { DMA: w1c(0), ERROR: w1c(1), FIFO: w1c(2), SOFT: w1c(3), RESERVED: rsvd(31, 4) },
    { doc: 'Interrupt causes; writing 1 clears (§INT)' },
  ),
  STATUS: reg(
    0x0c,
    {
      BUSY: ro(0), EMPTY: ro(1), FULL: ro(2), LEVEL: ro(12, 8),
      OVERRUN: rclr(16), UNDERRUN: rclr(17), LATE: rclr(18), RESERVED: rsvd(31, 19),
    },
    { doc: 'Status; reading clears OVERRUN, UNDERRUN and LATE (§STATUS)' },
  ),
  FIFO: reg(0x10, { DATA: rw(31, 0) }, { partial: 'whole', doc: 'A read pops, a write pushes (§FIFO)' }),
  COMMAND: reg(
    0x14,
    { CLEAR_FIFO: wo(0), RAISE: wo(1), RESERVED: rsvd(31, 2) },
    { doc: 'Write-only: what is to be done once (§COMMAND)' },
  ),
  COLOUR: reg(
    0x18,
    { BLUE: rw(7, 0), GREEN: rw(15, 8), RED: rw(23, 16), RESERVED: rsvd(31, 24) },
    { doc: 'Background colour of the display (§DISPLAY)' },
  ),
  LINE: reg(0x1c, { NUMBER: ro(2, 0), FRAME: ro(31, 8) }, { doc: 'Line that the display draws now (§DISPLAY)' }),
  INDEX: reg(0x20, { BYTE: rw(15, 0), RESERVED: rsvd(31, 16) }, { doc: 'Offset of the window (§WINDOW)' }),
  WINDOW: reg(
    0x24, { DATA: rw(31, 0) },
    { partial: 'whole', doc: 'The buffer at INDEX, which then moves on by the access (§WINDOW)' },
  ),
  DMA_ADDRESS: reg(0x28, { VALUE: rw(31, 0) }, { doc: 'Address in memory (§DMA)' }),
  DMA_OFFSET: reg(0x2c, { VALUE: rw(15, 0), RESERVED: rsvd(31, 16) }, { doc: 'Offset in the buffer (§DMA)' }),
  DMA_LENGTH: reg(0x30, { VALUE: rw(16, 0), RESERVED: rsvd(31, 17) }, { doc: 'Bytes, 1 to 65536 (§DMA)' }),
  DMA_CONTROL: reg(
    0x34,
    { GO: w1s(0), TO_MEMORY: rw(1), RESERVED: rsvd(31, 2) },
    { doc: 'The doorbell: GO starts and reads as 1 until the end (§DMA)' },
  ),
  DMA_DONE: reg(0x38, { BYTES: ro(16, 0) }, { doc: 'Bytes moved by the last transfer so far (§DMA)' }),
});

/** Type 00h header (PCI 2.2 §6.1). Class FFh: none of the defined ones. */
export const PATHS_CONFIG = regs(8, {
  ...identityRows({
    vendor: NORTHBRIDGE_VENDOR, device: NORTHBRIDGE_DEVICE.PATHS, revision: 1, classCode: 0xff0000,
  }),
  COMMAND: commandRow(),
  STATUS: statusRow(),
  ...timerRows(),
  BAR0: memoryBar(0x10, REGISTER_BYTES),
  BAR1: ioBar(0x14, PORT_BYTES),
  BAR2: memoryBar(0x18, BUFFER_BYTES, true),
  ...subsystemRows(NORTHBRIDGE_VENDOR, NORTHBRIDGE_DEVICE.PATHS),
  ...interruptRows(1),
});
