import { shown, type Shown } from '../experiment.ts';

/** What the table and the trace of floppy-read show. */
export const FLOPPY_READ_STATEMENTS: readonly Shown[] = [
  shown('S22', 'trace of dma-8237: no transaction has the initiator fdc; it raises fdc.DRQ and waits'),
  shown('S23', 'trace of dma-8237: dma.2 begins each cycle, the byte goes from fdc to ram'),
  shown('S24', 'trace of dma-8237: not as it is said; no cycle has the port 3F5h, DACK# selects fdc'),
  shown('S25', 'trace with --trace-processor-ram: port, then RAM, for each byte by pio; one cycle by dma-8237'),
  shown('S40', 'trace of dma-8237: a byte came off the disk, so fdc.DRQ rose, so dma.2 moved it; cpu0 is not asked'),
  shown('S41', 'row "throughput": not here; the disk sets the pace of both'),
  shown('S46', 'row "interrupts": one for each half FIFO by pio, one for each command by dma-8237'),
  shown('S95', 'rows "interrupts" and "processor busy": both end by interrupts, pio also moves bytes in them'),
  shown('S128', 'row "interrupts" of pio: the controller asks for service when its FIFO is half full'),
  shown('S132', 'row "port accesses" of dma-8237: commands and set-up alone'),
];
