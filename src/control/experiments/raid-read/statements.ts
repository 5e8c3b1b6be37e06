import { shown, type Shown } from '../experiment.ts';

/** What the table and the trace of raid-read show. */
export const RAID_READ_STATEMENTS: readonly Shown[] = [
  shown('S5', 'row "MMIO accesses by the processor": 0; every byte is in "bytes moved by devices"'),
  shown('S27', 'trace: raid.data writes to ram; no access of cpu0 to any address of the card is there'),
  shown('S28', 'trace of read-ahead: raid.data writes stripes that no command has named'),
  shown('S29', 'trace: initiator raid.data, raid.mail; the machine has no 8237 in the path'),
  shown('S30', 'trace: of the controller cpu0 reaches configuration space alone; it has no base address register'),
  shown('S31', 'trace: all that arrives is written by raid.data and raid.mail, and nothing is read from the card'),
  shown('S43', 'row "in memory at the first look" of read-ahead: fetched in advance'),
  shown('S75', 'row "commands" of read-ahead with --pattern sequential: 0'),
];
