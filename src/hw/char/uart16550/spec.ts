import { rclr, reg, regs, ro, rw, unmodelled, wo } from '../../../reg/layout.ts';

/**
 * Registers of the PC16550D: National Semiconductor TL/C/8652 (June 1995), §8.0 Registers, table
 * II. Page 1 is DLAB = 1.
 */
export const UART_REGISTERS = regs(8, {
  RBR: reg(0, { DATA: ro(7, 0) }, { dir: 'r', page: 0, doc: 'Received character' }),
  THR: reg(0, { DATA: wo(7, 0) }, { dir: 'w', page: 0, doc: 'Character to transmit' }),
  IER: reg(1, { ERBFI: rw(0), ETBEI: rw(1), ELSI: rw(2), EDSSI: rw(3) }, { page: 0 }), // §8.7
  // DEVIATES: 9600 baud after a reset, which the chip's latch does not know.
  DLL: reg(0, { DIVISOR: rw(7, 0, { reset: 12 }) }, { page: 1 }), // §8.3
  DLM: reg(1, { DIVISOR: rw(7, 0) }, { page: 1 }),
  IIR: reg(2, { NONE: ro(0, 0, { reset: 1 }), ID: ro(3, 1), FIFOS: ro(7, 6) }, { dir: 'r' }), // §8.6
  FCR: reg(
    2,
    {
      ENABLE: wo(0),
      RX_RESET: wo(1),
      TX_RESET: wo(2),
      DMA_MODE: wo(3),
      TRIGGER: wo(7, 6),
    },
    { dir: 'w' },
  ), // §8.5
  LCR: reg(3, {
    WLS: rw(1, 0),
    STB: rw(2),
    PEN: rw(3),
    EPS: unmodelled('characters reach the host whole, so the parity bit takes its time but is never compared', 4),
    STICK: unmodelled('as EPS', 5),
    BREAK: rw(6),
    DLAB: rw(7),
  }), // §8.1
  MCR: reg(4, { DTR: rw(0), RTS: rw(1), OUT1: rw(2), OUT2: rw(3), LOOP: rw(4) }), // §8.8
  // §8.4
  LSR: reg(5, {
    DR: ro(0),
    OE: ro(1),
    PE: ro(2),
    FE: ro(3),
    BI: ro(4),
    THRE: ro(5, 5, { reset: 1 }),
    TEMT: ro(6, 6, { reset: 1 }),
    FIFO_ERROR: ro(7),
  }),
  // §8.9
  MSR: reg(6, {
    DCTS: rclr(0),
    DDSR: rclr(1),
    TERI: rclr(2),
    DDCD: rclr(3),
    CTS: ro(4),
    DSR: ro(5),
    RI: ro(6),
    DCD: ro(7),
  }),
  SCR: reg(7, { SCRATCH: rw(7, 0) }), // §8.10
});

/** IIR bits 3-0 by source, highest priority first (table IV). */
export const INTERRUPT = {
  LINE_STATUS: 0x6, DATA_AVAILABLE: 0x4, TIMEOUT: 0xc, TRANSMITTER_EMPTY: 0x2, MODEM_STATUS: 0x0, NONE: 0x1,
} as const;
/** Error bits of a received character, as in LSR. */
export const LINE_ERROR = { OE: 0x02, PE: 0x04, FE: 0x08, BI: 0x10 } as const;
/** Modem lines as in MSR bits 7-4. */
export const MODEM = { CTS: 0x10, DSR: 0x20, RI: 0x40, DCD: 0x80 } as const;
/** Characters in each FIFO (§8.11). */
export const FIFO_SIZE = 16;
/** Receiver FIFO interrupt trigger levels (§8.5). */
export const TRIGGER_LEVELS: readonly number[] = [1, 4, 8, 14];
