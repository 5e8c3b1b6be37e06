/** What paging's statements say of its table is so, under Debian: a check for each. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Kit, RunResult } from '../../src/control/experiments/experiment.ts';
import { jobOf } from '../../src/control/experiments/job.ts';
import { PAGING } from '../../src/control/experiments/paging/experiment.ts';
import { kneeOf } from '../../src/control/experiments/paging/judge.ts';
import { PAGING_STATEMENTS } from '../../src/control/experiments/paging/statements.ts';
import { runMethod } from '../../src/control/experiments/runner.ts';
import { DEBIAN_WANTED, linuxKit } from '../benches/linux-bench.ts';

/** A little more than there is memory for, and no more work than that takes. */
const PROCESSES = 3, VALUES = { processes: PROCESSES, each: 8 * 2 ** 20 };

describe.skipIf(!DEBIAN_WANTED)('paging under Debian', () => {
  let kit: Kit;
  const runs = new Map<string, RunResult>();
  const run = (method: string, order = 'forward'): RunResult => {
    const kept = runs.get(method + order);
    if (kept !== undefined) return kept;
    const job = jobOf(PAGING, { guest: 'debian', values: { ...VALUES, order } });
    const wish = { ...job, boardOptions: { ...job.boardOptions, kernelEntry: 'vmlinux' } };
    const steps = runMethod(PAGING, wish, method, kit, {});
    for (;;) {
      const step = steps.next();
      if (step.done !== true) continue;
      runs.set(method + order, step.value);
      return step.value;
    }
  };
  const n = (r: RunResult, key: string): number => Number(r.measures[key]);
  beforeAll(async () => { kit = await linuxKit(); });
  afterAll(() => runs.clear());

  const CHECKS: Readonly<Record<string, () => void>> = {
    S33: () => {
      const r = run('dma');
      expect(n(r, 'pagesIn')).toBeGreaterThan(0);
      expect(n(r, 'pagesOut')).toBeGreaterThan(0);
      expect(n(r, 'majorFaults')).toBeGreaterThan(0);
    },
    S42: () => {
      const r = run('dma');
      expect(n(r, 'hitShare')).toBeGreaterThan(0);
      expect(n(r, 'hitShare')).toBeLessThan(1);
      expect(n(r, 'misses')).toBe(Math.round(n(r, 'uses') * (1 - n(r, 'hitShare'))));
      // Clean pages are dropped, changed ones written back.
      expect(n(r, 'evicted')).toBeGreaterThan(n(r, 'pagesOut'));
    },
    S43: () => {
      const forward = run('dma'), random = run('dma', 'random');
      const advance = (r: RunResult): number => n(r, 'readAhead') / n(r, 'pagesIn');
      expect(n(random, 'pagesIn')).toBeGreaterThan(0);
      expect(advance(forward)).toBeGreaterThan(10 * advance(random));
      expect(n(forward, 'readAheadUsed')).toBeGreaterThan(0.9 * n(forward, 'readAhead'));
    },
    S44: () => {
      const knee = kneeOf(run('dma').series?.['secondsPerUse'] ?? []);
      expect(knee?.behind[0]).toBeLessThanOrEqual(PROCESSES);
      expect(knee?.before[0]).toBeGreaterThan(1);
    },
    S45: () => {
      const pio = run('pio'), dma = run('dma');
      expect(pio.mode).toMatch(/^pio/);
      expect(n(pio, 'deviceBytes')).toBe(0);
      expect(n(dma, 'deviceBytes')).toBeGreaterThanOrEqual(4096 * (n(dma, 'pagesIn') + n(dma, 'pagesOut')));
      expect(n(pio, 'dataPortAccesses')).toBeGreaterThanOrEqual(1024 * (n(pio, 'pagesIn') + n(pio, 'pagesOut')));
      expect(n(pio, 'pagesIn')).toBeGreaterThan(0);
    },
  };

  test('the curves that it plots are measured', () => {
    const curves = (PAGING.plots ?? []).filter((plot) => plot.curve === true).map((plot) => plot.y);
    expect(Object.keys(run('dma').series ?? {})).toEqual(curves);
    for (const points of Object.values(run('dma').series ?? {})) expect(points).toHaveLength(PROCESSES);
  });

  test.each(PAGING_STATEMENTS.map((s) => [s.id, s.where] as const))('%s: %s', (id) => {
    expect(CHECKS[id], `no check of ${id}`).toBeDefined();
    CHECKS[id]?.();
  });
});
