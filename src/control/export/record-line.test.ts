/** Times of records as text. */
import { expect, test } from 'vitest';
import { timeText } from './record-line.ts';

test('a time is in the largest unit that leaves a whole part, to the nanosecond', () => {
  expect([0, 3, 3_000, 2_999_997, 3_000_000, 3_634_365, 2_999_999_999, 3e9, 3_703_703_703].map(timeText)).toEqual([
    '0.000 µs', '0.001 µs', '1.000 µs', '999.999 µs', '1.000000 ms',
    '1.211455 ms', '1.000000000 s', '1.000000000 s',
    '1.234567901 s',
  ]);
});
