import { describe, expect, test } from 'vitest';
import { parseSeconds, parseSize } from './quantities.ts';
import { editDistance, nearest } from '../../src/sim/nearest.ts';
import { formatTable } from './table.ts';

describe('quantities', () => {
  test('sizes', () => {
    expect(
      ['0', '512', '0x200', '16MiB', '64KiB', '1.5GiB', '16M', '1kB', ' 2 mib '].map((t) => parseSize(t, '--x')),
    ).toEqual([0, 512, 512, 2 ** 24, 2 ** 16, 1.5 * 2 ** 30, 2 ** 24, 1000, 2 ** 21]);
    for (const bad of ['', 'MiB', '1XiB', '-1', '1e3', '99999999999999999999', '0.1KiB'])
      expect(() => parseSize(bad, '--x')).toThrow('--x');
  });
  test('times', () => {
    expect(['2', '0.5s', '20ms', '2min', '300us'].map((t) => parseSeconds(t, '--x'))).toEqual([
      2, 0.5, 0.02, 120, 300e-6,
    ]);
    for (const bad of ['', '0', '-1', '5 parsecs', 'Infinity']) expect(() => parseSeconds(bad, '--x')).toThrow('--x');
  });
});

describe('suggestions', () => {
  test('distance counts single changes', () => {
    expect([
      editDistance('', 'abc'), editDistance('kitten', 'sitting'), editDistance('dam', 'dma'),
      editDistance('pio', 'pio'),
    ]).toEqual([3, 3, 1, 0]);
  });
  test('near words only', () => {
    const methods = ['pio-polled', 'pio-irq', 'dma'];
    expect([
      nearest('pio-pollde', methods), nearest('DMA', methods), nearest('pio', methods),
      nearest('xyzzy', methods), nearest('', methods),
    ]).toEqual(['pio-polled', 'dma', 'pio-polled', null, null]);
  });
});

test('a table is aligned and has no trailing spaces', () => {
  expect(formatTable([['', 'a', 'bcd'], null, ['row', '1,000', '✓']])).toBe(
    '         a  bcd\n───────────────\nrow  1,000    ✓\n',
  );
});
