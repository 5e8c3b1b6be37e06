import { crc32 } from '../../bits/crc32.ts';
import { LoadError } from '../loader/load-error.ts';

/** What a BIOS may be told to start from. */
export const BOOT_DEVICES = ['floppy', 'disk', 'cd'] as const;
export type BootDevice = (typeof BOOT_DEVICES)[number];

/** The firmware that is plugged into a board: the chip in its socket and how it is set up. */
export interface Bios {
  /** Contents of the chip: 64, 128, 256 or 512 KiB; its end is at 4 GiB. */
  readonly image: Uint8Array;
  /** What to start from, first choice first. */
  readonly boot: readonly BootDevice[];
  /** Option ROMs that the firmware finds in `fw_cfg`, by file name (`vgaroms/…`, `genroms/…`). */
  readonly optionRoms?: Readonly<Record<string, Uint8Array>>;
  /** What the display card's ROM chip holds: its BIOS. */
  readonly videoRom?: Uint8Array;
  /** Gets each character of the firmware's log (port 402h). */
  readonly onLog?: (byte: number) => void;
}

const KiB = 1024;
const SIZES = [64, 128, 256, 512].map((n) => n * KiB);
/** Place of the reset vector, from the end. */
const RESET_VECTOR = 16;

/** @throws LoadError if the image is none for a PC's socket */
export function checkBios(image: Uint8Array): void {
  if (!SIZES.includes(image.length)) {
    const sizes = SIZES.map((s) => s / KiB);
    throw new LoadError('BIOS', -1, `it has ${image.length} bytes; a chip has ${sizes.join(', ')} KiB`);
  }
  const first = image[image.length - RESET_VECTOR];
  if (first === 0 || first === 0xff)
    throw new LoadError('BIOS', image.length - RESET_VECTOR, 'there is no instruction at the reset vector');
}

/**
 * An expansion ROM as a BIOS takes it: 55h AAh, its length in 512 bytes, bytes that sum up to 0
 * (IBM PC/AT Technical Reference, "ROM modules"; PCI 2.2 §6.3.3).
 * @throws LoadError if it is none
 */
export function checkOptionRom(name: string, image: Uint8Array): void {
  const wrong = (offset: number, why: string): never => {
    throw new LoadError(`option ROM ${name}`, offset, why);
  };
  if (image[0] !== 0x55 || image[1] !== 0xaa) wrong(0, 'it does not begin with 55h AAh');
  const length = (image[2] ?? 0) * 512;
  if (length === 0 || length > image.length) wrong(2, `it says that it has ${length} bytes, and has ${image.length}`);
  const sum = image.subarray(0, length).reduce((a, v) => (a + v) & 0xff, 0);
  if (sum !== 0) wrong(-1, `its bytes sum up to ${sum} modulo 256, not to 0`);
}

/** What must be equal for a snapshot to fit. */
export function biosIdentity({ image, boot, videoRom, optionRoms = {} }: Bios): string {
  const digest = (bytes: Uint8Array): string => crc32(bytes).toString(16).padStart(8, '0');
  const roms = Object.entries(optionRoms).map(([name, bytes]) => ` with ${name} ${digest(bytes)}`);
  const video = videoRom === undefined ? '' : ` with video BIOS ${digest(videoRom)}`;
  return `BIOS ${digest(image)} boots ${boot.join(' ')}${video}${roms.join('')}`;
}
