import { reg, regs, ro, rsvd, rw, w1c, wo } from '../../reg/layout.ts';
import { NORTHBRIDGE_DEVICE, NORTHBRIDGE_VENDOR } from '../pci/northbridge-ids.ts';
import {
  capabilityPointerRow, commandRow, identityRows, interruptRows, statusRow, subsystemRows, timerRows,
} from '../pci/spec.ts';

/**
 * The array controller, a design of this project (README.md is its data sheet): the sections named
 * in the rows are the README's. There is no base address register: nothing of it is at an address.
 */

/** Offset of the vendor's capability in configuration space (PCI 2.2 §6.7, appendix H: ID 09h). */
export const CAPABILITY = 0x40;

/** Type 00h header and the capability by which the controller is set up (§Set-up). */
export const RAID_CONFIG = regs(8, {
  ...identityRows({
    vendor: NORTHBRIDGE_VENDOR, device: NORTHBRIDGE_DEVICE.RAID, revision: 1, classCode: 0x010400,
  }),
  COMMAND: commandRow(),
  STATUS: statusRow({ capabilities: true }),
  ...timerRows(),
  ...subsystemRows(NORTHBRIDGE_VENDOR, NORTHBRIDGE_DEVICE.RAID),
  ...capabilityPointerRow(CAPABILITY),
  ...interruptRows(1),
  CAPID: reg(0x40, { ID: ro(7, 0, { reset: 0x09 }) }, { doc: 'Vendor specific capability' }),
  CAPNEXT: reg(0x41, { POINTER: ro(7, 0) }, { doc: 'The last one' }),
  CAPLEN: reg(0x42, { BYTES: ro(7, 0, { reset: 0x14 }) }, { doc: 'Bytes of the capability' }),
  MAILBOX: reg(0x44, { ADDRESS: rw(31, 6) }, { width: 32, doc: 'Physical address of the mailbox (§Mailbox)' }),
  CONTROL: reg(
    0x48,
    { ENABLE: rw(0), ATTENTION: wo(1), IE_DONE: rw(8), IE_AHEAD: rw(9), IE_ERROR: rw(10), RESERVED: rsvd(31, 11) },
    { width: 32, doc: 'ENABLE works, ATTENTION looks into the mailbox now; interrupt enables (§Set-up)' },
  ),
  CAUSE: reg(
    0x4c,
    { DONE: w1c(0), AHEAD: w1c(1), ERROR: w1c(2), CODE: ro(7, 4), RESERVED: rsvd(31, 8) },
    { width: 32, doc: 'Interrupt causes, 1 clears; why the controller has stopped (§Errors)' },
  ),
  POLL: reg(
    0x50, { MICROSECONDS: rw(15, 0, { reset: 20 }) },
    { width: 16, doc: 'µs between two looks into the mailbox; 0: only at ATTENTION (§Mailbox)' },
  ),
});

/** What software writes to the mailbox: offsets (§Mailbox). */
export const MAIL = {
  SUBMITTED: 0x00, COMMANDS: 0x04, ENTRIES: 0x08, AHEAD: 0x0c, SLOTS: 0x10, DIRECTORY: 0x14, CURSOR: 0x18,
} as const;
/** Bytes that the controller reads of it, and where what it writes begins. */
export const MAIL_BYTES = 32, ANSWER = 0x40;
/** What the controller writes, from `ANSWER` on. */
export const REPLY = { COMPLETED: 0x00, SECTORS: 0x04, STRIPE: 0x08, DRIVES: 0x0c } as const;
/** A command in memory (§Commands): offsets and bytes. */
export const COMMAND = { OPCODE: 0x00, SECTOR: 0x04, COUNT: 0x08, ADDRESS: 0x0c, RESULT: 0x10 } as const;
export const COMMAND_BYTES = 32;
export const OPCODE_READ = 1;
/** Results of a command. */
export const RESULT = { DONE: 1, OPCODE: 0x80, RANGE: 0x81, ABORT: 0x82 } as const;
/** Bytes of an entry of the directory (§Read-ahead). */
export const DIRECTORY_BYTES = 8;
export const MOST_COMMANDS = 64, MOST_SLOTS = 64, SECTOR = 512, DRIVES = 4;

/** Why the controller has stopped: CAUSE.CODE (§Errors). */
export const RAID_ERROR = {
  NONE: 0, ENTRIES: 1, INDEX: 2, SLOTS: 3, MASTER_ABORT: 4, TARGET_ABORT: 5, MASTER_OFF: 6,
} as const;
