import { shown, type Shown } from '../experiment.ts';

/** What the table and the trace of paging show. */
export const PAGING_STATEMENTS: readonly Shown[] = [
  shown('S33', 'rows "pages in from the disk" and "written back": what a program calls its memory is on the disk'),
  shown('S42', 'rows "uses that hit", "pages in", "evicted", "written back": memory is a cache of the disk'),
  shown('S43', 'row "of these in advance": nobody had asked for them yet; with --order random hardly any'),
  shown('S44', 'curve secondsPerUse: more processes than memory holds run, up to the knee well, behind it badly'),
  shown('S45', 'columns pio and dma: the same pages in and out in kind; DMA is one way to carry them, PIO another'),
];
