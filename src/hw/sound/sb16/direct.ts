import { mulDivCeil } from '../../../bits/muldiv.ts';
import type { AudioFormat } from '../../../host/audio.ts';
import { ms, TICKS_PER_SECOND, type Ticks } from '../../../sim/time.ts';

/** A pause between two samples that ends one sound and begins another. */
const PAUSE = ms(100);

/**
 * Direct mode: the converter holds the level that software wrote last. What it plays is that level
 * as a host hears it: taken once in each period of the programmed rate, in the middle, counted from
 * the sound's first sample. So a sample that comes up to half a period early or late is heard once,
 * as it should be; one that comes later is heard late, after the one before it a second time.
 */
export class DirectMode {
  readonly state = {
    active: false,
    origin: 0,
    /** Periods of this sound in which the level was taken. */
    taken: 0,
    level: 0x80,
    /** The level has not been taken since it was written. */
    fresh: false,
    rate: 1,
    divisor: 1,
  };

  /** Of what is played; another object when a sound begins. */
  format: AudioFormat = this.formatNow();

  /** Time at which the level is taken next. */
  get next(): Ticks {
    const s = this.state;
    return s.origin + mulDivCeil(2 * s.taken + 1, TICKS_PER_SECOND * s.divisor, 2 * s.rate);
  }

  /** The level is taken. */
  take(): number {
    this.state.fresh = false;
    this.state.taken++;
    return this.state.level;
  }

  /** A sound goes on with a sample written at `now`, and does not begin with it. */
  goesOn(now: Ticks): boolean {
    return this.state.active && now - this.next <= PAUSE;
  }

  /** A sound begins at `now` with its first sample. */
  begin(now: Ticks, rate: number, divisor: number): void {
    const s = this.state;
    s.active = true;
    s.origin = now;
    s.taken = 0;
    s.fresh = false;
    s.rate = rate;
    s.divisor = divisor;
    this.derive();
  }

  /** What was derived from state follows it again. */
  derive(): void {
    this.format = this.formatNow();
  }

  private formatNow(): AudioFormat {
    return { rate: this.state.rate / this.state.divisor, channels: 1, bits: 8, signed: false };
  }
}
