import { shown, type Shown } from '../experiment.ts';

/** What the table and the trace of uart-send show. */
export const UART_SEND_STATEMENTS: readonly Shown[] = [
  shown('S22', 'trace of dma-8237: the UART only raises TXRDY; dma.0 reads memory and acknowledges it'),
  shown('S23', 'trace of dma-8237: memory to the UART, with no I/O address; in uart-receive the other way'),
  shown('S46', 'columns polled, irq, irq-fifo and dma-8237: row "processor busy"'),
  shown('S95', 'columns irq and dma-8237: rows "interrupts" and "for each character"'),
  shown('S117', 'trace of polled: each write of 2f8 sends a character'),
];
