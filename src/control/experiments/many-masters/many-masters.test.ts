import { describe, expect, test } from 'vitest';
import { runExperiment } from '../../../../test/benches/experiment-bench.ts';
import { ms, ns } from '../../../sim/time.ts';
import { MASTERS } from './bus-time.ts';
import { MANY_MASTERS } from './experiment.ts';

const VALUES = { time: ms(12), frameRate: 100 };

describe('one master more in each run', () => {
  const { runs, judgement } = runExperiment(MANY_MASTERS, { values: VALUES });
  const of = (n: number, key: string): number => Number(runs[n].measures[key]);

  test('the bytes are right, and each master is there from its run on', () => {
    expect(judgement.verdict).toBe('right');
    runs.forEach((run, n) => {
      expect(MASTERS.map((m) => run.measures[`${m}Rate`] !== null)).toEqual(MASTERS.map((_, k) => k <= n));
    });
  });

  test('shares add up to no more than the bus; waits grow with the number of masters', () => {
    runs.forEach((run, n) => {
      const shares = MASTERS.reduce((sum, m) => sum + Number(run.measures[`${m}Share`] ?? 0), 0);
      expect(shares).toBeCloseTo(of(n, 'busShare'), 6);
      expect(shares).toBeLessThan(1);
      if (n > 0) expect(of(n, 'busShare')).toBeGreaterThan(of(n - 1, 'busShare'));
    });
    expect(of(4, 'diskWait')).toBeGreaterThan(of(1, 'diskWait'));
    expect(of(1, 'diskWait')).toBeGreaterThan(of(0, 'diskWait'));
    for (const m of MASTERS) expect(of(4, `${m}Worst`)).toBeGreaterThanOrEqual(of(4, `${m}Wait`));
  });

  test('a cycle of the 8237A holds the bus for longer than a burst of 64 bytes: few bytes, a large share', () => {
    const perByte = (m: string): number => of(4, `${m}Share`) / of(4, `${m}Rate`);
    expect(perByte('sound')).toBeGreaterThan(10 * perByte('camera'));
    expect(judgement.sentence).toContain('With 5 masters the bus belongs to: raid');
  });

  test('twice the same, and the interpreter the same', () => {
    const other = runExperiment(MANY_MASTERS, { values: VALUES, methods: ['and-sound'] }, { engine: 'interpreter' });
    expect(other.runs).toEqual(runs.slice(4));
  });
});

test('slow memory: those that cannot wait lose, which is counted', () => {
  const boardOptions = { memoryLatency: ns(2000) }, methods = ['and-network'];
  const wish = { values: { ...VALUES, fifo: 256 }, boardOptions, methods };
  const { runs: [run], judgement } = runExperiment(MANY_MASTERS, wish);
  expect(judgement.verdict).toBe('right');
  expect(Number(run.measures['cameraLost'])).toBeGreaterThan(0);
  expect(judgement.sentence).toMatch(/lost by those that cannot wait: \d+ lines of the camera/);
  // One run alone says nothing of who gets less.
  expect(judgement.sentence).toContain('told by runs with fewer');
});
