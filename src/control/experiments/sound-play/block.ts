import { block } from '../../guests/block.ts';
import { u32, word } from '../../guests/fields.ts';

export const SOUND_PLAY_METHODS = ['direct', 'dma-single', 'dma-autoinit'] as const;
export type SoundPlayMethod = (typeof SOUND_PLAY_METHODS)[number];

/** Where the samples are, and the ring that auto-init plays over and over. Below 16 MiB. */
export const SAMPLES_AT = 0x40_0000, RING_AT = 0x30_0000;

/** guest/sound-play: plays N bytes through a Sound Blaster 16 between the two marks. */
export const SOUND_PLAY_BLOCK = block('sound-play', 55, {
  about: 'Plays samples that are in memory through a Sound Blaster 16 at 220h, IRQ 5, DMA 1 and 5.',
  in: {
    method: word('METHOD_*', SOUND_PLAY_METHODS),
    byteCount: u32('N, a multiple of the block', { minimum: 16, maximum: 8 * 2 ** 20 }),
    blockBytes: u32('bytes from one interrupt to the next, a power of two', {
      minimum: 16, maximum: 32768, powerOfTwo: true,
    }),
    bits: u32('8 (unsigned) or 16 (signed)', { minimum: 8, maximum: 16, multiple: 8 }),
    rate: u32('samples a second, for the DSP', { minimum: 5000, maximum: 45000 }),
    divisor: u32('direct: count of the timer for a sample', { minimum: 2, maximum: 65535 }),
    busyLoops: u32('loops for which interrupts are held back at a stretch; 0: it halts and waits', { initial: 0 }),
    openLoops: u32('loops between two stretches, with interrupts on', { initial: 0 }),
    drainLoops: u32('loops after the end, while the card plays the rest', { initial: 0 }),
  },
  out: {
    played: u32('bytes given to the card'),
    interrupts: u32('interrupts taken in the measured part'),
    late: u32('dma-autoinit: blocks that began before they were filled'),
    polls: u32('reads of the DSP\'s status that found it busy'),
  },
  statuses: [
    { code: 0xa0, name: 'NO_DSP', doc: 'no DSP answers at 220h', words: 'no Sound Blaster answers at port 220h' },
    { code: 0xa1, name: 'DSP_BUSY', doc: 'the DSP stays busy', words: 'the DSP took no command any more' },
  ],
});
