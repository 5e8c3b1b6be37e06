import fc from 'fast-check';
import { jobOf } from '../job.ts';
import { describe, expect, test } from 'vitest';
import { runToEnd } from '../../../../test/benches/experiment-bench.ts';
import { TWO_JOBS_METHODS } from './block.ts';
import { TWO_JOBS } from './experiment.ts';
import { bothDone, sentence, winners } from './judgement.ts';
import type { RunResult } from '../experiment.ts';

const KiB = 1024;

describe('the 8237 and the processor (calibration A7: 9 clocks of 120 ns a transfer in single mode)', () => {
  const measured = (method: string, dmaHold: string, bytes = 16 * KiB): Readonly<Record<string, unknown>> =>
    runToEnd(TWO_JOBS, method, { values: { bytes }, boardOptions: { dmaHold } }).measures;

  test('single: 9 clocks a byte; block: 4, within 5 %', () => {
    const clocks = (method: string): number =>
      Number(measured(method, 'pci')['seconds']) / (16 * KiB) / 120e-9;
    expect(clocks('8237-single') / 9).toBeCloseTo(1, 1.3);
    expect(clocks('8237-block') / 4).toBeCloseTo(1, 1.3);
  });

  test('with the bus of the processor: 6.5 of 9 clocks in single mode, all of them in block mode', () => {
    expect(Number(measured('8237-single', 'processor')['held'])).toBeCloseTo(6.5 / 9, 2);
    expect(Number(measured('8237-block', 'processor', 64 * KiB)['held'])).toBeGreaterThan(0.99);
    expect(Number(measured('8237-single', 'pci')['held'])).toBe(0);
  });

  test.each(TWO_JOBS_METHODS)('%s: both engines give the same', (method) => {
    const result = (engine: 'jit' | 'interpreter'): RunResult =>
      runToEnd(TWO_JOBS, method, { values: { bytes: 8 * KiB }, boardOptions: { dmaHold: 'processor' } }, { engine });
    expect(result('jit')).toEqual(result('interpreter'));
  });

  test('a slow card: one byte in its period, and the second job hardly notices', () => {
    const { measures } = runToEnd(TWO_JOBS, '8237-single', {
      values: { bytes: 1 * KiB, period: 20 }, boardOptions: { dmaHold: 'processor' },
    });
    expect(Number(measures['bytesPerSecond'])).toBeCloseTo(1e6 / 21, -4);
    expect(Number(measures['workShare'])).toBeGreaterThan(0.94);
  });
});

describe('judgement', () => {
  const cost = fc.record({ time: fc.integer({ min: 1, max: 1000 }), part: fc.integer({ min: 0, max: 100 }) })
    .map(({ time, part }) => ({ time: time / 1000, lost: (time * part) / 100_000 }));

  test('who wins, by the length of the second job: against trying many lengths', () => {
    fc.assert(fc.property(fc.array(cost, { minLength: 1, maxLength: 4 }), fc.nat(2000), (costs, ms) => {
      const all = costs.map((c, i) => ({ ...c, method: String(i) })), work = ms / 1000 + 1e-7;
      const winner = winners(all).findLast((w) => w.from <= work)!;
      const best = Math.min(...all.map((c) => bothDone(c, work)));
      expect(bothDone(all[Number(winner.method)], work)).toBeLessThanOrEqual(best + 1e-6 + 0.001);
    }), { numRuns: 300, seed: 13 });
  });

  const run = (method: string, seconds: number, workShare: number): RunResult => ({
    method, guest: 'bare', board: 'pc', mode: null, matches: true, found: {},
    measures: { seconds, workShare, lost: seconds * (1 - workShare) },
  });
  test('names the crossover, or says that there is none', () => {
    expect(sentence([run('pio', 0.04, 0), run('8237-single', 0.28, 1)])).toBe(
      'beside pio the second job keeps 0.0 % of its speed, beside 8237-single 100.0 %; ' +
        'either may win: pio ends both jobs first if the second one is short, ' +
        '8237-single if it takes more than 240 ms alone',
    );
    expect(sentence([run('pio', 0.04, 0.5), run('dma', 0.02, 0.99)])).toMatch(/dma ends both jobs first, however long/);
    expect(sentence([run('pio', 0.04, 0.5)])).toBe('beside pio the second job keeps 50.0 % of its speed');
  });
});

test('a board without the card is refused for the methods that need it', () => {
  const refusals = (values: object): string[] => {
    const job = jobOf(TWO_JOBS, { values, boardOptions: { patternSource: false } } as never);
    return TWO_JOBS.variants.map((v) => (v.fits?.(job) ?? '') === '' ? '' : v.method);
  };
  expect(refusals({})).toEqual(['', '', '', '8237-block', '8237-single']);
  expect(refusals({ work: 'transfer' })).toEqual(TWO_JOBS.variants.map((v) => v.method));
});
