import { count, size } from '../../sim/parameter.ts';
import { TICKS_PER_SECOND, type Ticks } from '../../sim/time.ts';

/** What can be chosen of the camera. */
export const CAMERA_OPTIONS = {
  width: count(640, { doc: 'pixels a line', source: 'VGA', minimum: 16, maximum: 4096, step: 4 }),
  height: count(480, { doc: 'lines', source: 'VGA', minimum: 4, maximum: 4096 }),
  pixelBytes: count(1, { doc: 'bytes a pixel', source: 'a choice: one grey value', minimum: 1, maximum: 4 }),
  frameRate: count(25, {
    doc: 'frames a second', source: 'ITU-R BT.470, systems of 625 lines', minimum: 1, maximum: 1000,
  }),
  fifo: size(1024, {
    doc: 'line FIFO between sensor and bus', minimum: 64, maximum: 65536, step: 4,
    source: 'unverified: frame grabbers of the time have some hundred bytes to a few KiB',
  }),
  burst: size(64, {
    doc: 'longest burst of the bus master, a power of two', minimum: 4, maximum: 256, step: 4,
    source: "a choice: as long as the bursts of this board's IDE function",
  }),
};

/**
 * Blanking: 45 of 525 lines and 160 of 800 pixel times, as VESA DMT 1.0 rev. 11 has them for
 * 640 × 480 at 60 Hz; 35 of the lines (sync and back porch) before the picture, 10 behind it.
 */
const BLANK_LINES = 45 / 480, BEFORE = 35 / 45, ACTIVE_SHARE = 640 / 800;

/**
 * The sensor: frame n begins at n periods of simulated time, whether anybody looks or not. First
 * come blank lines, then the lines of the picture, each with its pixels at the pixel clock and a
 * pause, then a few more blank ones. All of it follows from the time, so it is no state.
 */
export class Sensor {
  readonly width: number;
  readonly height: number;
  readonly pixelBytes: number;
  readonly lineBytes: number;
  readonly frameBytes: number;
  /** From one frame's begin to the next. */
  readonly period: Ticks;
  /** Before the picture. */
  private readonly blankLines: number;
  private readonly linePeriod: Ticks;
  /** The part of a line in which pixels come. */
  private readonly active: Ticks;

  constructor(o: { width: number; height: number; pixelBytes: number; frameRate: number }) {
    this.width = o.width;
    this.height = o.height;
    this.pixelBytes = o.pixelBytes;
    this.lineBytes = o.width * o.pixelBytes;
    this.frameBytes = this.lineBytes * o.height;
    this.period = Math.round(TICKS_PER_SECOND / o.frameRate);
    const blank = Math.ceil(o.height * BLANK_LINES);
    this.blankLines = Math.ceil(blank * BEFORE);
    this.linePeriod = Math.floor(this.period / (o.height + blank));
    this.active = Math.max(1, Math.floor(this.linePeriod * ACTIVE_SHARE));
  }

  /** Bytes of a frame that have come by `since` ticks after its begin. */
  arrived(since: Ticks): number {
    const t = since - this.blankLines * this.linePeriod;
    if (t <= 0) return 0;
    const line = Math.floor(t / this.linePeriod);
    if (line >= this.height) return this.frameBytes;
    const within = t - line * this.linePeriod;
    const bytes = within >= this.active ? this.lineBytes : Math.floor((within * this.lineBytes) / this.active);
    return line * this.lineBytes + bytes;
  }

  /** When `bytes` of a frame (1 or more) have come: ticks after its begin. */
  when(bytes: number): Ticks {
    const line = Math.floor((bytes - 1) / this.lineBytes);
    const rest = bytes - line * this.lineBytes;
    return (this.blankLines + line) * this.linePeriod + Math.ceil((rest * this.active) / this.lineBytes);
  }
}

/**
 * A byte of the test picture (README §Picture): a pattern that moves with the frame's number, and
 * in which a byte that is missing, doubled or of another line or frame changes what follows.
 */
export function pictureByte(frame: number, line: number, column: number): number {
  return (3 * column + 5 * line + 7 * frame + ((column * line) >>> 4)) & 0xff;
}
