import { shown, type Shown } from '../experiment.ts';

/** What the table and the trace of device-mmap show. */
export const DEVICE_MMAP_STATEMENTS: readonly Shown[] = [
  shown('S143', 'rows "page table entry": mmap makes one that names the card; ports have none, they have ioperm'),
  shown('S146', 'columns ports and mmap: one register block, reached by ports and by memory addresses'),
  shown('S147', 'columns mmap: no system call for an access; the program\'s own MOV becomes a bus transaction'),
  shown('S149', 'row "used by the walk": a page of the program\'s is the card\'s, uncached or, by an MTRR, WC'),
];
