import { block } from '../../guests/block.ts';
import { u32 } from '../../guests/fields.ts';

/** Where everything of the masters is: from here on, each its part. */
export const MASTERS_MEMORY = 0x100_0000;
export const PART = { camera: 0, raid: 0x60_0000, network: 0x80_0000, disk: 0x90_0000 } as const;
/** Slots of the array's read-ahead; 8 KiB << this is the network card's ring. */
export const SLOTS = 16, RING = 2;
/** The sound card's ring: below 16 MiB, within 128 KiB. */
export const SOUND_AT = 0x30_0000;
/** Bytes of a disk command. */
export const DISK_BYTES = 128 * 1024;

/** guest/many-masters: several bus masters at once, for a set time. */
export const MANY_MASTERS_BLOCK = block('many-masters', 42, {
  about: 'A disk, a camera, an array, a network card and a sound card master the bus at once.',
  flags: {
    disk: 'reads from the disk one command after the other (always)', camera: 'camera, overwriting a ring of four',
    raid: 'array, reading ahead', network: 'RTL8139C, a source of frames at the far end',
    sound: 'Sound Blaster 16, 16-bit auto-initialised DMA',
  },
  in: {
    runCycles: u32('processor cycles that it lasts'),
    memory: u32('physical address of all buffers but the sound\'s, multiple of 4096', { multiple: 4096 }),
    soundRate: u32('samples a second', { minimum: 5000, maximum: 44100 }),
  },
  out: {
    diskCommands: u32('commands of 128 KiB that the disk has done'),
    diskLba: u32('first sector of the last one'),
    diskErrors: u32('commands that failed'),
    cameraFrames: u32('PRODUCER: frames stored'),
    cameraLost: u32('LOST: lines that the FIFO lost'),
    cameraMissed: u32('MISSED: frames that began while one was being stored'),
    cameraStatus: u32('STATUS'),
    raidStripes: u32('stripes that came'),
    raidCause: u32('CAUSE'),
    netFrames: u32('frames that came'),
    netErrors: u32('of these without ROK'),
    netMissed: u32('MPC: frames for which there was no room'),
    soundBlocks: u32('interrupts of the sound card'),
    spurious: u32('interrupts that nobody had asked for'),
  },
  constants: {
    CAMERA: [PART.camera, 'offset of the camera\'s ring and buffers'],
    RAID: [PART.raid, 'of the array\'s mailbox and buffer'],
    NETWORK: [PART.network, 'of a frame and the network card\'s ring'],
    DISK: [PART.disk, 'of the disk\'s buffer and table'],
    SLOTS: [SLOTS, 'slots of the array\'s read-ahead'],
    RING: [RING, 'size of the network card\'s ring'],
    SOUND_AT: [SOUND_AT, 'address of the sound card\'s ring'],
  },
  statuses: [
    { code: 0xa0, name: 'NO_CARD', words: 'a card is missing, or has no interrupt line', doc: 'a card is missing' },
  ],
});
