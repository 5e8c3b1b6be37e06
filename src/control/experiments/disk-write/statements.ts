import { shown, type Shown } from '../experiment.ts';

/** What the table and the trace of disk-write show. */
export const DISK_WRITE_STATEMENTS: readonly Shown[] = [
  shown('S5', 'column dma: every byte is in "bytes moved by devices": the controller reads memory by itself'),
  shown('S14', 'columns pio-*: "of these to the data port" is bytes / 2, "bytes moved by devices" is 0'),
  shown('S20', 'row "instructions" of pio-*: one iteration of a REP OUTSW for each word, from memory to the port'),
  shown('S37', 'trace of dma: ide.primary reads RAM here and writes it in disk-read'),
  shown('S39', 'row "processor busy" of dma: the processor is free for nearly all of the time'),
  shown('S131', 'trace of pio-polled with --trace-processor-ram: RAM, then data port, word by word'),
  shown('S153', 'trace of dma: ide.primary reads the data from memory'),
];
