import { shown, type Shown } from '../experiment.ts';

/** What the table of key-echo shows. */
export const KEY_ECHO_STATEMENTS: readonly Shown[] = [
  shown('S133', 'pio beside dma, rows "key to echo" and "until the driver has taken it": what a disk read by the ' +
    'processor adds to a key'),
  shown('S134', 'rows "more than 10, 50, 100 ms": how many echoes a person could notice'),
];
