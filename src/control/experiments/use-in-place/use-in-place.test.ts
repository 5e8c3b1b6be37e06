/** Figures and statements of use-in-place. */
import { expect, test } from 'vitest';
import { runExperiment, runToEnd } from '../../../../test/benches/experiment-bench.ts';
import type { RunResult } from '../experiment.ts';
import { sumOf, USE_METHODS, USE_STEPS } from './block.ts';
import { USE_IN_PLACE } from './experiment.ts';
import { reuseOf } from './reuse.ts';
import { USE_IN_PLACE_STATEMENTS } from './statements.ts';

const KiB = 1024;

const { runs, judgement } = runExperiment(USE_IN_PLACE, { values: { bytes: KiB, uses: 8 } });
const by = (method: string): RunResult => runs.find((r) => r.method === method) as RunResult;
const value = (method: string, key: string): number => Number(by(method).measures[key]);
const curve = (method: string, name: string): Map<number, number> => new Map(by(method).series?.[name]);

function together(method: string, uses: number): number {
  const run = runToEnd(USE_IN_PLACE, method, { values: { bytes: KiB, uses, sweep: false } });
  expect(run.matches).toBe(true);
  return Number(run.measures['together']);
}

test('every use finds the same sum, and it is that of the bytes; the interpreter has the same figures', () => {
  expect(runs.map((r) => [r.method, r.matches])).toEqual(USE_METHODS.map((m) => [m, true]));
  expect(judgement.verdict).toBe('right');
  expect(sumOf(Uint8Array.of(1, 0, 0, 0x80, 2, 0, 0, 0))).toBe(5);
  const again = runToEnd(USE_IN_PLACE, 'copy-dma', { values: { bytes: KiB, uses: 8 } });
  expect(again.measures).toEqual(by('copy-dma').measures);
});

test('in place each use is on the bus, word by word; a copy is there once', () => {
  expect(value('in-place', 'pciTransfers')).toBe(8 * (KiB / 4));
  expect(value('copy-pio', 'pciTransfers')).toBe(KiB / 4);
  expect(value('copy-dma', 'pciTransfers')).toBe(KiB / 64 + 6);
});

test('the number of uses from which on a copy pays is where the measured times cross', () => {
  for (const { method, bytes, uses } of reuseOf(runs).filter((r) => r.bytes === KiB)) {
    expect(uses).not.toBeNull();
    for (const n of USE_STEPS) {
      const faster = (curve(method, 'secondsByUses').get(n) ?? 0) < (curve('in-place', 'secondsByUses').get(n) ?? 0);
      expect(faster, `${method}, ${bytes} bytes, ${n} uses`).toBe(n >= Number(uses));
    }
  }
  expect(judgement.details).toEqual([
    expect.stringMatching(/^copy-pio is faster than in place: .* from 2 uses on\.$/),
    expect.stringMatching(/^copy-dma is faster than in place: 4 bytes from \d+ uses on; .* already for one use\.$/),
  ]);
});

test('in the memory of the display card the engine copies', () => {
  const wish = { values: { bytes: 128 * KiB, uses: 1, card: 'vga', sweep: false } };
  const run = runToEnd(USE_IN_PLACE, 'copy-dma', wish);
  expect([run.matches, run.measures['deviceBytes']]).toEqual([true, 2 * 128 * KiB]);
});

const CHECKS: Readonly<Record<string, () => void>> = {
  S76: () => expect(value('in-place', 'use')).toBeGreaterThan(10 * value('copy-pio', 'use')),
  S78: () => expect(judgement.details?.length).toBe(2),
  S86: () => {
    for (const method of ['in-place', 'copy-pio']) expect(by(method).measures).toMatchObject({ deviceBytes: 0 });
  },
  S91: () => expect(together('in-place', 1)).toBeLessThan(together('copy-pio', 1)),
  S92: () => {
    for (const method of ['copy-pio', 'copy-dma'])
      expect(value(method, 'together')).toBeLessThan(value('in-place', 'together'));
  },
  S93: () => {
    expect(value('copy-pio', 'copyShare')).toBeGreaterThan(0.5);
    const many = runToEnd(USE_IN_PLACE, 'copy-pio', { values: { bytes: KiB, uses: 64, sweep: false } });
    expect(many.measures['copyShare']).toBeLessThan(0.2);
  },
};

test('there is a check for each statement, and each row that one names is there', () => {
  expect(Object.keys(CHECKS)).toEqual(USE_IN_PLACE_STATEMENTS.map((s) => s.id));
  const labels = new Set(USE_IN_PLACE.measures.map((m) => m.label.trim()));
  for (const { id, where } of USE_IN_PLACE_STATEMENTS)
    for (const [, row] of where.matchAll(/"([^"…]+)"/g)) expect(labels, id).toContain(row);
});

test.each(USE_IN_PLACE_STATEMENTS.map(({ id, where }) => [id, where]))('%s: %s', (id) => CHECKS[id]());
