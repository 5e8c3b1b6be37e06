import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { choice, count, duration, ParameterError, size } from '../../sim/parameter.ts';
import { axisNumber, axisValues, suggestedValues } from './axis.ts';
import { EXPERIMENTS } from '../experiments/index.ts';
import type { ParameterRows } from '../../sim/parameter.ts';
import { pointAt, pointCount, shardIndices, type Sweep } from './sweep.ts';

const BYTES = size(512, { doc: '', minimum: 512, step: 512, maximum: 2 ** 30 });

describe('values of an axis', () => {
  test.each([
    [BYTES, '512,64KiB', ['512B', '64KiB']],
    [BYTES, '512..8KiB*4', ['512B', '2KiB', '8KiB']],
    [BYTES, '512..9000*4', ['512B', '2KiB', '8KiB']],
    [BYTES, '1KiB..2KiB+512, 64KiB', ['1KiB', '1536B', '2KiB', '64KiB']],
    [BYTES, '512,0x200', ['512B']],
    [count(1, { doc: '' }), '1..9+4', ['1', '5', '9']],
    [duration(0, { doc: '' }), '10us..1ms*10', ['10us', '100us', '1ms']],
    [choice(['a..b', 'c'], 'c', { doc: '' }), 'c,a..b', ['c', 'a..b']],
  ])('%#: %s', (row, text, values) => expect(axisValues(row as never, text as string)).toEqual(values));

  test.each([
    ['512..8KiB', /has no step/], ['512..8KiB*1', /never ends/], ['8KiB..512*2', /ends below/],
    ['512..1KiB+0', /never/], ['512,,1024', /a value is missing/], ['', /a value is missing/], ['513', /no multiple/],
    ['512..8KiB*1.5', /multiple/],
    ['x', /is no size/], ['512..64MiB+512', /more than/], ['512..8KiB*-2', /never ends/], ['512..8KiB*x', /never ends/],
  ])('%s is refused in words', (text, why) => {
    expect(() => axisValues(BYTES, text)).toThrow(ParameterError);
    expect(() => axisValues(BYTES, text)).toThrow(why);
  });

  test('whatever is typed gives values that the row takes, or one ParameterError', () => {
    const part = fc.oneof(fc.string(), 
      fc.constantFrom('512', '64KiB', '512..4KiB*2', '1..9+1', '..', '*', '1e9..1e12+1'));
    fc.assert(fc.property(fc.array(part, { maxLength: 4 }), (parts) => {
      try {
        for (const v of axisValues(BYTES, parts.join(','))) expect(BYTES.refusal(BYTES.parse(v))).toBe('');
      } catch (error) {
        expect(error).toBeInstanceOf(ParameterError);
      }
    }), { seed: 9 });
  });
});

describe('points', () => {
  const sweep: Sweep = {
    experiment: 'e', board: 'pc', guest: 'bare', methods: ['m', 'n'], fixed: {},
    axes: [{ name: 'a', values: ['1', '2'] }, { name: 'b', values: ['x', 'y', 'z'] }],
  };

  test('methods change first, the first axis last', () => {
    expect(pointCount(sweep)).toBe(12);
    expect([0, 1, 2, 6].map((i) => pointAt(sweep, i))).toEqual([
      { index: 0, method: 'm', values: { a: '1', b: 'x' } }, { index: 1, method: 'n', values: { a: '1', b: 'x' } },
      { index: 2, method: 'm', values: { a: '1', b: 'y' } }, { index: 6, method: 'm', values: { a: '2', b: 'x' } },
    ]);
  });

  test('the shards of any number of machines are all points, each once', () => {
    fc.assert(fc.property(fc.nat(200), fc.integer({ min: 1, max: 20 }), (points, of) => {
      const all = Array.from({ length: of }, (_, k) => shardIndices(points, { part: k + 1, of })).flat();
      expect(all.sort((a, b) => a - b)).toEqual(Array.from({ length: points }, (_, i) => i));
    }), { seed: 9 });
  });
});

test('values to begin with are taken by every row of every experiment', () => {
  for (const e of EXPERIMENTS)
    for (const [name, row] of Object.entries(e.parameters as ParameterRows)) {
      const values = suggestedValues(row);
      expect([name, values.length > 0]).toEqual([name, typeof row.default === 'number']);
      if (values.length > 0) expect(axisValues(row, values.join(','))).toEqual(values);
    }
});

test('a value as a number is in bytes, seconds, Hz', () => {
  expect([axisNumber(BYTES, '1KiB'), axisNumber(duration(0, { doc: '' }), '10us')]).toEqual(['1024', '0.00001']);
});
