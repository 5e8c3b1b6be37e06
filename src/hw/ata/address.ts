import { DEVICE_BIT } from './spec.ts';

/**
 * The address registers of a drive: most recent and previous contents (48-bit commands take both:
 * ATA-6 §48-bit Address feature set).
 */
export interface AddressRegisters {
  count: number;
  countPrevious: number;
  low: number;
  lowPrevious: number;
  mid: number;
  midPrevious: number;
  high: number;
  highPrevious: number;
  device: number;
}

/** With the current CHS translation (INITIALIZE DEVICE PARAMETERS). */
export interface DiskAddress extends AddressRegisters {
  heads: number;
  sectorsPerTrack: number;
}

/**
 * First sector of a 28-bit command: LBA, or cylinder/head/sector if the LBA bit is clear; -1 if the
 * head or sector is not in the translation.
 */
export function address28(r: DiskAddress): number {
  const top = r.device & 15;
  if ((r.device & DEVICE_BIT.LBA) !== 0) return r.low + r.mid * 0x100 + r.high * 0x10000 + top * 0x1000000;
  const cylinder = r.mid + r.high * 0x100;
  if (top >= r.heads || r.low < 1 || r.low > r.sectorsPerTrack) return -1;
  return (cylinder * r.heads + top) * r.sectorsPerTrack + r.low - 1;
}

/** First sector of a 48-bit command. */
export function address48(r: AddressRegisters): number {
  return (
    r.low +
    r.mid * 0x100 +
    r.high * 0x10000 +
    r.lowPrevious * 2 ** 24 +
    r.midPrevious * 2 ** 32 +
    r.highPrevious * 2 ** 40
  );
}

/** Sectors of a command: 0 means 256, or 65536 for 48-bit commands. */
export function sectorCount(r: AddressRegisters, ext: boolean): number {
  if (!ext) return r.count === 0 ? 256 : r.count;
  const n = r.count + r.countPrevious * 0x100;
  return n === 0 ? 0x10000 : n;
}

/**
 * Puts a sector's address where the command's form has it (error outputs, READ NATIVE MAX ADDRESS).
 */
export function storeAddress(r: DiskAddress, sector: number, ext: boolean): void {
  if (!ext && (r.device & DEVICE_BIT.LBA) === 0) {
    const track = Math.floor(sector / r.sectorsPerTrack);
    const cylinder = Math.floor(track / r.heads);
    r.low = (sector % r.sectorsPerTrack) + 1;
    r.mid = cylinder & 0xff;
    r.high = (cylinder >> 8) & 0xff;
    r.device = (r.device & 0xf0) | (track % r.heads);
    return;
  }
  r.low = sector & 0xff;
  r.mid = Math.floor(sector / 2 ** 8) & 0xff;
  r.high = Math.floor(sector / 2 ** 16) & 0xff;
  if (ext) {
    r.lowPrevious = Math.floor(sector / 2 ** 24) & 0xff;
    r.midPrevious = Math.floor(sector / 2 ** 32) & 0xff;
    r.highPrevious = Math.floor(sector / 2 ** 40) & 0xff;
  } else {
    r.device = (r.device & 0xf0) | (Math.floor(sector / 2 ** 24) & 15);
  }
}

/**
 * Default translation of a disk: 16 heads of 63 sectors, at most 16,383 cylinders (ATA-6 §IDENTIFY
 * DEVICE words 1, 3, 6; ATA/ATAPI-5 annex C).
 */
export function defaultCylinders(sectors: number): number {
  return Math.max(1, Math.min(16383, Math.floor(sectors / (16 * 63))));
}
export const DEFAULT_HEADS = 16, DEFAULT_SECTORS_PER_TRACK = 63;
