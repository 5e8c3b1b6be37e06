import type { PointRecord } from '../../../src/control/sweep/sweep.ts';
import { formatSeconds } from '../quantities.ts';

/** On a terminal at most so often (ms); elsewhere a line of a log. */
const INTERVAL_MS = 200, PLAIN_INTERVAL_MS = 10_000;

/** How far a sweep is and how long it will take, on stderr. */
export class SweepProgress {
  private readonly total: number;
  private readonly before: number;
  private readonly wanted: boolean;
  private readonly out = process.stderr;
  private readonly begun = performance.now();
  private done: number;
  private last = performance.now();
  private shown = false;

  /** @param before points that were there already */
  constructor(total: number, before: number, wanted: boolean) {
    this.total = total;
    this.before = before;
    this.done = before;
    this.wanted = wanted;
    if (wanted && before > 0) this.out.write(`northbridge: ${before} of ${total} points are there already\n`);
  }

  /** A point has ended. */
  ended(record: PointRecord): void {
    this.done++;
    const now = performance.now();
    if (!this.wanted || now - this.last < (this.out.isTTY ? INTERVAL_MS : PLAIN_INTERVAL_MS)) return;
    this.last = now;
    const each = (now - this.begun) / 1e3 / (this.done - this.before);
    const values = Object.entries(record.values).map(([name, value]) => ` ${name} ${value}`).join('');
    const text = `${this.done} of ${this.total} points, some ${formatSeconds(each * (this.total - this.done))} left; ` +
      `last: ${record.method}${values}`;
    if (this.out.isTTY) this.out.write(`\r\x1b[K${text.slice(0, (this.out.columns ?? 80) - 1)}`);
    else this.out.write(`northbridge: ${text}\n`);
    this.shown = true;
  }

  /** Takes the line away. */
  clear(): void {
    if (this.shown && this.out.isTTY) this.out.write('\r\x1b[K');
    this.shown = false;
  }
}
