import type { Transaction } from '../mem/transaction.ts';
import type { Clock } from '../sim/clock.ts';
import type { Scheduler } from '../sim/scheduler.ts';
import { TICKS_PER_SECOND, type Ticks } from '../sim/time.ts';

const NOW = 0, FRACTION = 1, INSTRUCTIONS = 2, HALTED = 3, HELD = 4, HELD_UNTIL = 5;

/**
 * Longest run between two looks at the queue, in instructions: now and then even an endless loop
 * must leave its machine code, as the host's optimizer takes over at entries only. Shorter where
 * its duration could not be exact.
 */
const MOST = 1 << 18;

/** Where execution stops beside the next event: at a time, and at an instruction count. */
export interface Stops {
  readonly until: Ticks;
  readonly instructionStop: number;
}

/**
 * A processor's time: one instruction takes a fixed number of cycles of its clock (one by default),
 * bus accesses add what they take. The time of the last *anchor* is exact (ticks and a fraction of
 * a tick); `budget` is the instruction budget that was left there, so that the budget left now
 * tells how many instructions ran since.
 */
export class ProcessorTime {
  /** Everything that must be kept, for the snapshot. */
  readonly values: Float64Array = new Float64Array(6);
  /** Instructions left at the anchor. */
  budget = 0;
  readonly clock: Clock;
  /** An instruction takes numerator / denominator ticks, a cycle perCycle / denominator. */
  private readonly numerator: number = 1;
  private readonly perCycle: number = 1;
  private readonly denominator: number = 1;
  /** Instructions of the longest run, and what it takes, in ticks × denominator. */
  private readonly longest: number = MOST;
  private readonly most: number = 0;
  /** Cycles that can pass at once. */
  private readonly mostCycles: number = 0;
  /** Cycles of the clock at the time `countedAt`: most reads come between two anchors. */
  private counted = 0;
  private countedAt: Ticks = -1;

  /** @throws Error if an instruction takes 2^53 ticks × denominator or more */
  constructor(clock: Clock, cyclesPerInstruction = 1) {
    this.clock = clock;
    const ticks = TICKS_PER_SECOND * clock.denominator;
    let a = clock.numerator, b = ticks;
    while (b !== 0) [a, b] = [b, a % b];
    this.perCycle = ticks / a;
    this.numerator = this.perCycle * cyclesPerInstruction;
    this.denominator = clock.numerator / a;
    // Durations stay exact: below 2^53, with the fraction that they are added to.
    const exact = Number.MAX_SAFE_INTEGER - this.denominator;
    this.longest = Math.min(MOST, Math.floor(exact / this.numerator));
    this.mostCycles = Math.floor(exact / this.perCycle);
    if (this.longest < 1)
      throw new Error(`${clock.name}: ${cyclesPerInstruction} cycles of an instruction are too many to count exactly`);
    this.most = this.longest * this.numerator;
  }

  /** Time of the anchor. */
  get now(): Ticks {
    return this.values[NOW];
  }
  /** Instructions executed until the anchor. */
  get instructions(): number {
    return this.values[INSTRUCTIONS];
  }
  /** Ticks spent halted. */
  get haltedTicks(): Ticks {
    return this.values[HALTED];
  }

  /** Ticks in which somebody else had its bus, and it was not halted. */
  get heldTicks(): Ticks {
    return this.values[HELD];
  }

  /** The anchor moves to where `left` instructions of the budget are left. */
  anchor(left: number): void {
    const n = this.budget - left;
    if (n === 0) return;
    this.budget = left;
    const v = this.values;
    v[INSTRUCTIONS] += n;
    // Without a denominator there are no fractions of a tick.
    if (this.denominator === 1) v[NOW] += n * this.numerator;
    else this.pass(n * this.numerator);
  }

  /** The time where `left` instructions of the budget are left; the anchor stays. */
  at(left: number): Ticks {
    const v = this.values;
    return v[NOW] + Math.floor(((this.budget - left) * this.numerator + v[FRACTION]) / this.denominator);
  }

  /** n cycles pass. */
  cycles(n: number): void {
    for (; n > this.mostCycles; n -= this.mostCycles) this.pass(this.mostCycles * this.perCycle);
    this.pass(n * this.perCycle);
  }

