import type { KeyboardInput } from '../../../host/input.ts';
import type { IrqLine } from '../../../irq/line.ts';
import type { PictureTap, Picture } from '../../../host/video.ts';
import { Component, type Simulation } from '../../../sim/component.ts';
import { ms, type Ticks } from '../../../sim/time.ts';
import { HELD } from '../../typing/key-text.ts';

/** From one key to the next: 100 ms on average, a quick typist; an assumption. */
export const SHORTEST_GAP: Ticks = ms(60), GAP_RANGE: Ticks = ms(80);
const LETTERS = 26;
/** Columns and lines of the text screen. */
const COLUMNS = 80, LINES = 25;

/** What happens to a key, in order; times in ticks. */
export const STAGES = ['down', 'requested', 'taken', 'had', 'written', 'seen'] as const;
export type Stage = (typeof STAGES)[number];

/** xorshift32 (Marsaglia, "Xorshift RNGs", 2003). @param x not 0 */
function next(x: number): number {
  x ^= x << 13;
  x ^= x >>> 17;
  x ^= x << 5;
  return x >>> 0;
}

/** The letter of key number `k`. */
export function letterOf(k: number): string {
  return String.fromCharCode(0x61 + (7 * k) % LETTERS);
}

/**
 * Somebody at the keyboard: presses so many keys, at times that nothing in the machine has an
 * influence on, and notes when each gets how far. A part of the machine, so that it goes on from a
 * snapshot as it was.
 */
export class Typist extends Component {
  readonly times: Readonly<Record<Stage, Float64Array>>;
  private readonly s;
  private readonly count: number;
  private readonly keyboard: KeyboardInput;
  private readonly press = this.event('press', () => this.goDown());
  private readonly release = this.event('release', () => this.goUp());

  /**
   * @param line the keyboard controller's request, looked at
   * @param seed the same, the same times; not 0
   */
  constructor(sim: Simulation, keyboard: KeyboardInput, line: IrqLine, count: number, seed: number) {
    super('typist', sim);
    this.count = count;
    this.keyboard = keyboard;
    const times = (): Float64Array => new Float64Array(count).fill(-1);
    this.times = this.cells('times', {
      down: times(), requested: times(), taken: times(), had: times(), written: times(), seen: times(),
    });
    this.s = this.cells('state', { pressed: 0, had: 0, written: 0, seen: 0, random: seed, making: false });
    line.probe = (level) => this.edge(level);
  }

  /** The first key goes down after a gap. */
  start(): void {
    this.wait();
  }

  /** The program has the next character. */
  had(): void {
    this.stamp('had', this.s.had++);
  }

  /** It has written it. */
  written(): void {
    this.stamp('written', this.s.written++);
  }

  /** A picture is complete. */
  look(picture: Picture): void {
    while (this.s.seen < this.s.written && isLit(picture, this.s.seen)) this.stamp('seen', this.s.seen++);
  }

  private stamp(stage: Stage, k: number): void {
    if (k < this.count) this.times[stage][k] = this.sim.scheduler.now;
  }

  private wait(): void {
    this.s.random = next(this.s.random);
    this.press.after(SHORTEST_GAP + (this.s.random % GAP_RANGE));
  }

  private goDown(): void {
    const k = this.s.pressed++;
    this.stamp('down', k);
    this.s.making = true;
    this.keyboard.press(keyOf(k));
    this.release.after(HELD);
    if (this.s.pressed < this.count) this.wait();
  }

  private goUp(): void {
    this.keyboard.release(keyOf(this.s.pressed - 1));
  }

  /** Up: a byte is there. Down: software has read it. The first byte of a key is the one. */
  private edge(level: boolean): void {
    const k = this.s.pressed - 1;
    if (!this.s.making) return;
    if (level) this.stamp('requested', k);
    else if (this.times.requested[k] >= 0) {
      this.stamp('taken', k);
      this.s.making = false;
    }
  }
}

function keyOf(k: number): string {
  return `Key${letterOf(k).toUpperCase()}`;
}

/** Whether there is something at a place of the text screen. */
export function isLit({ width, height, rgba }: Picture, place: number): boolean {
  const w = Math.floor(width / COLUMNS), h = Math.floor(height / LINES);
  const left = (place % COLUMNS) * w, top = Math.floor(place / COLUMNS) * h;
  for (let y = top; y < top + h; y++)
    for (let x = left; x < left + w; x++) {
      const at = 4 * (y * width + x);
      if (rgba[at] !== 0 || rgba[at + 1] !== 0 || rgba[at + 2] !== 0) return true;
    }
  return false;
}

/** Gives pictures to a typist who comes later. */
export class Monitor implements PictureTap {
  typist: Typist | null = null;

  finished(_output: string, picture: Picture): void {
    this.typist?.look(picture);
  }
}
