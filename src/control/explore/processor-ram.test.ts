/** Accesses of the processor to RAM in a recording: a word is seen whole. */
import { expect, test } from 'vitest';
import { TEST_KIT } from '../../../test/benches/experiment-bench.ts';
import { findExperiment } from '../experiments/index.ts';
import type { Experiment } from '../experiments/experiment.ts';
import { jobOf } from '../experiments/job.ts';
import { stateChecksum } from '../state-checksum.ts';
import type { TransactionRecord } from '../../sim/trace/records.ts';
import { Explorer } from './explorer.ts';

function ended(name: string, method: string, values: Record<string, unknown>, processorRam: boolean): Explorer {
  const e = findExperiment(name) as Experiment;
  const x = Explorer.trial(e, jobOf(e, { values, methods: [method] }), method, TEST_KIT, { processorRam });
  while (!x.over) x.advance(Infinity);
  return x;
}

test.each([
  ['disk-read', 'pio-polled', { bytes: 4096 }],
  ['paths', 'mmio-uc', { bytes: 1024, sweep: false }],
])('%s %s: figures and state are the same', (name, method, values) => {
  const without = ended(name, method, values, false), full = ended(name, method, values, true);
  expect(full.result()).toEqual(without.result());
  expect(full.now).toBe(without.now);
  expect(stateChecksum(full.machine)).toBe(stateChecksum(without.machine));
  expect(full.store.last).toBeGreaterThan(without.store.last);
});

test('a word that is read from the data port is stored in memory next, and only within the marks', () => {
  const x = ended('disk-read', 'pio-polled', { bytes: 4096 }, true);
  const accesses = x.store.records(1, x.store.last)
    .filter((r): r is TransactionRecord => r.kind === 'transaction' && r.initiator === 'cpu0');
  const [begin, end] = ['begin', 'end'].map((m) => x.marks.find((mark) => mark.name === m)?.at.ticks ?? NaN);
  const ram = accesses.filter((r) => r.target === 'ram');
  expect(ram.every((r) => r.start >= (begin ?? NaN) && r.start <= (end ?? NaN))).toBe(true);
  const data = accesses.flatMap((r, n) => (r.address === 0x1f0 && r.start >= (begin ?? NaN) ? [n] : []));
  expect(data.length).toBe(2048);
  for (const n of data) {
    const word = accesses[n], store = accesses[n + 1];
    expect(store).toMatchObject({ target: 'ram', write: true, size: 2, value: word?.value });
  }
});