  /** So many ticks × denominator pass. */
  private pass(duration: number): void {
    const v = this.values;
    const total = duration + v[FRACTION];
    if (this.denominator === 1) {
      v[NOW] += total;
      return;
    }
    const whole = Math.floor(total / this.denominator);
    v[NOW] += whole;
    v[FRACTION] = total - whole * this.denominator;
  }

  /**
   * The anchor moves to where `left` instructions of the budget are left, and simulated time with
   * it.
   */
  synchronize(left: number, scheduler: Scheduler): void {
    const v = this.values, n = this.budget - left;
    this.budget = left;
    v[INSTRUCTIONS] += n;
    if (this.denominator === 1) v[NOW] += n * this.numerator;
    else this.pass(n * this.numerator);
    const now = v[NOW];
    // A second access of one instruction may come after an event that was not yet due at the first.
    if (scheduler.nextTime <= now) this.catchUp(scheduler);
    else scheduler.now = now;
  }

  /**
   * Instructions that may start, the next one at the anchor, before the next event and the stops;
   * at least 0. Numbers come in fields, as calls would have to put them into objects.
   */
  allowed(scheduler: Scheduler, stops: Stops): number {
    const v = this.values, next = scheduler.nextTime, until = stops.until;
    const room = ((next < until ? next : until) - v[NOW]) * this.denominator - v[FRACTION];
    const n = room >= this.most ? this.longest : room <= 0 ? 0 : Math.ceil(room / this.numerator);
    const left = stops.instructionStop - v[INSTRUCTIONS];
    return n < left ? n : left;
  }

  /**
   * A bus access took `tx.ticks`. Afterwards at least `least` instructions may start: the new
   * budget, which is returned.
   */
  settle(tx: Transaction, scheduler: Scheduler, stops: Stops, least: number): number {
    this.values[NOW] += tx.ticks;
    const n = this.allowed(scheduler, stops);
    return (this.budget = n < least ? least : n);
  }

  /** Runs all events up to the anchor, also where one of them moves it on by `hold`. */
  catchUp(scheduler: Scheduler): void {
    const v = this.values;
    do scheduler.runUntil(v[NOW]);
    while (scheduler.now < v[NOW]);
  }

  /**
   * Somebody else has the processor's bus until `time` (HOLD/HLDA): it does nothing until then. One
   * that is halted, or waits for longer anyway, loses nothing; what woke a halted one meanwhile has
   * to wait (`resume`).
   */
  hold(time: Ticks, halted: boolean): void {
    if (halted) this.values[HELD_UNTIL] = time;
    else this.lose(time);
  }

  /** A halted processor goes on: not before its bus is free. */
  resume(): void {
    this.lose(this.values[HELD_UNTIL]);
  }

  private lose(time: Ticks): void {
    const v = this.values;
    if (time <= v[NOW]) return;
    v[HELD] += time - v[NOW];
    v[NOW] = time;
    v[FRACTION] = 0;
  }

  /** Halted until `time`. */
  idleUntil(time: Ticks): void {
    const v = this.values;
    v[HALTED] += time - v[NOW];
    v[NOW] = time;
    v[FRACTION] = 0;
  }

  /**
   * An instruction takes one cycle, of a whole number of ticks, so between two anchors the clock's
   * cycles go with the instructions.
   */
  get steady(): boolean {
    return this.denominator === 1 && this.numerator === this.perCycle;
  }

  /**
   * Cycles of the clock since time 0 where `left` instructions of the budget are left. The anchor
   * may move there.
   */
  cyclesAt(left: number): number {
    const v = this.values;
    if (!this.steady) {
      this.anchor(left);
      return this.clock.cyclesAt(v[NOW]);
    }
    const now = v[NOW];
    if (now !== this.countedAt) {
      this.countedAt = now;
      this.counted = this.clock.cyclesAt(now);
    }
    return this.counted + (this.budget - left);
  }

  /** Reset: counts from 0 again, time goes on from `now`. */
  reset(now: Ticks): void {
    this.values.fill(0);
    this.values[NOW] = now;
    this.budget = 0;
  }

  /** After a reset: counts go on from the `values` before it, and it stands still until a time. */
  countOn(before: Float64Array, until: Ticks): void {
    const v = this.values;
    for (const n of [INSTRUCTIONS, HALTED, HELD]) v[n] = before[n];
    this.idleUntil(until);
  }
}
