import { block } from '../../guests/block.ts';
import { u32, word } from '../../guests/fields.ts';
import { DEVICE_MEMORY_STATUSES } from '../device-memory/device-memory.ts';

export const FRAME_BUFFER_METHODS = [
  'vga-planes', 'banked', 'linear-uc', 'linear-wc', 'ram-copy', 'ram-dma',
] as const;
export type FrameBufferMethod = (typeof FRAME_BUFFER_METHODS)[number];

/** guest/frame-buffer: a moving pattern drawn again and again into a display card's memory. */
export const FRAME_BUFFER_BLOCK = block('frame-buffer', 64, {
  about: 'A moving pattern, drawn again and again into the memory of a display card by one of six ways.',
  in: {
    method: word('METHOD_*', FRAME_BUFFER_METHODS),
    width: u32('pixels of a line, multiple of 32', { minimum: 32, multiple: 32 }),
    height: u32('lines', { minimum: 16 }),
    depth: u32('bits of a pixel, 8 or 32; vga-planes has 4', { minimum: 8, maximum: 32, multiple: 8 }),
    pictures: u32('pictures to draw', { minimum: 1 }),
    waitRetrace: u32('1: each begins with a vertical retrace', { initial: 0, maximum: 1 }),
    buffer: u32('physical address of the picture in RAM, multiple of 4', { multiple: 4 }),
  },
  out: {
    drawn: u32('pictures drawn between the marks'),
    polls: u32('reads of Input Status 1 between the marks'),
    interrupts: u32('interrupts of the engine'),
  },
  statuses: DEVICE_MEMORY_STATUSES,
});
