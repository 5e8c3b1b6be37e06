import { toSeconds, type Ticks } from '../../../src/sim/time.ts';

/** Being ahead by less is nothing that anybody sees; a longer wait would keep keys waiting (ms). */
const LEAST = 5, MOST = 50;

/**
 * Keeps a machine from running ahead of the clock on the wall: a guest that sleeps must not make
 * time race before somebody who types. Time lost to a slow stretch is not made up for.
 */
export class Pace {
  private readonly kept: boolean;
  private start = 0;
  private origin = 0;

  /** @param kept false: as fast as it can */
  constructor(kept: boolean) {
    this.kept = kept;
  }

  /** It runs from now on. */
  begin(now: Ticks): void {
    this.start = milliseconds(now);
    this.origin = performance.now();
  }

  /** How long to wait, in ms; 0: not at all. */
  ahead(now: Ticks): number {
    if (!this.kept) return 0;
    const ahead = milliseconds(now) - this.start - (performance.now() - this.origin);
    if (ahead < 0) this.origin -= ahead;
    return ahead > LEAST ? Math.min(ahead, MOST) : 0;
  }
}

function milliseconds(time: Ticks): number {
  return toSeconds(time) * 1e3;
}
