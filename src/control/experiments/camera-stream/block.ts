import { block } from '../../guests/block.ts';
import { u32, word, words } from '../../guests/fields.ts';

/** How the camera gets leave to store a frame. */
export const PERMISSIONS = ['each-frame', 'none-while-free', 'never'] as const;
/** What can be wrong with a frame that the guest worked on. */
export const SPOILT = { damaged: 1, overwritten: 2 } as const;
/** The most frames of one run: the guest keeps a digest of each. */
export const MOST_FRAMES = 256;
/** Where ring, page lists and buffers are. */
export const CAMERA_MEMORY = 0x100_0000;

/** guest/camera-stream: frames of a camera, taken from a ring. */
export const CAMERA_STREAM_BLOCK = block('camera-stream', 40, {
  about: 'Takes the frames that a camera sends and works on each for some time.',
  in: {
    permission: word('PERMISSION_*: what the camera needs before it stores a frame', PERMISSIONS),
    entries: u32('entries of the ring', { minimum: 1, maximum: 256, powerOfTwo: true }),
    frames: u32('frames that the sensor sends meanwhile', { minimum: 1, maximum: MOST_FRAMES }),
    memory: u32('physical address of ring, page lists and buffers, multiple of 4096', { multiple: 4096 }),
    busyCycles: u32('processor cycles of work on a frame, at least'),
    hiccupCycles: u32('further cycles of work on some frames'),
    every: u32('on every which frame', { minimum: 1 }),
    batch: u32('frames whose buffers are given back at once; no more than the ring has', { minimum: 1 }),
  },
  out: {
    firstFrame: u32('number of the first frame that came'),
    lastFrame: u32('of the last'),
    processed: u32('frames worked on'),
    registerWrites: u32('writes of the camera\'s registers, measured part'),
    registerReads: u32('reads of them, measured part'),
    interrupts: u32('interrupts taken'),
    spurious: u32('interrupts that the camera had not asked for'),
    dropped: u32('DROPPED: no buffer was free'),
    lostLines: u32('LOST: lines of which the FIFO lost pixels'),
    missed: u32('MISSED: frames that began while one was being stored'),
    ageWorst: u32('most µs from a frame\'s begin to its work'),
    ageTotal: u32('sum of these µs'),
    irq: u32('the line at the 8259 pair'),
    numbers: words('numbers of the frames worked on', MOST_FRAMES),
    digests: words('FNV-1a by dwords of what their buffers held', MOST_FRAMES),
    spoilt: words('SPOILT_*: what was wrong with each', MOST_FRAMES),
  },
  constants: {
    MOST_FRAMES: [MOST_FRAMES, 'frames of a run'],
    SPOILT_DAMAGED: [SPOILT.damaged, 'the camera says that its FIFO lost pixels'],
    SPOILT_OVERWRITTEN: [SPOILT.overwritten, 'the camera came back to the buffer before the work was done'],
  },
  statuses: [
    {
      code: 0xa0, name: 'NO_CARD', words: 'there is no camera on the PCI bus, or it has no address',
      doc: 'no camera on PCI bus 0',
    },
    { code: 0xa1, name: 'NO_LINE', words: 'firmware gave the camera no interrupt line', doc: 'no line is routed' },
    { code: 0xa2, name: 'CAMERA', words: 'the camera has stopped (STATUS {detail})', doc: 'detail: STATUS' },
  ],
});
