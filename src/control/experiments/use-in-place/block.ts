import { block } from '../../guests/block.ts';
import { u32, word, words } from '../../guests/fields.ts';
import { DEVICE_MEMORY_STATUSES, MEMORY_DEVICES } from '../device-memory/device-memory.ts';
import { SWEEP_SIZES } from '../paths/block.ts';

export const USE_METHODS = ['in-place', 'copy-pio', 'copy-dma'] as const;
export type UseMethod = (typeof USE_METHODS)[number];
/** Numbers of uses after which the time is noted. */
export const USE_STEPS: readonly number[] = Array.from({ length: 7 }, (_, k) => 2 ** k);

/** guest/use-in-place: a buffer in a device's memory is used some times, there or as a copy. */
export const USE_IN_PLACE_BLOCK = block('use-in-place', 63, {
  about: 'A buffer in a device\'s memory is summed up some times: where it is, or after a copy to RAM.',
  in: {
    method: word('METHOD_*', USE_METHODS),
    device: word('DEVICE_*: whose memory', MEMORY_DEVICES),
    byteCount: u32('bytes of the buffer', { minimum: 4, multiple: 4 }),
    uses: u32('how often it is used', { minimum: 1, maximum: 1000 }),
    target: u32('physical address of the copy, multiple of 4', { multiple: 4 }),
    sweep: u32('1: after the measured part, measure numbers of uses and sizes', { initial: 1, maximum: 1 }),
  },
  out: {
    sum: u32('the sum that the last use found'),
    agreed: u32('uses that found that sum'),
    copyCycles: u32('processor cycles of the copy, measured part'),
    useCycles: u32('of all uses'),
    interrupts: u32('interrupts taken, measured part'),
    byUses: words('processor cycles of the copy and 1, 2, 4, … uses', USE_STEPS.length),
    copyBySize: words('processor cycles of the copy of 4 bytes, 8, … 64 KiB', SWEEP_SIZES.length),
    useBySize: words('of one use of as many', SWEEP_SIZES.length),
  },
  constants: {
    SIZES: [SWEEP_SIZES.length, 'sizes'],
    STEPS: [USE_STEPS.length, 'numbers of uses'],
  },
  statuses: DEVICE_MEMORY_STATUSES,
});

/** What a use makes of the bytes: each word added after the sum was rotated left by one bit. */
export function sumOf(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 4) sum = (((sum << 1) | (sum >>> 31)) + view.getUint32(at, true)) >>> 0;
  return sum;
}
