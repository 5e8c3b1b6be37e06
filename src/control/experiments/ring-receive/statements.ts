import { shown, type Shown } from '../experiment.ts';

/** What the table and the trace of ring-receive show. */
export const RING_RECEIVE_STATEMENTS: readonly Shown[] = [
  shown('S5', 'column e1000-rings, rows "bytes that the processor moved" and "bytes moved by devices"'),
  shown('S38', 'trace of e1000-rings: before the first frame the card reads the descriptors that name its buffers'),
  shown('S74', 'trace of e1000-rings: no register that says where the rings are is written between the two marks'),
  shown('S75', 'trace of e1000-rings: while the processor is busy frames are stored, and it does not access the card'),
];
