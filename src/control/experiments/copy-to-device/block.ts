import { block } from '../../guests/block.ts';
import { u32, word, words } from '../../guests/fields.ts';
import { DEVICE_MEMORY_STATUSES, MEMORY_DEVICES } from '../device-memory/device-memory.ts';
import { SWEEP_SIZES } from '../paths/block.ts';

export const COPY_METHODS = ['uc', 'wc', 'dma', 'engine-dma'] as const;
export type CopyMethod = (typeof COPY_METHODS)[number];

/** guest/copy-to-device: the same bytes to a device's memory, by one way, between the marks. */
export const COPY_TO_DEVICE_BLOCK = block('copy-to-device', 62, {
  about: 'The same bytes from RAM to a device\'s memory: by stores, uncached or combined, or by DMA.',
  in: {
    method: word('METHOD_*', COPY_METHODS),
    device: word('DEVICE_*: whose memory', MEMORY_DEVICES),
    byteCount: u32('bytes, at once', { minimum: 4, multiple: 4 }),
    width: u32('bits of each store of the processor: 8, 16 or 32', { minimum: 8, maximum: 32, powerOfTwo: true }),
    offset: u32('of the first byte in the device\'s memory', { maximum: 63 }),
    source: u32('physical address of the bytes in RAM, multiple of 4', { multiple: 4 }),
    sweep: u32('1: after the measured part, measure one copy of each size', { initial: 1, maximum: 1 }),
  },
  out: {
    taken: u32('processor cycles of the measured copy'),
    interrupts: u32('interrupts of the card or the engine taken, measured part'),
    bySize: words('processor cycles of one copy: 4 bytes, 8, … 64 KiB; 0 where it does not fit', SWEEP_SIZES.length),
  },
  constants: { SWEEP_SIZES: [SWEEP_SIZES.length, 'sizes of the sweep'] },
  statuses: DEVICE_MEMORY_STATUSES,
});
