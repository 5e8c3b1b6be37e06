import { block } from '../../guests/block.ts';
import { u32, word } from '../../guests/fields.ts';

export const PATTERNS = ['sequential', 'random'] as const;
/** Where mailbox, ring, directory and buffers are. */
export const RAID_MEMORY = 0x100_0000;
/** The longest stripe: the read-ahead buffer stands behind a buffer of as much. */
export const MOST_STRIPE = 0x10000;
/** The stripes of the random pattern: a linear congruential generator (Numerical Recipes, §7.1). */
export const RANDOM = { seed: 0x4e42, factor: 1664525, addend: 1013904223 } as const;

/** guest/raid-read: stripes of an array, with and without read-ahead. */
export const RAID_READ_BLOCK = block('raid-read', 41, {
  about: 'Reads stripes of an array whose controller has no address.',
  in: {
    pattern: word('PATTERN_*: which stripes are read', PATTERNS),
    slots: u32('stripes that the read-ahead buffer holds; 0: none', { maximum: 64 }),
    stripes: u32('stripes to read', { minimum: 1 }),
    memory: u32('physical address of mailbox, ring, directory and buffers, multiple of 4096', { multiple: 4096 }),
    thinkCycles: u32('processor cycles before the first look'),
    busyCycles: u32('processor cycles of work on a stripe'),
  },
  out: {
    stripeBytes: u32('bytes of a stripe, as the controller tells'),
    stripesDone: u32('stripes read'),
    commands: u32('commands put into the mailbox'),
    hits: u32('stripes that were in memory before they were wanted'),
    late: u32('stripes that were on their way'),
    early: u32('stripes in memory at the first look'),
    interrupts: u32('interrupts taken'),
    spurious: u32('interrupts that the controller had not asked for'),
    waitCycles: u32('processor cycles of waiting, in sixteens'),
    digest: u32('FNV-1a by dwords of all that was read'),
  },
  constants: {
    MOST_STRIPE: [MOST_STRIPE, 'bytes of the longest stripe'],
    MOST_POLLS: [10_000_000, 'looks at what the controller says of itself'],
    SEED: [RANDOM.seed, 'of the random pattern'],
    FACTOR: [RANDOM.factor, 'of the generator'],
    ADDEND: [RANDOM.addend, 'of the generator'],
  },
  statuses: [
    { code: 0xa0, name: 'NO_CARD', words: 'there is no array controller on the PCI bus', doc: 'none on PCI bus 0' },
    { code: 0xa1, name: 'NO_LINE', words: 'firmware gave the controller no interrupt line', doc: 'no line is routed' },
    { code: 0xa2, name: 'STOPPED', words: 'the controller has stopped (CAUSE {detail})', doc: 'detail: CAUSE' },
    { code: 0xa3, name: 'COMMAND', words: 'a command failed (result {detail})', doc: 'detail: its result' },
  ],
});
