import { block } from '../../guests/block.ts';
import { u32, word } from '../../guests/fields.ts';

export const RING_METHODS = ['ne2000-pio', 'rtl8139-ring', 'e1000-rings'] as const;
export type RingMethod = (typeof RING_METHODS)[number];

/** Where rings are, how much room they have, and where frames end up: a slot each. */
export const RING_MEMORY = 0x100_0000, RING_ROOM = 0x12000, SLOT_BYTES = 2048;

/** guest/ring-receive: a series of frames from an Ethernet card. */
export const RING_RECEIVE_BLOCK = block('ring-receive', 51, {
  about: 'Takes a series of frames from an Ethernet card, each into a slot of memory.',
  in: {
    method: word('METHOD_*: the card, and so who moves the frames', RING_METHODS),
    frames: u32('numbers of the series that count: from 0 to one less', { minimum: 2 }),
    ringBytes: u32('bytes of the RTL8139\'s ring; the 82540EM has as many of buffers', { powerOfTwo: true }),
    itr: u32('ITR of the 82540EM, in 256 ns', { initial: 0, maximum: 0xffff }),
    memory: u32('physical address of the rings, with the slots behind them; multiple of 256', { multiple: 256 }),
    workCycles: u32('processor cycles of work on each frame', { initial: 0 }),
    stallCycles: u32('processor cycles of something else, now and then', { initial: 0 }),
    every: u32('after how many frames', { minimum: 1 }),
  },
  out: {
    received: u32('frames that arrived'),
    bytes: u32('their bytes, without FCS'),
    copied: u32('bytes that the processor copied from memory to memory'),
    interrupts: u32('interrupts of the card taken'),
    overflows: u32('of these, that told of a full ring or memory'),
    waits: u32('waits for an interrupt'),
    spurious: u32('interrupts that the card had not asked for'),
    irq: u32('the line at the 8259 pair'),
  },
  constants: { SLOT: [SLOT_BYTES, 'bytes of a slot'] },
  statuses: [
    { code: 0xa0, name: 'NO_CARD', words: 'the card is not on the PCI bus', doc: 'the method\'s card is not on bus 0' },
    { code: 0xa3, name: 'NO_LINE', words: 'firmware gave the card no interrupt line', doc: 'no line is routed' },
  ],
});
