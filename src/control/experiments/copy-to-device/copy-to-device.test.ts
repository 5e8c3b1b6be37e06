/** Figures and statements of copy-to-device. A PCI clock is 30 ns: see `pciTiming`. */
import { describe, expect, test } from 'vitest';
import { runExperiment, runToEnd } from '../../../../test/benches/experiment-bench.ts';
import type { RunResult } from '../experiment.ts';
import { jobOf } from '../job.ts';
import { SWEEP_SIZES } from '../paths/block.ts';
import { COPY_METHODS } from './block.ts';
import { COPY_TO_DEVICE } from './experiment.ts';
import { COPY_TO_DEVICE_STATEMENTS } from './statements.ts';

const KiB = 1024, BYTES = 16 * KiB;

const { runs, judgement } = runExperiment(COPY_TO_DEVICE, { values: { bytes: BYTES } });
const by = (method: string): RunResult => runs.find((r) => r.method === method) as RunResult;
const value = (method: string, key: string): number => Number(by(method).measures[key]);

function one(method: string, values: Record<string, unknown>, boardOptions = {}): RunResult['measures'] {
  const run = runToEnd(COPY_TO_DEVICE, method, { values: { bytes: KiB, sweep: false, ...values }, boardOptions });
  expect(run.matches).toBe(true);
  return run.measures;
}

test('all bytes arrive, by every way; the interpreter has the same figures', () => {
  expect(runs.map((r) => [r.method, r.matches])).toEqual(COPY_METHODS.map((m) => [m, true]));
  expect(judgement.verdict).toBe('right');
  const again = runToEnd(COPY_TO_DEVICE, 'wc', { values: { bytes: BYTES } });
  expect(again.measures).toEqual(by('wc').measures);
});

test('a transfer of 4 bytes takes 10 clocks, one of 32 bytes 17, one of 64 bytes 25', () => {
  expect(value('uc', 'pciTransfers')).toBe(BYTES / 4);
  expect(value('uc', 'bytesPerClock')).toBeCloseTo(4 / 10, 6);
  expect(value('wc', 'pciTransfers')).toBe(BYTES / 32);
  expect(value('wc', 'bytesPerClock')).toBeCloseTo(32 / 17, 6);
  expect(one('wc', {}, { combiningLine: 64 })).toMatchObject({ pciTransfers: KiB / 64, bytesPerTransfer: 64 });
  expect(one('wc', {}, { combiningLine: 64 })['bytesPerClock']).toBeCloseTo(64 / 25, 6);
  // Six registers' accesses beside the bursts; the engine moves everything twice.
  expect([value('dma', 'pciTransfers'), value('engine-dma', 'pciTransfers')])
    .toEqual([BYTES / 64 + 6, (2 * BYTES) / 64 + 6]);
});

describe('stores of other widths, and not aligned', () => {
  test('uc: a transfer for each store, two where one crosses a doubleword', () => {
    expect(one('uc', { width: '8' })['pciTransfers']).toBe(KiB);
    expect(one('uc', { width: '16' })['pciTransfers']).toBe(KiB / 2);
    expect(one('uc', { offset: 1 })['pciTransfers']).toBeGreaterThan(KiB / 4);
  });
  test('wc: full lines do not depend on the width; at odd offsets the ends leave in parts', () => {
    for (const width of ['8', '16', '32']) expect(one('wc', { width })['pciTransfers']).toBe(KiB / 32);
    expect(one('wc', { offset: 1 })['pciTransfers']).toBe(KiB / 32 - 1 + 4 + 1);
  });
});

test('the display card: larger copies, and no bus master', () => {
  expect(one('wc', { card: 'vga', bytes: 128 * KiB })).toMatchObject({ pciTransfers: 4 * KiB });
  const job = jobOf(COPY_TO_DEVICE, { values: { card: 'vga' } });
  const why = COPY_TO_DEVICE.variants.map((v) => v.fits?.(job as never) ?? '');
  expect(why.map((w) => w === '')).toEqual([true, true, false, true]);
  expect(() => COPY_TO_DEVICE.settle?.(jobOf(COPY_TO_DEVICE, { values: { bytes: 128 * KiB } }), {} as never))
    .toThrow('bytes: 128 KiB at offset 0 do not fit the memory of paths, 64 KiB');
});

const CHECKS: Readonly<Record<string, () => void>> = {
  S41: () => {
    expect(value('dma', 'rate')).toBeGreaterThan(5 * value('uc', 'rate'));
    const combined = Number(one('wc', { bytes: 64 * KiB }, { combiningLine: 64 })['rate']);
    expect(Number(one('dma', { bytes: 64 * KiB })['rate']) / combined).toBeCloseTo(1, 1);
  },
  S76: () => {
    for (const width of ['8', '32']) {
      const m = one('uc', { width }), stores = KiB / (Number(width) / 8);
      expect(Number(m['processorSeconds']) / stores).toBeGreaterThan(300e-9);
      expect(Number(m['processorSeconds']) / stores).toBeLessThan(315e-9);
    }
  },
  S78: () => {
    const lines = judgement.details ?? [];
    expect(lines).toContainEqual(expect.stringMatching(/^One copy: dma is faster than uc from \d+ bytes on, than wc/));
  },
  S86: () => {
    for (const method of ['uc', 'wc']) expect(by(method).measures).toMatchObject({ deviceBytes: 0 });
    expect(value('dma', 'deviceBytes')).toBe(BYTES);
  },
  S90: () => {
    for (const r of runs) expect(r.series?.['secondsBySize']?.map(([n]) => n)).toEqual(SWEEP_SIZES);
  },
  S92: () => {
    expect(COPY_TO_DEVICE.variants.map((v) => v.carriers?.[0]))
      .toEqual(['processor', 'processor', 'device', 'DMA controller']);
  },
};

test('there is a check for each statement, and each row that one names is there', () => {
  expect(Object.keys(CHECKS)).toEqual(COPY_TO_DEVICE_STATEMENTS.map((s) => s.id));
  const labels = new Set(COPY_TO_DEVICE.measures.map((m) => m.label.trim()));
  for (const { id, where } of COPY_TO_DEVICE_STATEMENTS)
    for (const [, row] of where.matchAll(/"([^"…]+)"/g)) expect(labels, id).toContain(row);
});

test.each(COPY_TO_DEVICE_STATEMENTS.map(({ id, where }) => [id, where]))('%s: %s', (id) => CHECKS[id]());
