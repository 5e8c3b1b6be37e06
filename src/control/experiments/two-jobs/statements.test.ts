/** What two-jobs' statements say of its table and its trace is so: a check for each. */
import { expect, test } from 'vitest';
import { runToEnd } from '../../../../test/benches/experiment-bench.ts';
import { by, tracedRun } from '../../../../test/benches/traced-run.ts';
import type { RunResult } from '../experiment.ts';
import { TWO_JOBS } from './experiment.ts';
import { TWO_JOBS_STATEMENTS } from './statements.ts';

const KiB = 1024;
const BYTES = 32 * KiB;

const runs = new Map<string, RunResult>();
function run(method: string, dmaHold = 'pci', work = 'arithmetic'): RunResult {
  const key = `${method} ${dmaHold} ${work}`;
  if (!runs.has(key))
    runs.set(key, runToEnd(TWO_JOBS, method, { values: { bytes: BYTES, work }, boardOptions: { dmaHold } }));
  return runs.get(key) as RunResult;
}
const share = (method: string, dmaHold = 'pci'): number => Number(run(method, dmaHold).measures['workShare']);

function dmaLeavesTheProcessorAlone(): void {
  expect(share('dma')).toBeGreaterThan(0.95);
  expect(share('pio')).toBeLessThan(0.05);
  expect(run('dma').matches).toBe(true);
}

const CHECKS: Readonly<Record<string, () => void>> = {
  S22: () => {
    const { transactions, records } = tracedRun(TWO_JOBS, '8237-single', { values: { bytes: 512 } });
    const cycles = transactions.filter(by('dma.3'));
    expect(cycles.length).toBe(512);
    expect(cycles.every((r) => r.write && r.size === 1 && r.target === 'ram')).toBe(true);
    expect(transactions.filter(by('source'))).toEqual([]);
    const edges = new Set(records.flatMap((r) => (r.kind === 'edge' && r.line === 'source.dreq' ? [r.id] : [])));
    expect(edges.size).toBeGreaterThan(0);
    expect(cycles.every((r) => edges.has(r.parent))).toBe(true);
  },
  S26: () => {
    expect(share('8237-block', 'processor')).toBeLessThan(0.05);
    expect(share('8237-block')).toBeGreaterThan(0.9);
  },
  S29: () => {
    expect(run('dma').measures).toMatchObject({ deviceBytes: BYTES, dmaChannelBytes: 0 });
    for (const method of ['8237-block', '8237-single'])
      expect(run(method).measures).toMatchObject({ deviceBytes: 0, dmaChannelBytes: BYTES });
  },
  S39: dmaLeavesTheProcessorAlone,
  S80: dmaLeavesTheProcessorAlone,
  S93: () => {
    const lost = (method: string): number =>
      Number(run(method).measures['lost']) / Number(run(method).measures['seconds']);
    expect(lost('pio')).toBeGreaterThan(0.95);
    expect(lost('dma')).toBeLessThan(0.05);
  },
  S108: () => {
    for (const method of ['pio', 'pio-irq', 'dma']) {
      const both = run(method, 'pci', 'transfer');
      expect(both.matches).toBe(true);
      expect(Number(both.measures['workRate'])).toBeGreaterThan(100);
    }
  },
};

test('there is a check for each statement', () => {
  expect(Object.keys(CHECKS)).toEqual(TWO_JOBS_STATEMENTS.map((s) => s.id));
});

test.each(TWO_JOBS_STATEMENTS.map(({ id, where }) => [id, where]))('%s: %s', (id) => CHECKS[id]());
