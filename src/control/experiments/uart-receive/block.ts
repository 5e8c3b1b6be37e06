import { block } from '../../guests/block.ts';
import { u32, word } from '../../guests/fields.ts';

export const SERIAL_METHODS = ['polled', 'irq', 'irq-fifo', 'dma-8237'] as const;
export type SerialMethod = (typeof SERIAL_METHODS)[number];

/** Where the characters stand: below 16 MiB and within 64 KiB, as the 8237 needs them. */
export const SERIAL_BUFFER = 0x20_0000;
/** The most characters of one run. */
export const MOST_CHARACTERS = 65_536;

/** Inputs of both programs. */
export const SERIAL_INPUT = {
  method: word('METHOD_*', SERIAL_METHODS),
  count: u32('characters', { minimum: 1, maximum: MOST_CHARACTERS }),
  divisor: u32('baud rate divisor of COM2', { minimum: 1, maximum: 65_535 }),
  buffer: u32('physical address of the characters, a multiple of 64 KiB below 16 MiB', {
    initial: SERIAL_BUFFER, multiple: 65_536, maximum: 0xff_0000,
  }),
  busyCycles: u32('processor cycles of other work, with interrupts off, after each character or interrupt', {
    initial: 0,
  }),
};

/** guest/uart-receive: has the far end of COM2 send characters, and stores them. */
export const UART_RECEIVE_BLOCK = block('uart-receive', 71, {
  about: `Between the two marks the far end sends; the second is posted when its carrier has gone.`,
  in: SERIAL_INPUT,
  out: {
    received: u32('characters that were stored'),
    polls: u32('polled: reads of the line status'),
    interrupts: u32('interrupts of the UART that were taken'),
    overruns: u32('times that the line status said overrun'),
  },
});
