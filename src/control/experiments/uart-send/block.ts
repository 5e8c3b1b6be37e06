import { block } from '../../guests/block.ts';
import { u32 } from '../../guests/fields.ts';
import { SERIAL_INPUT } from '../uart-receive/block.ts';

/** guest/uart-send: sends characters out of memory to the far end of COM2. */
export const UART_SEND_BLOCK = block('uart-send', 70, {
  about: `The host has put the characters into the buffer. The second mark is posted when the far end has them all.`,
  in: SERIAL_INPUT,
  out: {
    sent: u32('characters that were given to the UART'),
    polls: u32('polled: reads of the line status'),
    interrupts: u32('interrupts of the UART that were taken'),
  },
});
