import { shown, type Shown } from '../experiment.ts';

/** What the table of copy-to-device shows. */
export const COPY_TO_DEVICE_STATEMENTS: readonly Shown[] = [
  shown('S41', 'row "throughput": dma is faster than uc, and as fast as wc once lines are as long as its bursts'),
  shown('S76', 'column uc: row "time of the processor" is 300 ns for each store, with --width 8 as with 32'),
  shown('S78', 'the lines before the answer: from which size on dma is faster than stores'),
  shown('S86', 'columns uc and wc: row "bytes moved by devices" is 0, and the buffer is full'),
  shown('S90', '`series` of --json: each way copied 4 bytes as it copied 64 KiB'),
  shown('S92', 'columns uc and wc, dma, engine-dma: copied by the processor, a bus master, a system DMA engine'),
];
