import { shown, type Shown } from '../experiment.ts';

/** What the table of direct-io shows. */
export const DIRECT_IO_STATEMENTS: readonly Shown[] = [
  shown('S2', 'direct: row "to the program\'s own pages": the pages of /proc/self/pagemap, all of the file'),
  shown('S33', 'row "written to swap": a program\'s memory may be on the disk, but not while a device writes to it'),
];
