import type { BlockBackend } from '../../host/block.ts';
import type { Ticks } from '../../sim/time.ts';
import { TICKS_PER_SECOND } from '../../sim/time.ts';
import {
  diskFormat, HEADS, SECTOR_BYTES, SECTOR_CODE, sectorPitch, TRACK_HEADER, type DiskFormat,
} from './track.ts';

/** Sectors that a track may hold. */
const MOST_SECTORS = 24;

/** What stands beside a sector's data (bits of a mark). */
export const MARK = { DELETED: 1, DAMAGED: 2 } as const;

/**
 * A disk: an image of its sectors, and how its tracks are laid out. A track is as it came from the
 * factory (sectors 1 to n in order) until it is formatted; an image has room for the sectors of its
 * format alone, so others that a program formats are not found afterwards.
 */
export class FloppyMedium {
  readonly image: BlockBackend;
  readonly format: DiskFormat;
  /** Time of a byte at the rate that it is written with. */
  readonly byteTime: Ticks;
  /** By track (cylinder * 2 + head) and place: sector number, 0 for none that can be read. */
  private readonly ids: Uint8Array;
  /** By track and sector number: MARK bits. */
  private readonly marks: Uint8Array;
  /** By track: places, gap 3. */
  private readonly counts: Uint8Array;
  private readonly gaps: Uint8Array;

  /** @throws Error if the image is not as long as a disk */
  constructor(image: BlockBackend) {
    const format = diskFormat(image.size);
    if (format === null) throw new Error(`floppy ${image.name}: ${image.size} bytes is no size of a 3½-inch disk`);
    this.image = image;
    this.format = format;
    this.byteTime = 8 * TICKS_PER_SECOND / format.rate;
    const tracks = format.cylinders * HEADS;
    this.ids = new Uint8Array(tracks * MOST_SECTORS);
    for (let t = 0; t < tracks; t++)
      for (let k = 0; k < format.sectors; k++) this.ids[t * MOST_SECTORS + k] = k + 1;
    this.marks = new Uint8Array(tracks * MOST_SECTORS);
    this.counts = new Uint8Array(tracks).fill(format.sectors);
    this.gaps = new Uint8Array(tracks).fill(format.gap3);
  }

  /** State to be declared: no reset changes a disk. */
  get cells(): { ids: Uint8Array; marks: Uint8Array; counts: Uint8Array; gaps: Uint8Array } {
    return { ids: this.ids, marks: this.marks, counts: this.counts, gaps: this.gaps };
  }

  get writeProtected(): boolean {
    return this.image.readOnly;
  }

  /** Places of sectors on a track. */
  places(cylinder: number, head: number): number {
    return cylinder < this.format.cylinders ? this.counts[cylinder * HEADS + head] : 0;
  }

  /** Bytes from the index to a place. */
  placeAt(cylinder: number, head: number, place: number): number {
    return TRACK_HEADER + place * sectorPitch(this.gaps[cylinder * HEADS + head]);
  }

  /** Sector number at a place; 0: none that can be read. */
  sectorAt(cylinder: number, head: number, place: number): number {
    return this.ids[(cylinder * HEADS + head) * MOST_SECTORS + place];
  }

  marksOf(cylinder: number, head: number, sector: number): number {
    return this.marks[(cylinder * HEADS + head) * MOST_SECTORS + sector - 1];
  }

  mark(cylinder: number, head: number, sector: number, marks: number): void {
    this.marks[(cylinder * HEADS + head) * MOST_SECTORS + sector - 1] = marks;
  }

  read(cylinder: number, head: number, sector: number, buffer: Uint8Array): void {
    this.image.read(this.offset(cylinder, head, sector), buffer, 0, SECTOR_BYTES);
  }

  write(cylinder: number, head: number, sector: number, buffer: Uint8Array): void {
    this.image.write(this.offset(cylinder, head, sector), buffer, 0, SECTOR_BYTES);
  }

  /** A track is being formatted: it holds nothing yet. */
  erase(cylinder: number, head: number, gap3: number): void {
    const track = cylinder * HEADS + head;
    if (cylinder >= this.format.cylinders) return;
    this.counts[track] = 0;
    this.gaps[track] = gap3;
    this.ids.fill(0, track * MOST_SECTORS, (track + 1) * MOST_SECTORS);
    this.marks.fill(0, track * MOST_SECTORS, (track + 1) * MOST_SECTORS);
  }

  /**
   * The next sector of a track that is being formatted: its identification, and the byte that its
   * data are filled with (from `filled`). Returns whether an image can hold it (DEVIATES: a disk
   * holds any).
   */
  addSector(cylinder: number, head: number, id: Uint8Array, filled: Uint8Array): boolean {
    const track = cylinder * HEADS + head;
    if (cylinder >= this.format.cylinders || this.counts[track] === MOST_SECTORS) return false;
    const place = this.counts[track]++;
    const [c, h, r, n] = id;
    const ids = this.ids.subarray(track * MOST_SECTORS, track * MOST_SECTORS + place);
    const held = c === cylinder && h === head && n === SECTOR_CODE && r >= 1 && r <= this.format.sectors;
    if (!held || ids.includes(r)) return false;
    this.ids[track * MOST_SECTORS + place] = r;
    this.write(cylinder, head, r, filled);
    return true;
  }

  private offset(cylinder: number, head: number, sector: number): number {
    return ((cylinder * HEADS + head) * this.format.sectors + sector - 1) * SECTOR_BYTES;
  }
}
