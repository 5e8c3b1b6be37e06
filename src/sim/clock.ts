import { mulDivCeil, mulDivFloor } from '../bits/muldiv.ts';
import { TICKS_PER_SECOND, type Ticks } from './time.ts';

/**
 * A clock of the clock tree: an exact rational frequency, edges counted from time 0. A derived
 * clock divides its parent's frequency, so that all chips on one crystal stay in step for ever.
 */
export class Clock {
  readonly name: string;
  /** Frequency in hertz = numerator / denominator. */
  readonly numerator: number;
  readonly denominator: number;
  /**
   * Cycles per tick = cycles / ticks, in lowest terms, so that products stay below 2^53 as long as
   * possible.
   */
  private readonly cycles: number;
  private readonly ticks: number;

  constructor(name: string, numerator: number, denominator: number = 1) {
    this.name = name;
    this.numerator = numerator;
    this.denominator = denominator;
    const shared = greatestCommonDivisor(numerator, TICKS_PER_SECOND * denominator);
    this.cycles = numerator / shared;
    this.ticks = (TICKS_PER_SECOND * denominator) / shared;
  }

  /** A clock of this frequency divided by `divisor`. */
  divide(divisor: number, name: string = `${this.name}/${divisor}`): Clock {
    return new Clock(name, this.numerator, this.denominator * divisor);
  }

  /** Whole cycles since time 0. */
  cyclesAt(time: Ticks): number {
    return mulDivFloor(time, this.cycles, this.ticks);
  }

  /** First tick at which cycle `cycle` has begun: cyclesAt(timeOf(c)) = c. */
  timeOf(cycle: number): Ticks {
    return mulDivCeil(cycle, this.ticks, this.cycles);
  }

  /** Duration of n cycles, rounded up to a tick. */
  duration(cycles: number): Ticks {
    return mulDivCeil(cycles, this.ticks, this.cycles);
  }
}

function greatestCommonDivisor(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}
