import { block } from '../../guests/block.ts';
import { i32, u32, word } from '../../guests/fields.ts';

export const TWO_JOBS_METHODS = ['pio', 'pio-irq', 'dma', '8237-block', '8237-single'] as const;
export type TwoJobsMethod = (typeof TWO_JOBS_METHODS)[number];

/** What the second job does. */
export const WORKS = ['arithmetic', 'transfer'] as const;

/** Where the data go: below 16 MiB, on a boundary of 64 KiB. */
export const TWO_JOBS_BUFFER = 0x40_0000;
/** Most bytes that fit behind it within the reach of an 8237. */
export const MOST_BYTES = 0xc0_0000;

/** Dwords that the arithmetic works in, and its steps a unit. */
export const WORK_WORDS = 1024, WORK_STEPS = 64;

/** POST codes beside the common marks. */
export const TWO_JOBS_POST = { workAlone: 0xb4, transferAlone: 0xb5, over: 0xb6 } as const;

/** guest/two-jobs: a transfer and a second job, each alone and both together. */
export const TWO_JOBS_BLOCK = block('two-jobs', 37, {
  about: 'The second job alone, then beside the transfer (between the two marks), then the transfer alone.',
  in: {
    method: word('METHOD_*', TWO_JOBS_METHODS),
    work: word('WORK_*: what the second job does', WORKS),
    byteCount: u32('N, a multiple of 512, > 0', { minimum: 512, maximum: MOST_BYTES, multiple: 512 }),
    buffer: u32('physical address, multiple of 64 KiB; [buffer, buffer + N) lies below 16 MiB', {
      initial: TWO_JOBS_BUFFER, multiple: 0x10000,
    }),
    unitsAlone: u32('units of the second job that are done alone', { minimum: 1 }),
    transferMode: i32('SET FEATURES value, as for disk-read; -1: leave drive and timing', { initial: -1 }),
    period: u32('8237: microseconds from one byte of the card to the next; 0: at once', { initial: 0, maximum: 255 }),
  },
  out: {
    ataStatus: u32('last status read of the drive'),
    ataError: u32('error register, valid with status 84h'),
    units: u32('units of the second job that were done beside the transfer'),
    unitsAll: u32('units in all'),
    checksum: u32('of all of its units'),
    bytesDone: u32('bytes that arrived in the measured part'),
    interrupts: u32('taken and acknowledged in the measured part'),
    spurious: u32('interrupts taken that no device had asked for'),
    commands: u32('commands or programmings of the 8237 in the measured part'),
  },
  constants: {
    WORK_WORDS: [WORK_WORDS, 'dwords that the arithmetic works in'],
    WORK_STEPS: [WORK_STEPS, 'its steps a unit'],
    POST_WORK_ALONE: [TWO_JOBS_POST.workAlone, 'the second job begins alone'],
    POST_TRANSFER_ALONE: [TWO_JOBS_POST.transferAlone, 'the transfer begins alone'],
    POST_OVER: [TWO_JOBS_POST.over, 'the transfer alone has ended'],
  },
});
