import { SECTOR_BYTES } from '../track.ts';

/** C, H, R, N of a command as it goes on from sector to sector. */
export interface SectorAddress {
  c: number;
  /** H of the identification, and the head that is selected. */
  h: number;
  head: number;
  r: number;
  /** The last sector of a track. */
  readonly eot: number;
  /** The command goes on to the other side. */
  readonly mt: boolean;
}

/** Goes to the next sector: what the result phase shows (table 5-5). */
export function nextAddress(a: SectorAddress): void {
  if (a.r !== a.eot) {
    a.r = a.r + 1 & 0xff;
    return;
  }
  a.r = 1;
  if (!a.mt || a.head === 1) a.c = a.c + 1 & 0xff;
  if (a.mt) {
    a.head ^= 1;
    a.h ^= 1;
  }
}

/** Bytes from this sector to the end of what EOT and MT allow. */
export function bytesToEnd(a: SectorAddress): number {
  const side = a.eot >= a.r ? a.eot - a.r + 1 : 1;
  return (side + (a.mt && a.h === 0 ? a.eot : 0)) * SECTOR_BYTES;
}
