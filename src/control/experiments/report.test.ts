import { expect, test } from 'vitest';
import type { Experiment, Kit, RunResult } from './experiment.ts';
import { jobFromTexts } from './form.ts';
import { findExperiment } from './index.ts';
import { reportOf } from './report.ts';

const KIT = { guestImage: () => new Uint8Array(), linux: null, disk: null, sha256: () => {} } as unknown as Kit;
const DISK = findExperiment('disk-read') as Experiment;

function run(method: string, seconds: number, matches = true): RunResult {
  const measures = { seconds, cpuBusy: 1, sha256: 'ab'.repeat(32), bytesPerSecond: null };
  return { method, guest: 'bare', board: 'pc', mode: null, matches, found: {}, measures };
}

test('the better of the values that differ is marked; what is not measured and what is wrong are told', () => {
  const job = jobFromTexts(DISK, { methods: ['pio-polled', 'dma'], texts: { bytes: '64KiB' } }, KIT);
  const report = reportOf({ experiment: DISK, job, runs: [run('pio-polled', 2), run('dma', 1, false)] }, KIT);
  const cells = (key: string): unknown => report.rows.find((r) => r.key === key)?.cells.map((c) => [c.text, c.best]);
  expect(report.methods).toEqual(['pio-polled', 'dma']);
  expect(cells('seconds')).toEqual([['2.00 s', false], ['1.00 s', true]]);
  expect(cells('cpuBusy')).toEqual([['100.0 %', false], ['100.0 %', false]]);
  expect(cells('bytesPerSecond')).toEqual([['–', false], ['–', false]]);
  expect(cells('sha256')).toEqual([['ababab…abab ✓', false], ['ababab…abab ✗', false]]);
  expect(report.check).toMatch(/^✗ /);
  expect(report.heading).toBe('disk-read: 64KiB from the generated disk, board pc, guest bare');
});
