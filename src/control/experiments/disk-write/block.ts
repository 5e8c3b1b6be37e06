import { block } from '../../guests/block.ts';
import { i32, u32, word } from '../../guests/fields.ts';

/** What the program can do; the experiment's methods are these, with modes and block sizes. */
export const DISK_WRITE_METHODS = ['pio-polled', 'pio-irq', 'dma', 'pio-ax'] as const;
export type DiskWriteMethod = (typeof DISK_WRITE_METHODS)[number];

/** Where the data stand that disk-write writes. */
export const DISK_WRITE_BUFFER = 0x100_0000;

/** guest/disk-write: writes N bytes from RAM to the primary master, then reads them back. */
export const DISK_WRITE_BLOCK = block('disk-write', 5, {
  about: `The host has put the data into the buffer. Between the two marks they are written and flushed to the
medium; then they are read back by polled PIO and compared with the buffer.`,
  in: {
    method: word('METHOD_*', DISK_WRITE_METHODS),
    byteCount: u32('N, a multiple of 512, > 0', { minimum: 512, multiple: 512 }),
    buffer: u32('physical address, multiple of 4; [buffer, buffer + N) is RAM above the image', {
      initial: DISK_WRITE_BUFFER, multiple: 4,
    }),
    lba: u32('first sector, normally 0', { initial: 0 }),
    blockSectors: u32('pio: sectors a DRQ block; 1 WRITE SECTORS, 2-128 (power of 2) WRITE MULTIPLE; 0: 16', {
      initial: 0, maximum: 128, powerOfTwo: true,
    }),
    transferMode: i32('SET FEATURES value: 08h|n PIO, 20h|n MWDMA, 40h|n UDMA; -1: leave drive and timing', {
      initial: -1,
    }),
    portWidth: u32('pio: 16 (rep outsw) or 32 (rep outsl), pio-ax: with AX or EAX; 0: 16', {
      initial: 0, zero: true, minimum: 16, maximum: 32, multiple: 16,
    }),
  },
  out: {
    ataStatus: u32('last status read of the drive'),
    ataError: u32('error register, valid with status 84h'),
    bmStatus: u32('dma: bus master status of the last command, as it was before it was cleared'),
    commands: u32('ATA commands given in the measured part, FLUSH CACHE included'),
    polls: u32('reads of the alternate status while waiting, measured part'),
    bytesDone: u32('bytes that the drive has taken'),
    bytesVerified: u32('bytes read back that are equal to the buffer\'s, up to the first that is not'),
  },
});
