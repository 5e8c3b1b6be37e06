import type { Ticks } from '../../sim/time.ts';

/** What a drive's mechanics are like. One zone: every track has as many sectors. */
export interface SurfaceFigures {
  /** Time of a turn. */
  readonly revolution: Ticks;
  readonly sectorsPerTrack: number;
  readonly heads: number;
  /** Seek to the next cylinder, and over a third of them. */
  readonly seekTrack: Ticks;
  readonly seekAverage: Ticks;
  /** To another head of the same cylinder. */
  readonly headSwitch: Ticks;
  /** Sectors that the buffer holds. */
  readonly buffer: number;
}

/** What came before the first sector of a stream. */
export interface Positioning {
  readonly seek: Ticks;
  readonly rotation: Ticks;
}

/**
 * The disks of a drive under its heads, and the buffer between them and the interface. A stream
 * begins with a seek and the wait for the first sector; from then on sector after sector passes.
 * Reading goes on ahead of the host until the buffer is full, writing follows the host as long as
 * the buffer has data; who comes too late for a sector waits until it comes by again. Nothing but
 * the beginning of the stream is kept: where the heads are follows from the time.
 *
 * DEVIATES: a drive has zones with more sectors outside, several segments of its buffer, and spare
 * sectors. The angle at time 0 is that of sector 0.
 */
export class Surface {
  readonly s = {
    streaming: false, writing: false,
    /** The first sector in the buffer; the next one to pass, and when it begins to. */
    from: 0, next: 0, at: 0,
    /** Sectors below are the host's (reading), or in the buffer or on the disk (writing). */
    taken: 0,
    cylinder: 0,
  };
  /** Of the stream that began last. */
  positioning: Positioning | null = null;
  private readonly f: SurfaceFigures;
  private readonly cylinders: number;
  private readonly headSkew: number;
  private readonly cylinderSkew: number;

  constructor(figures: SurfaceFigures, sectors: number) {
    this.f = figures;
    const { sectorsPerTrack, heads, revolution, headSwitch, seekTrack } = figures;
    this.cylinders = Math.max(1, Math.ceil(sectors / (sectorsPerTrack * heads)));
    const slots = (time: Ticks): number => Math.ceil((time * sectorsPerTrack) / revolution);
    this.headSkew = slots(headSwitch);
    this.cylinderSkew = slots(seekTrack);
  }

  /** How long from `now` until `n` sectors from `lba` on are in the buffer, for the host. */
  read(now: Ticks, lba: number, n: number): Ticks {
    const s = this.s, end = lba + n;
    this.positioning = null;
    if (s.streaming && !s.writing && lba >= s.from && lba - s.taken <= this.f.sectorsPerTrack) {
      // Read ahead until the buffer was full; from there it goes on as soon as there is room.
      const full = s.taken + this.f.buffer;
      if (full > s.next && s.at + this.passing(s.next, full) <= now) {
        s.next = full;
        s.at = now + this.rotation(now, full);
      }
    } else this.begin(now + this.flush(now), lba, false);
    s.from = s.taken = lba;
    return end <= s.next ? 0 : Math.max(0, s.at + this.passing(s.next, end) - now);
  }

  /**
   * `n` sectors from `lba` on came from the host: how long from `now` until the buffer has room
   * for as many again.
   */
  write(now: Ticks, lba: number, n: number): Ticks {
    const s = this.s;
    this.positioning = null;
    if (!s.streaming || !s.writing || lba !== s.taken) this.begin(now + this.flush(now), lba, true);
    else if (s.at + this.passing(s.next, lba) < now) {
      // The sector has passed before its data came.
      s.next = lba;
      s.at = now + this.rotation(now, lba);
    }
    s.taken = lba + n;
    const gone = s.taken + n - this.f.buffer;
    return gone <= s.next ? 0 : Math.max(0, s.at + this.passing(s.next, gone) - now);
  }

  /** How long from `now` until all that was written is on the disk. */
  flush(now: Ticks): Ticks {
    const s = this.s;
    return s.streaming && s.writing ? Math.max(0, s.at + this.passing(s.next, s.taken) - now) : 0;
  }

  private begin(start: Ticks, lba: number, writing: boolean): void {
    const s = this.s, cylinder = this.cylinderOf(lba);
    const here = s.streaming ? this.cylinderOf(s.taken) : s.cylinder;
    const seek = this.seek(Math.abs(cylinder - here));
    const rotation = this.rotation(start + seek, lba);
    s.streaming = true;
    s.writing = writing;
    s.cylinder = cylinder;
    s.from = s.next = s.taken = lba;
    s.at = start + seek + rotation;
    this.positioning = { seek, rotation };
  }

  private cylinderOf(lba: number): number {
    return Math.floor(lba / (this.f.sectorsPerTrack * this.f.heads));
  }

  /** The square root of the distance, through the two times that makers tell. */
  private seek(distance: number): Ticks {
    if (distance === 0) return 0;
    const { seekTrack, seekAverage } = this.f, third = Math.max(2, this.cylinders / 3);
    const grown = (Math.sqrt(distance) - 1) / (Math.sqrt(third) - 1);
    return Math.round(seekTrack + (seekAverage - seekTrack) * grown);
  }

  /** From `time` until sector `lba` comes under its head. */
  private rotation(time: Ticks, lba: number): Ticks {
    const { revolution, sectorsPerTrack } = this.f;
    const angle = Math.floor(((this.slot(lba) % sectorsPerTrack) * revolution) / sectorsPerTrack);
    return (angle - (time % revolution) + revolution) % revolution;
  }

  /** From the beginning of sector `from` to the end of the one before `to`. */
  private passing(from: number, to: number): Ticks {
    if (to <= from) return 0;
    const slots = this.slot(to - 1) + 1 - this.slot(from);
    return Math.ceil((slots * this.f.revolution) / this.f.sectorsPerTrack);
  }

  /** Where a sector is, in sectors along the way of the heads: tracks begin where these arrive. */
  private slot(lba: number): number {
    const track = Math.floor(lba / this.f.sectorsPerTrack);
    const cylinder = Math.floor(track / this.f.heads);
    return lba + track * this.headSkew + cylinder * (this.cylinderSkew - this.headSkew);
  }
}
