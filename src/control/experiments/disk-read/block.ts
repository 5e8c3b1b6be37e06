import { block } from '../../guests/block.ts';
import { digest, i32, u32, word } from '../../guests/fields.ts';

/** What the program can do; the experiment's methods are these, with modes and block sizes. */
export const DISK_READ_METHODS = ['pio-polled', 'pio-irq', 'dma', 'pio-ax'] as const;
export type DiskReadMethod = (typeof DISK_READ_METHODS)[number];

/** Where disk-read puts the data unless told otherwise. */
export const DISK_READ_BUFFER = 0x100_0000;

/** guest/disk-read: reads N bytes from the primary master to RAM between the two marks. */
export const DISK_READ_BLOCK = block('disk-read', 1, {
  about: 'Values that are 0 or left out are the program\'s own: it checks and completes them.',
  flags: {
    skipSha256: 'the host hashes the buffer: leave `sha256` zero',
    forceExt: '48-bit commands even where the range does not need them',
    pollDma: 'dma: poll the bus master\'s status, with a limit, in place of hlt',
  },
  in: {
    method: word('METHOD_*', DISK_READ_METHODS),
    byteCount: u32('N, a multiple of 512, > 0', { minimum: 512, multiple: 512 }),
    buffer: u32('physical address, multiple of 4; [buffer, buffer + N) is RAM above the image', {
      initial: DISK_READ_BUFFER, multiple: 4,
    }),
    lba: u32('first sector, normally 0', { initial: 0 }),
    sectorsPerCommand: u32('1-256 (256 is written as 0), to 65536 with 48-bit commands; 0: 256', {
      initial: 0, maximum: 65536,
    }),
    blockSectors: u32('pio: sectors a DRQ block; 1 READ SECTORS, 2-128 (power of 2) READ MULTIPLE; 0: 16', {
      initial: 0, maximum: 128, powerOfTwo: true,
    }),
    portWidth: u32('pio: 16 (rep insw) or 32 (rep insl), pio-ax: with AX or EAX; 0: 16', {
      initial: 0, zero: true, minimum: 16, maximum: 32, multiple: 16,
    }),
    transferMode: i32('SET FEATURES value: 08h|n PIO, 20h|n MWDMA, 40h|n UDMA; -1: leave drive and timing', {
      initial: -1,
    }),
    prdBytes: u32('dma: longest PRD entry, even, 2-65536; 0: 65536', { initial: 0, maximum: 65536, multiple: 2 }),
  },
  out: {
    ataStatus: u32('last status read of the drive'),
    ataError: u32('error register, valid with status 84h'),
    bmStatus: u32('dma: bus master status of the last command, as it was before it was cleared'),
    interrupts: u32('IRQ 14 taken and acknowledged in the measured part'),
    spurious: u32('interrupts taken that no device had asked for'),
    commands: u32('ATA commands given in the measured part'),
    polls: u32('reads of the alternate or bus master status while waiting, measured part'),
    bytesDone: u32('bytes that have arrived'),
    pciId: u32('IDE function: vendor 15:0, device 31:16; 0: none found'),
    bmBase: u32('bus master\'s port base; 0: none'),
    diskSectors: u32('addressable sectors, at most FFFFFFFFh'),
    sha256: digest('of [buffer, buffer + N), made after the measured part'),
  },
});

export type DiskReadInput = Parameters<typeof DISK_READ_BLOCK.encode>[0];
