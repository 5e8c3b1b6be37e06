import { formatSeconds } from './quantities.ts';

/** A run shorter than this shows nothing. */
const QUIET_MS = 2000;
/** Where there is no terminal: a run shorter than this says nothing. */
const PLAIN_QUIET_MS = 5000;
const INTERVAL_MS = 200;

/**
 * One line on stderr about what takes its time: phase, simulated time, speed. On a terminal only
 * after two seconds, and gone when the work is done. Elsewhere one plain line a step, after five
 * seconds, so that a log of a long run is not empty.
 */
export class Progress {
  private readonly out: NodeJS.WriteStream;
  private readonly active: boolean;
  private readonly plain: boolean;
  /** The step that the last plain line told. */
  private told = '';
  private readonly started = performance.now();
  private lastShown = 0;
  private lastInstructions = 0;
  private shown = false;
  /** What is being done, e.g. `dma: booting`. */
  phase = '';

  constructor(out: NodeJS.WriteStream = process.stderr, wanted = true) {
    this.out = out;
    this.active = wanted && out.isTTY === true;
    this.plain = wanted && out.isTTY !== true;
  }

  /** Tells how far the machine is. Cheap: call it often. */
  update(seconds: number, instructions: number): void {
    if (this.plain) this.tellStep();
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

  private tellStep(): void {
    if (this.phase === this.told || performance.now() - this.started < PLAIN_QUIET_MS) return;
    this.told = this.phase;
    this.out.write(`northbridge: ${this.phase}\n`);
  }

  /** Takes the line away. */
  clear(): void {
    if (this.shown) this.out.write('\r\x1b[K');
    this.shown = false;
  }
}
