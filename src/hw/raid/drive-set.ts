import { count, duration, size } from '../../sim/parameter.ts';
import { ms, TICKS_PER_SECOND, us, type Ticks } from '../../sim/time.ts';
import { DRIVES } from './spec.ts';

const MiB = 2 ** 20;

/** What can be chosen of the array. */
export const RAID_OPTIONS = {
  driveBytes: size(64 * MiB, {
    doc: 'capacity of each of the four drives', source: 'a choice', minimum: MiB, maximum: 512 * MiB, step: MiB,
  }),
  stripe: size(16 * 1024, {
    doc: 'bytes on one drive before the next one comes', source: 'a choice', minimum: 4096, maximum: 65536, step: 4096,
  }),
  seek: duration(ms(8), {
    doc: 'seek and rotation where the head is elsewhere', maximum: ms(100),
    source: 'unverified: an average disk of 7200 rpm of the late 1990s',
  }),
  overhead: duration(us(300), {
    doc: 'a drive\'s own time for a command', source: 'unverified: some hundred µs', maximum: ms(100),
  }),
  mediaRate: count(12_000_000, {
    doc: 'bytes a second from the surface of a drive', minimum: 100_000, maximum: 1_000_000_000,
    source: 'unverified: a disk of the late 1990s',
  }),
  seed: count(0, {
    doc: 'makes other contents of the drives', source: 'a choice', minimum: 0, maximum: 0xffff_ffff,
  }),
  burst: size(64, {
    doc: 'longest burst of the bus master, a power of two', minimum: 4, maximum: 256, step: 4,
    source: "a choice: as long as the bursts of this board's IDE function",
  }),
};

/** What a drive reads for. */
export const WORK = { NONE: 0, COMMAND: 1, AHEAD: 2 } as const;

/** Cells of the four drives, by number; declared by the controller. */
export function driveCells() {
  return {
    work: new Uint8Array(DRIVES),
    /** What is read: stripe, first byte in it, bytes; where it goes in memory, and bytes gone. */
    stripe: new Uint32Array(DRIVES), from: new Uint32Array(DRIVES), bytes: new Uint32Array(DRIVES),
    target: new Float64Array(DRIVES), gone: new Uint32Array(DRIVES),
    /** It is in the drive's buffer. */
    ready: new Uint8Array(DRIVES),
    /** Byte of the drive at which the head is. */
    head: new Float64Array(DRIVES),
  };
}
export type DriveCells = ReturnType<typeof driveCells>;

/** Byte of its drive at which a byte of a stripe is. */
export function placeOf(stripe: number, from: number, stripeBytes: number): number {
  return Math.floor(stripe / DRIVES) * stripeBytes + from;
}

/** Time from a drive's command to the data in its buffer. */
export function readingTime(
  head: number, place: number, bytes: number, o: { seek: Ticks; overhead: Ticks; mediaRate: number },
): Ticks {
  return (head === place ? 0 : o.seek) + o.overhead + Math.ceil((bytes / o.mediaRate) * TICKS_PER_SECOND);
}
