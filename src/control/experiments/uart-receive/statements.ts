import { shown, type Shown } from '../experiment.ts';

/** What the table and the trace of uart-receive show. */
export const UART_RECEIVE_STATEMENTS: readonly Shown[] = [
  shown('S23', 'trace of dma-8237: dma.3 writes each character to memory, with no I/O address'),
  shown('S46', 'columns polled, irq, irq-fifo and dma-8237: row "processor busy"'),
  shown('S95', 'columns irq and dma-8237: rows "interrupts" and "for each character"'),
  shown('S117', 'trace of polled: each read of 2f8 takes a character'),
  shown('S128', 'column irq: an interrupt for each character; irq-fifo: one for several'),
  shown('S129', 'column polled: row "port accesses by the processor", no interrupt'),
];
