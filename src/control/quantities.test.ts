import { expect, test } from 'vitest';
import { formatCount, formatDecimal, formatRate, formatSeconds, formatShare, formatSize } from './quantities.ts';

test('quantities for people', () => {
  expect([0, 1.234, 0.0123, 45e-6, 123.4, 0.9999, 2e-9].map(formatSeconds)).toEqual([
    '0 s', '1.23 s', '12.3 ms', '45.0 µs', '123 s', '1.00 s', '2.00 ns',
  ]);
  expect([16.6e6, 999, 3.3e9].map(formatRate)).toEqual(['16.6 MB/s', '999 B/s', '3.30 GB/s']);
  expect([16 * 2 ** 20, 1536 * 1024, 513].map(formatSize)).toEqual(['16 MiB', '1536 KiB', '513 bytes']);
  expect([0, 999, 8388608].map(formatCount)).toEqual(['0', '999', '8,388,608']);
  expect([1764.16, 0.12, -12345.6].map((n) => formatDecimal(n, 1))).toEqual(['1,764.2', '0.1', '-12,345.6']);
  expect([1, 0, 0.0001, 0.123].map(formatShare)).toEqual(['100.0 %', '0.0 %', '< 0.1 %', '12.3 %']);
});
