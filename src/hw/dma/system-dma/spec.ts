import { reg, ro, rsvd, regs, rw, w1c, w1s } from '../../../reg/layout.ts';
import { NORTHBRIDGE_DEVICE, NORTHBRIDGE_VENDOR } from '../../pci/northbridge-ids.ts';
import {
  commandRow, identityRows, interruptRows, memoryBar, statusRow, subsystemRows, timerRows,
} from '../../pci/spec.ts';

/**
 * The system DMA engine, a design of this project (README.md is its specification and says why no
 * documented chip stands here).
 */

/** Bytes behind BAR0. */
export const REGISTER_BYTES = 0x1000;

export const SYSTEM_DMA_REGISTERS = regs(32, {
  SRC: reg(0x00, { ADDRESS: rw(31, 0) }, { doc: 'First byte to read' }),
  DST: reg(0x04, { ADDRESS: rw(31, 0) }, { doc: 'First byte to write' }),
  COUNT: reg(0x08, { BYTES: rw(23, 0), RESERVED: rsvd(31, 24) }, { doc: 'Bytes, 1 to 16777215' }),
  CONTROL: reg(
    0x0c,
    { START: w1s(0), IE: rw(1), RESERVED: rsvd(31, 2) },
    { doc: 'START begins and reads as 1 until the end; IE lets DONE and ERROR interrupt' },
  ),
  STATUS: reg(
    0x10,
    { DONE: w1c(0), ERROR: w1c(1), AT_WRITE: ro(2), RESERVED: rsvd(31, 3) },
    { doc: 'How the last transfer ended; writing 1 clears. AT_WRITE: the error was at the destination' },
  ),
  LEFT: reg(0x14, { BYTES: ro(23, 0) }, { doc: 'Bytes that are not yet written' }),
});

/** Type 00h header (PCI 2.2 §6.1). Class 0880h: another system peripheral (appendix D). */
export const SYSTEM_DMA_CONFIG = regs(8, {
  ...identityRows({
    vendor: NORTHBRIDGE_VENDOR, device: NORTHBRIDGE_DEVICE.SYSTEM_DMA, revision: 1, classCode: 0x088000,
  }),
  COMMAND: commandRow(),
  STATUS: statusRow(),
  ...timerRows(),
  BAR0: memoryBar(0x10, REGISTER_BYTES),
  ...subsystemRows(NORTHBRIDGE_VENDOR, NORTHBRIDGE_DEVICE.SYSTEM_DMA),
  ...interruptRows(1),
});
