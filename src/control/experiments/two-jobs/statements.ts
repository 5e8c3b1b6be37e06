import { shown, type Shown } from '../experiment.ts';

/** What the table of two-jobs shows. */
export const TWO_JOBS_STATEMENTS: readonly Shown[] = [
  shown('S22', 'trace of 8237-single: the card only raises DREQ; every cycle is made by the controller, dma.3'),
  shown('S26', 'row "share that is left of it" with --dma-hold processor: little of the second job beside 8237-block'),
  shown('S29', 'columns dma and 8237-*: "bytes moved by devices" or "by the 8237", never both'),
  shown('S39', 'row "share that is left of it" of dma: the second job keeps nearly all of its speed'),
  shown('S80', 'row "second job": what the processor does with the time'),
  shown('S93', 'row "time that the second job lost": nearly all beside pio, which moves; next to none beside dma'),
  shown('S108', 'with --work transfer: one processor reads the card while it serves the disk, all bytes right'),
];
