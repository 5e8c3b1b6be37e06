import { shown, type Shown } from '../experiment.ts';

/** What the table and the trace of sound-play show. */
export const SOUND_PLAY_STATEMENTS: readonly Shown[] = [
  shown('S22', 'trace of dma-*: whatever is read from memory for the card is read by dma.1, never by the card itself'),
  shown('S23', 'trace of dma-*: dma.1 reads each byte from memory for the card'),
  shown('S40', 'trace of dma-*: the edge of sound.dreq8 is the cause of each cycle of dma.1'),
  shown('S46', 'row "interrupts": one a sample of direct, one a block of dma-*'),
  shown('S74', 'trace of dma-autoinit: cpu0 programs address and count of channel 1 before the first cycle of dma.1'),
  shown('S75', 'trace: channel 1 is programmed once by dma-autoinit, for each block by dma-single'),
  shown('S132', 'row "port accesses": by far the most of direct, the fewest of dma-autoinit'),
];
