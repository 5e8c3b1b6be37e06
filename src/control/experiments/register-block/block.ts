import { block } from '../../guests/block.ts';
import { u32, word, words } from '../../guests/fields.ts';

export const REGISTER_BLOCK_METHODS = ['port', 'mmio'] as const;

/** Accesses of each width that are timed, and 32-bit words of the block that are compared. */
export const TIMED_ACCESSES = 1000, CONTENT_WORDS = 17;
const PATTERNS = 64;
/** Accesses that a driver makes for a frame: see `one_frame` of guest/register-block/main.c. */
export const FRAME_ACCESSES = 12;

/** guest/register-block: the registers of an RTL8139 by ports or by memory. */
export const REGISTER_BLOCK_BLOCK = block('register-block', 52, {
  about: 'The same registers of an RTL8139 by ports or by memory: what each access costs.',
  in: {
    method: word('METHOD_*: how the registers are reached', REGISTER_BLOCK_METHODS),
    rounds: u32('how often a driver\'s accesses for one frame are made', { minimum: 1 }),
  },
  out: {
    mismatches: u32('values that were written by this way and read otherwise by the other'),
    loopCycles: u32('processor cycles of the loop around the timed accesses, without any'),
    readCycles: words('processor cycles of all reads of 8, 16 and 32 bits', 3),
    writeCycles: words('the same of writes', 3),
    contents: words('the register block as it was read by this way', CONTENT_WORDS),
  },
  constants: {
    ACCESSES: [TIMED_ACCESSES, 'accesses of each width that are timed'],
    PATTERNS: [PATTERNS, 'values that are written by one way and read by the other'],
    WORDS: [CONTENT_WORDS, 'words of the block that are read'],
  },
  statuses: [
    { code: 0xa0, name: 'NO_CARD', words: 'there is no RTL8139 on the PCI bus', doc: 'no 10EC:8139 on PCI bus 0' },
    {
      code: 0xa2, name: 'NO_ADDRESS', words: 'firmware gave the card no addresses',
      doc: 'a base address register is empty',
    },
  ],
});
