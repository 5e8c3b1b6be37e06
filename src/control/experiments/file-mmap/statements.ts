import { shown, type Shown } from '../experiment.ts';

/** What the table of file-mmap shows. */
export const FILE_MMAP_STATEMENTS: readonly Shown[] = [
  shown('S43', 'row "read when the first page was touched": more than the page that was touched (read-ahead)'),
  shown('S133', 'row "stored to these pages by the processor": with PIO every byte goes through its registers'),
  shown('S141', 'rows "stored to these pages by": by mmap-pio the processor, by mmap-dma the controller, as by read'),
  shown('S142', 'rows "two processes have the same physical page", "a store to the mapping is seen by read"'),
  shown('S149', 'row "copied": 0 by mmap; page faults put the page cache\'s own pages into the program\'s tables'),
];
