import { expect, test } from 'vitest';
import { ms, us } from '../../../../src/sim/time.ts';
import { elapsedAt, SLOW_SECONDS } from './pacing.ts';

test('single words are seen first; a job of 5 ms is over after 20 s', () => {
  expect(elapsedAt(0)).toBe(0);
  expect(elapsedAt(1)).toBe(us(0.75));
  expect(elapsedAt(SLOW_SECONDS)).toBe(us(3.75));
  expect(elapsedAt(20)).toBeLessThan(ms(5));
  expect(elapsedAt(21)).toBeGreaterThan(ms(4));
  expect(elapsedAt(22)).toBeGreaterThan(ms(5));
});

test('time only goes on', () => {
  let before = 0;
  for (let s = 0.05; s < 30; s += 0.05) {
    const now = elapsedAt(s);
    expect(now).toBeGreaterThanOrEqual(before);
    before = now;
  }
});
