/**
 * A track of the IBM MFM format (System 34; 82077AA §5.2.1 FORMAT TRACK, figure 5-1), in bytes of
 * the data rate from the index pulse on.
 */

/** Gap 4a, synchronisation, index mark, gap 1. */
export const TRACK_HEADER = 80 + 12 + 4 + 50;
/** Synchronisation, mark, C H R N, CRC of an identification field. */
export const ID_FIELD = 12 + 4 + 4 + 2;
/** From the begin of a sector's identification field to its data: gap 2 lies between. */
export const TO_DATA = ID_FIELD + 22 + 12 + 4;
/** CRC behind the data. */
export const DATA_CRC = 2;
export const SECTOR_BYTES = 512;
/** N of 512 bytes. */
export const SECTOR_CODE = 2;

/** Bytes from the begin of one sector to that of the next. */
export function sectorPitch(gap3: number, code: number = SECTOR_CODE): number {
  return TO_DATA + (128 << Math.min(code, 7)) + DATA_CRC + gap3;
}

/** What a disk was made for. */
export interface DiskFormat {
  readonly title: string;
  /** Bytes of an image. */
  readonly size: number;
  readonly cylinders: number;
  /** Sectors of a track. */
  readonly sectors: number;
  /** Bits per second at which its tracks are written. */
  readonly rate: number;
  /** Bytes of gap 3 that it is formatted with. */
  readonly gap3: number;
}

export const HEADS = 2;

/** 3½-inch disks for a PC (82077AA table 5-8, formatting of 3.5-inch drives). */
export const DISK_FORMATS: readonly DiskFormat[] = [
  { title: '1.44 MB', size: 1_474_560, cylinders: 80, sectors: 18, rate: 500_000, gap3: 0x6c },
  { title: '720 kB', size: 737_280, cylinders: 80, sectors: 9, rate: 250_000, gap3: 0x50 },
];

/** The format of an image of `size` bytes, or null if no disk has as many. */
export function diskFormat(size: number): DiskFormat | null {
  return DISK_FORMATS.find((f) => f.size === size) ?? null;
}
