import { block } from '../../guests/block.ts';
import { u32, word, words } from '../../guests/fields.ts';

export const REGISTER_EFFECTS_METHODS = ['memory', 'ports'] as const;

/** How long it does nothing, at least: longer than the display takes for a line. */
export const IDLE_MICROSECONDS = 3;
/** The program posts this code when an act is over. */
export const ACT_DONE = 0xb2;

/** One thing that the program does; the value that it must read, or null: depends on the time. */
export interface Act {
  readonly key: string;
  readonly text: string;
  /** -1: it reads nothing. */
  readonly reads: number | null;
}

const act = (key: string, text: string, reads: number | null = -1): Act => ({ key, text, reads });

/** What the program does, in this order; what an act reads is in `values` at its place. */
export const ACTS: readonly Act[] = [
  act('ramWrite', 'write 5 to a word of memory'),
  act('ramRead', 'read it', 5),
  act('ramReadAgain', 'read it again', 5),
  act('push', 'write 11h to FIFO'),
  act('pushAgain', 'write 22h to FIFO'),
  act('pop', 'read FIFO', 0x11),
  act('popAgain', 'read FIFO again', 0x22),
  act('popEmpty', 'read FIFO, now empty', 0),
  act('status', 'read STATUS', 0x20002),
  act('statusAgain', 'read STATUS again', 2),
  act('raise', 'write 2 (RAISE) to COMMAND'),
  act('command', 'read COMMAND', 0),
  act('cause', 'read INT', 0xc),
  act('clearNothing', 'write 0 to INT'),
  act('clearOther', 'write 1 (DMA) to INT'),
  act('causeStill', 'read INT', 0xc),
  act('clear', 'write 8 (SOFT) to INT'),
  act('causeGone', 'read INT', 4),
  act('reserved', 'write FFFFFFFFh to CONTROL'),
  act('control', 'read CONTROL', 0xf),
  act('colour', 'write 4060A0h to COLOUR'),
  act('colourRead', 'read COLOUR', 0x4060a0),
  act('line', 'read LINE', null),
  act('wait', `do nothing for ${IDLE_MICROSECONDS} µs`),
  act('lineLater', 'read LINE again', null),
  act('otherWay', 'read COLOUR the other way', 0x4060a0),
];

/** guest/register-effects: reads and writes of a card's registers, one act after the other. */
export const REGISTER_EFFECTS_BLOCK = block('register-effects', 17, {
  about: 'What reads and writes of device registers do that those of memory do not.',
  in: {
    method: word('METHOD_*: how the registers are reached', REGISTER_EFFECTS_METHODS),
    idleCycles: u32('processor cycles of doing nothing'),
  },
  out: {
    acts: u32('acts done'),
    values: words('what each act read, 0 where it read nothing', ACTS.length),
  },
  constants: {
    POST_ACT: [ACT_DONE, 'an act is over'],
    ACT_COUNT: [ACTS.length, 'acts in all'],
  },
  statuses: [
    {
      code: 0xa0, name: 'NO_CARD', words: 'there is no card paths on the PCI bus',
      doc: 'no card `paths` on PCI bus 0',
    },
    {
      code: 0xa2, name: 'NO_ADDRESS', words: 'firmware gave the card no addresses',
      doc: 'a base address register is empty',
    },
  ],
});
