import { block } from './block.ts';
import { u32 } from './fields.ts';

/** guest/own-device: finds the card that the lab's reader writes, and uses it. */
export const OWN_DEVICE = block('own-device', 90, {
  about: 'Prints what is on the PCI bus; writes to the first register of a card by its identity, and reads the second.',
  in: {
    id: u32('vendor 15:0, device 31:16 of the card; 0: 1234:0add', { initial: 0 }),
    count: u32('writes 1 to so many to the card\'s first register; 0: 4', { initial: 0 }),
  },
  out: {
    functions: u32('functions on PCI bus 0'),
    sum: u32('what the card\'s second register gave at last'),
  },
  statuses: [
    { code: 0xa0, name: 'NO_OWN_CARD', words: 'the card is not on the PCI bus', doc: 'no card of that identity' },
    { code: 0xa2, name: 'NO_OWN_ADDRESS', words: 'the card has no memory behind BAR 0', doc: 'BAR 0 is empty' },
  ],
});
