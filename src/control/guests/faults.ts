import { block } from './block.ts';
import { truth, u32, word } from './fields.ts';

const CASES = [
  'triple-fault', 'table-outside', 'zero-count', 'no-end', 'target-outside', 'short-table', 'long-table',
  'master-off', 'hole-access', 'hole-fetch',
] as const;

export type FaultCase = (typeof CASES)[number];

/** guest/faults: does wrong things to processor and bus master, one a run. */
export const FAULTS = block('faults', 3, {
  about: `Each case does one wrong thing, stores what the hardware said, then resets the channel and reads
sector 0 by PIO and by DMA: status NB_STATUS_DONE means that this worked, not that the case's outcome
was right. That is the host's to judge.
  triple-fault: IDT of limit 0, then int3: shutdown; nothing is ever stored
  table-outside: PRD table at \`address\`, where there is no RAM
  zero-count: one PRD entry with count 0, which means 64 KiB
  no-end: PRD table of 64 KiB without an end mark, transfer longer than what it describes
  target-outside: PRD entry that points to \`address\`: a hole or device registers
  short-table, long-table: the table describes fewer (more) bytes than the drive sends
  master-off: Bus Master Enable clear in the PCI command register
  hole-access: the processor writes and reads \`address\`
  hole-fetch: the processor jumps to \`address\`: ends in NB_STATUS_EXCEPTION or in a reset`,
  constants: {
    BUFFER: [0x100_0000, 'where the cases with good targets send the data'],
    BUFFER_BYTES: [0x4_0000, ''],
  },
  in: {
    which: word('CASE_*', CASES, { first: 1, prefix: 'CASE' }),
    address: u32('for the cases that name it; 0: E0000000h', { initial: 0 }),
    sectors: u32('0: the case\'s own number', { initial: 0 }),
    polls: u32('limit of polls of the bus master\'s status; 0: 1,000,000', { initial: 0 }),
  },
  out: {
    bmStatus: u32('when interrupt or error was seen, or the limit reached'),
    ataStatus: u32('alternate status at that time'),
    ataError: u32('error register at that time'),
    pollsDone: u32('equal to the limit: neither interrupt nor error came'),
    pciStatus: u32('PCI status register (bits 13:11 aborts); cleared before the case'),
    firstChanged: u32('offset of the first changed byte in the 256 KiB at FAULTS_BUFFER; FFFFFFFFh: none'),
    changedEnd: u32('offset behind the last changed byte'),
    value: u32('hole-access: what was read'),
    recovered: truth('1: sector 0 read by PIO and by DMA afterwards, and both agree'),
  },
});
