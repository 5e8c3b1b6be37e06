/** What many-masters' statements say of its table and trace is so: a check for each. */
import { expect, test } from 'vitest';
import { runExperiment } from '../../../../test/benches/experiment-bench.ts';
import { tracedRun } from '../../../../test/benches/traced-run.ts';
import { ms } from '../../../sim/time.ts';
import { MASTERS } from './bus-time.ts';
import { MANY_MASTERS } from './experiment.ts';
import { MANY_MASTERS_STATEMENTS } from './statements.ts';

const { runs: [run] } = runExperiment(MANY_MASTERS, {
  values: { time: ms(12), frameRate: 100 }, methods: ['and-sound'],
});
const of = (key: string): number => Number(run.measures[key]);

const CHECKS: Readonly<Record<string, () => void>> = {
  S10: () => {
    for (const m of MASTERS) expect(of(`${m}Share`)).toBeGreaterThan(0.01);
  },
  S28: () => {
    expect(of('raidRate')).toBeGreaterThan(10e6);
    expect(Number(run.found['raidStripes'])).toBeGreaterThan(10);
  },
  S81: () => {
    for (const m of MASTERS) expect(of(`${m}Rate`)).toBeGreaterThan(50e3);
    expect(of('cpuBusy')).toBeLessThan(0.5);
    expect(run.matches).toBe(true);
  },
  S94: () => {
    const { transactions } = tracedRun(MANY_MASTERS, 'and-sound', { values: { time: ms(2), frameRate: 100 } });
    const masters = transactions.filter((r) => r.initiator !== 'cpu0');
    expect(new Set(masters.map((r) => r.initiator)).size).toBeGreaterThan(4);
    expect(new Set(masters.map((r) => r.target))).toEqual(new Set(['ram']));
  },
};

test('there is a check for each statement', () => {
  expect(Object.keys(CHECKS)).toEqual(MANY_MASTERS_STATEMENTS.map((s) => s.id));
});

test.each(MANY_MASTERS_STATEMENTS.map(({ id, where }) => [id, where]))('%s: %s', (id) => CHECKS[id]());
