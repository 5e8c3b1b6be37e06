import { ms, TICKS_PER_SECOND, type Ticks } from '../../../sim/time.ts';
import { Surface } from '../surface.ts';
import { SECTORS_A_SECOND } from './spec.ts';

/** What a CD-ROM drive's mechanics are like. */
export interface CdFigures {
  /** Times the rate of an audio CD: 75 sectors, 150 KiB, a second. */
  readonly speed: number;
  /** Access over a third of the disc, without rotation. */
  readonly seek: Ticks;
  /** From a closed tray (or the power) until the disc can be read. */
  readonly spinUp: Ticks;
  /** Sectors that the buffer holds. */
  readonly buffer: number;
}

/**
 * An eightfold drive, as they were sold in 1996; the times are unverified. SFF-8020i names the rate
 * alone: 176.4 kB/s for single speed with all bytes of a sector.
 */
export const DEFAULT_CD: CdFigures = { speed: 8, seek: ms(150), spinUp: ms(1500), buffer: 64 };

/** Sectors that pass in a turn, in the middle of a disc: 9 inside, 22 outside. */
const SECTORS_A_TURN = 16;

/**
 * The spiral under the lens as a surface without heads: a turn follows the other with no gap.
 * DEVIATES: as many sectors in each turn; drives that turn evenly read faster outside.
 */
export function spiral(f: CdFigures, sectors: number): Surface {
  return new Surface({
    revolution: Math.round((SECTORS_A_TURN * TICKS_PER_SECOND) / (SECTORS_A_SECOND * f.speed)),
    sectorsPerTrack: SECTORS_A_TURN, heads: 1, seekTrack: 0, seekAverage: f.seek, headSwitch: 0, buffer: f.buffer,
  }, sectors);
}
