/** The tree of a causal chain, however deep it is. */
import { expect, test } from 'vitest';
import type { TraceRecord } from '../../sim/trace.ts';
import { chainLines } from './chain.ts';

const event = (id: number, parent: number, name = 'tick'): TraceRecord =>
  ({ kind: 'event', id, parent, time: id, name });
const text = (r: TraceRecord): string => `#${r.id}`;

test('two side chains of 20,000 events each', () => {
  const records: TraceRecord[] = [event(1, 0)];
  for (let n = 0; n < 20_000; n++) for (const chain of [0, 1]) {
    const id = 2 + 2 * n + chain;
    records.push(event(id, n === 0 ? 1 : id - 2));
  }
  const lines = chainLines(records, text);
  expect(lines.length).toBeLessThan(20);
  expect(lines.filter((line) => line.includes('more like this')).length).toBe(2);
});

test('steps repeat only if what hangs on them is alike, too', () => {
  const steps = (sides: readonly string[]): string[] => {
    const records: TraceRecord[] = [];
    sides.forEach((side, n) => {
      records.push(event(2 * n + 1, Math.max(0, 2 * n - 1)), event(2 * n + 2, 2 * n + 1, side));
    });
    return chainLines(records, text);
  };
  expect(steps(['a', 'a', 'a', 'a', 'a', 'a']).some((line) => line.includes('more like this'))).toBe(true);
  expect(steps(['a', 'b', 'c', 'd', 'e', 'f']).some((line) => line.includes('more like this'))).toBe(false);
});

test('effects that are left out are counted on their cause, and make steps differ', () => {
  const records = Array.from({ length: 8 }, (_, n) => event(n + 1, n));
  const lines = chainLines(records, text, new Map([[5, 2]]));
  expect(lines.map((line) => line.trim())).toContain('#5 … 2 more (--chain 5 shows them)');
});

test('a deep chain of steps that are all different is not indented without end', () => {
  const records = Array.from({ length: 20_000 }, (_, n) => event(n + 1, n, `step ${n}`));
  const lines = chainLines(records, text);
  expect(lines.slice(0, 3)).toEqual(['#1', '  #2', '    #3']);
  expect([lines.length, Math.max(...lines.map((line) => line.length))]).toEqual([20_000, 86]);
});
