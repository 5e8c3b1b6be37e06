import { formatSeconds } from './quantities.ts';

/** A run shorter than this shows nothing. */
const QUIET_MS = 2000;
const INTERVAL_MS = 200;

/**
 * One line on stderr about what takes its time: phase, simulated time, speed. Only on a terminal,
 * only after two seconds, and gone when the work is done; silent otherwise.
 */
export class Progress {
  private readonly out: NodeJS.WriteStream;
  private readonly active: boolean;
  private readonly started = performance.now();
  private lastShown = 0;
  private lastInstructions = 0;
  private shown = false;
  /** What is being done, e.g. `dma: booting`. */
  phase = '';

  constructor(out: NodeJS.WriteStream = process.stderr, wanted = true) {
    this.out = out;
    this.active = wanted && out.isTTY === true;
  }

  /** Tells how far the machine is. Cheap: call it often. */
  update(seconds: number, instructions: number): void {
    if (!this.active) return;
    const now = performance.now();
    if (now - this.started < QUIET_MS || now - this.lastShown < INTERVAL_MS) return;
    const mips =
      this.lastShown === 0 || instructions < this.lastInstructions
        ? NaN
        : (instructions - this.lastInstructions) / (now - this.lastShown) / 1e3;
    this.lastShown = now;
    this.lastInstructions = instructions;
    const text = `${this.phase}  ${formatSeconds(seconds)} ` +
      `simulated${Number.isNaN(mips) ? '' : `, ${mips.toFixed(0)} MIPS`}, ` +
        `${((now - this.started) / 1e3).toFixed(0)} s elapsed`;
    this.out.write(`\r\x1b[K${text.slice(0, (this.out.columns ?? 80) - 1)}`);
    this.shown = true;
  }

  /** Takes the line away. */
  clear(): void {
    if (this.shown) this.out.write('\r\x1b[K');
    this.shown = false;
  }
}
