import { mulDivCeil, mulDivFloor } from '../bits/muldiv.ts';
import { TICKS_PER_SECOND, type Ticks } from './time.ts';

/**
 * A clock of the clock tree: an exact rational frequency, edges counted from time 0. A derived clock divides its parent's frequency, so that
 * all chips on one crystal stay in step for ever.
 */
export class Clock {
  readonly name: string;
  /** Frequency in hertz = numerator / denominator. */
  readonly numerator: number;
  readonly denominator: number;

  constructor(name: string, numerator: number, denominator: number = 1) {
    this.name = name;
    this.numerator = numerator;
    this.denominator = denominator;
  }

  /** A clock of this frequency divided by `divisor`. */
  divide(divisor: number, name: string = `${this.name}/${divisor}`): Clock {
    return new Clock(name, this.numerator, this.denominator * divisor);
  }

  /** Whole cycles since time 0. */
  cyclesAt(time: Ticks): number {
    return mulDivFloor(time, this.numerator, TICKS_PER_SECOND * this.denominator);
  }

  /** First tick at which cycle `cycle` has begun: cyclesAt(timeOf(c)) = c. */
  timeOf(cycle: number): Ticks {
    return mulDivCeil(cycle, TICKS_PER_SECOND * this.denominator, this.numerator);
  }

  /** Duration of n cycles, rounded up to a tick. */
  duration(cycles: number): Ticks {
    return mulDivCeil(cycles, TICKS_PER_SECOND * this.denominator, this.numerator);
  }
}
