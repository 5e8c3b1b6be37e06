import { shown, type Shown } from '../experiment.ts';

/** What the table of use-in-place shows. */
export const USE_IN_PLACE_STATEMENTS: readonly Shown[] = [
  shown('S76', 'row "one use" of in-place and of copy-pio: the same loads, of the device and of RAM'),
  shown('S78', 'the lines before the answer: from how many uses on a copy is faster than use in place, by size'),
  shown('S86', 'columns in-place and copy-pio: a buffer is used and copied, row "bytes moved by devices" is 0'),
  shown('S91', 'with --uses 1: row "all together" of in-place is less than that of copy-pio'),
  shown('S92', 'with --uses 8: row "all together" of copy-pio and copy-dma is less than that of in-place'),
  shown('S93', 'row "share of the copy": copying is the larger part of the time, until there are many uses'),
];
