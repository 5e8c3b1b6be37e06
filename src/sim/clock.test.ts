import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Clock } from './clock.ts';
import { ms, ns, TICKS_PER_SECOND, toNs, toSeconds, us } from './time.ts';

const clocks = [
  new Clock('pci', 100e6, 3),
  new Clock('pit', 315e6, 264),
  new Clock('rtc', 32768),
  new Clock('uart', 1_843_200),
  new Clock('cpu', 3e9),
  new Clock('odd', 14_318_181),
];
const MONTH = 30 * 86400 * TICKS_PER_SECOND;

test('cyclesAt is exact against big integers, for a month', () => {
  fc.assert(fc.property(fc.constantFrom(...clocks), fc.integer({ min: 0, max: MONTH }), (c, t) => {
    const exact = (BigInt(t) * BigInt(c.numerator)) / (BigInt(TICKS_PER_SECOND) * BigInt(c.denominator));
    expect(BigInt(c.cyclesAt(t))).toBe(exact);
  }));
});

test('timeOf gives the first tick of a cycle', () => {
  fc.assert(fc.property(fc.constantFrom(...clocks), fc.integer({ min: 0, max: MONTH }), (c, t) => {
    const cycle = c.cyclesAt(t);
    const edge = c.timeOf(cycle);
    expect(edge).toBeLessThanOrEqual(t);
    expect(c.cyclesAt(edge)).toBe(cycle);
    if (edge > 0) expect(c.cyclesAt(edge - 1)).toBe(cycle - 1);
  }));
});

test('a divided clock is in step with its parent', () => {
  const crystal = new Clock('crystal', 315e6, 22);
  const pit = crystal.divide(12);
  expect(pit.name).toBe('crystal/12');
  fc.assert(fc.property(fc.integer({ min: 0, max: MONTH }), (t) => {
    expect(pit.cyclesAt(t)).toBe(Math.floor(crystal.cyclesAt(t) / 12));
  }));
});

test('duration rounds up to a tick', () => {
  expect(new Clock('pci', 100e6, 3).duration(1)).toBe(90);
  expect(new Clock('x', 7e8).duration(1)).toBe(5);
});

test('units: a tick is a third of a nanosecond', () => {
  expect([ns(1), us(1), ms(1), ns(0.5)]).toEqual([3, 3000, 3_000_000, 2]);
  expect([toNs(3000), toSeconds(3e9)]).toEqual([1000, 1]);
});
