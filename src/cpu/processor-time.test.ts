/** Time of a processor is exact, whatever its clock and however it is cut. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Clock } from '../sim/clock.ts';
import { Scheduler } from '../sim/scheduler.ts';
import { TICKS_PER_SECOND } from '../sim/time.ts';
import { Trace } from '../sim/trace.ts';
import { ProcessorTime } from './processor-time.ts';

/** Executes instructions, at most `cut` at a time, then lets cycles pass. */
function run(time: ProcessorTime, instructions: number, cut: number, cycles: number): void {
  const scheduler = new Scheduler(new Trace());
  while (time.instructions < instructions) {
    const allowed = time.allowed(scheduler, { until: Infinity, instructionStop: instructions });
    time.budget = Math.min(allowed, cut);
    time.anchor(0);
  }
  time.cycles(cycles);
}

test.each([
  [66_666_667, 1, 1000], [66_666_667, 1, 12], [2_999_999_999, 1, 1000], [100e6, 3, 7], [200e6, 1, 1000],
  [14_318_180, 1, 1],
])('%d/%d Hz, %d cycles an instruction', (numerator, denominator, cycles) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 600_000 }), fc.integer({ min: 1000, max: 2 ** 18 }), fc.nat(1e7),
      (instructions, cut, more) => {
        const clock = new Clock('cpu', numerator, denominator);
        const whole = new ProcessorTime(clock, cycles), pieces = new ProcessorTime(clock, cycles);
        run(whole, instructions, Infinity, more);
        run(pieces, instructions, cut, more);
        const ticks = BigInt(instructions * cycles + more) * BigInt(TICKS_PER_SECOND * denominator);
        expect(BigInt(whole.now)).toBe(ticks / BigInt(numerator));
        expect(pieces.values).toEqual(whole.values);
      }),
    { numRuns: 40, seed: 3 },
  );
});

test('an instruction that is too long to be counted exactly is refused', () => {
  expect(() => new ProcessorTime(new Clock('cpu', 66_666_667), 2 ** 23)).toThrow('too many to count exactly');
});
