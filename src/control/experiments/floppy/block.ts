import { block } from '../../guests/block.ts';
import { u32, word } from '../../guests/fields.ts';

export const FLOPPY_METHODS = ['pio', 'dma-8237'] as const;
export type FloppyMethod = (typeof FLOPPY_METHODS)[number];

/** Where the data are: below 16 MiB, as the 8237A reaches no further. */
export const FLOPPY_BUFFER = 0x40_0000;
/** Attempts at a sector before the program gives up. */
export const FLOPPY_TRIES = 5;

/** guest/floppy: N bytes between drive A and RAM, beside a second job. */
export const FLOPPY_BLOCK = block('floppy', 61, {
  about: 'A transfer that loses bytes ends well: `bytesDone` tells how far it came.',
  in: {
    method: word('METHOD_*', FLOPPY_METHODS),
    direction: word('DIRECTION_*', ['read', 'write']),
    byteCount: u32('N, a multiple of 512, > 0', { minimum: 512, multiple: 512 }),
    buffer: u32('physical address, multiple of 512, the data end below 16 MiB', {
      initial: FLOPPY_BUFFER, multiple: 512,
    }),
    threshold: u32('bytes that the disk can move once the FIFO asks for service, 1-16; 0: no FIFO', { maximum: 16 }),
    busyLoops: u32('second job: iterations of a loop of two instructions with interrupts off; 0: there is none'),
    tries: u32('attempts at a sector', { minimum: 1 }),
  },
  out: {
    st0: u32('ST0, ST1, ST2 of the last command'),
    st1: u32(''),
    st2: u32(''),
    commands: u32('READ or WRITE DATA commands given'),
    overruns: u32('commands that ended because a byte was not served in time'),
    bytesDone: u32('bytes of whole sectors that were moved'),
    rounds: u32('second job: times that its loop was done while bytes were moved'),
  },
});
