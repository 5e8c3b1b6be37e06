import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OP, type OpName, OPS } from '../../ir/ops.ts';
import { FIRST_RUN, MAX_RUN } from '../../ir/runs.ts';
import { X86_RUNS } from './runs.ts';

const RUNS = X86_RUNS.list;

function block(names: readonly OpName[]): Int32Array {
  const words = new Int32Array(names.length * 4);
  names.forEach((name, i) => words.set([OP[name] | ((names.length - i) << 16), i, i + 1, i + 2], i * 4));
  return words;
}

/** Dispatches of a block that is entered at its start. */
function dispatches(words: Int32Array): number {
  let count = 0;
  for (let uop = 0; uop < words.length / 4; count++) {
    const number = words[uop * 4] & 0xffff;
    uop += number < FIRST_RUN ? 1 : RUNS[number - FIRST_RUN].length;
  }
  return count;
}

describe('runs', () => {
  test('are of known ops, at most MAX_RUN long, and leave only at their end', () => {
    for (const run of RUNS) {
      const rows = run.map((op) => OPS[op]);
      expect(rows).not.toContain(undefined);
      expect(run.length).toBeGreaterThan(1);
      expect(run.length).toBeLessThanOrEqual(MAX_RUN);
      expect(rows.slice(0, -1).some((row) => row.ends)).toBe(false);
      expect(rows.some((row) => row.name === 'head')).toBe(false);
    }
  });

  test('opOf gives the first op', () => {
    OPS.forEach((row) => expect(X86_RUNS.opOf(row.op)).toBe(row.op));
    RUNS.forEach((run, i) => expect(X86_RUNS.opOf(FIRST_RUN + i)).toBe(run[0]));
  });
});

describe('fold', () => {
  test('marks a run in the first word alone', () => {
    const words = block(['nop', 'ld32', 'test32', 'jcc_e', 'goto']);
    const before = words.slice();
    X86_RUNS.fold(words, 0, 0, 5);
    expect(dispatches(words)).toBe(2);
    expect(RUNS[(words[4] & 0xffff) - FIRST_RUN].map((op) => OPS[op].name)).toEqual([
      'ld32', 'test32', 'jcc_e', 'goto',
    ]);
    for (let i = 0; i < words.length; i++) {
      if (i % 4 !== 0) expect(words[i]).toBe(before[i]);
      else expect([words[i] >>> 16, X86_RUNS.opOf(words[i] & 0xffff)]).toEqual([before[i] >>> 16, before[i] & 0xffff]);
    }
  });

  test('every mark is true from where it stands, and no way of cutting needs fewer dispatches', () => {
    const names = [...new Set(RUNS.flat())].map((op) => OPS[op]).filter((row) => !row.ends).map((row) => row.name);
    const texts = new Set(RUNS.map((run) => run.join(' ')));
    fc.assert(fc.property(fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 14 }), (body) => {
      const words = block(body);
      const ops = body.map((name) => OP[name]);
      X86_RUNS.fold(words, 0, 0, body.length);
      const best = new Array<number>(body.length + 1).fill(0);
      for (let i = body.length - 1; i >= 0; i--) {
        const number = words[i * 4] & 0xffff;
        if (number >= FIRST_RUN)
          expect(RUNS[number - FIRST_RUN]).toEqual(ops.slice(i, i + RUNS[number - FIRST_RUN].length));
        best[i] = 1 + best[i + 1];
        for (let length = 2; length <= MAX_RUN; length++) {
          if (texts.has(ops.slice(i, i + length).join(' ')) && i + length <= body.length)
            best[i] = Math.min(best[i], 1 + best[i + length]);
        }
      }
      expect(dispatches(words)).toBe(best[0]);
    }));
  });

  test('counts from the words it is given', () => {
    const words = new Int32Array(100 * 4);
    words.set(block(['mov32', 'mov32', 'pop32', 'gotor']), 40);
    X86_RUNS.fold(words, 40, 1, 4);
    expect(X86_RUNS.opOf(words[40] & 0xffff)).toBe(OP.mov32);
    expect(words[40] & 0xffff).toBe(OP.mov32);
    expect(words[44] & 0xffff).toBeGreaterThanOrEqual(FIRST_RUN);
  });
});
