import { shown, type Shown } from '../experiment.ts';

/** What the table and the trace of floppy-write show. */
export const FLOPPY_WRITE_STATEMENTS: readonly Shown[] = [
  shown('S23', 'trace of dma-8237: "vice versa"; dma.2 reads ram, and fdc takes the byte in the same cycle'),
  shown('S41', 'row "throughput": not here; the disk sets the pace of both'),
  shown('S95', 'rows "interrupts" and "processor busy": both end by interrupts, pio also moves bytes in them'),
];
