/** What disk-write's statements say of its table and its trace is so: a check for each. */
import { expect, test } from 'vitest';
import { by, tracedRun, type TracedRun } from '../../../../test/benches/traced-run.ts';
import type { TransactionRecord } from '../../../sim/trace.ts';
import { DISK_READ_BUFFER } from '../disk-read/block.ts';
import { DISK_READ } from '../disk-read/experiment.ts';
import type { Experiment } from '../experiment.ts';
import { DISK_WRITE_BUFFER } from './block.ts';
import { DISK_WRITE } from './experiment.ts';
import { DISK_WRITE_STATEMENTS } from './statements.ts';

const KiB = 1024, BYTES = 64 * KiB, BURST = 64, DATA = 0x1f0;
const PIO = ['pio-polled', 'pio-irq'];

const runs = new Map<string, TracedRun>();
function traced(method: string, e: Experiment = DISK_WRITE): TracedRun {
  const key = `${e.name} ${method}`;
  if (!runs.has(key)) runs.set(key, tracedRun(e, method, { values: { bytes: BYTES } }));
  return runs.get(key) as TracedRun;
}
const measures = (method: string): Readonly<Record<string, unknown>> => traced(method).run.measures;
/** The transactions of the IDE function that carry data: all but the reads of descriptors. */
const data = (e: Experiment): TransactionRecord[] =>
  traced('dma', e).transactions.filter(by('ide.primary')).filter((r) => r.size > 8);

function controllerReadsMemory(): void {
  expect(data(DISK_WRITE).map((r) => [r.target, r.space, r.write, r.address])).toEqual(
    Array.from({ length: BYTES / BURST }, (_, i) => ['ram', 'memory', false, DISK_WRITE_BUFFER + i * BURST]),
  );
}

const CHECKS: Readonly<Record<string, () => void>> = {
  S5: () => {
    expect(measures('dma')).toMatchObject({ deviceBytes: BYTES, dataPortAccesses: 0 });
    controllerReadsMemory();
  },
  S14: () => {
    for (const method of PIO) {
      expect(measures(method)).toMatchObject({ dataPortAccesses: BYTES / 2, deviceBytes: 0 });
      expect(traced(method).run.matches).toBe(true);
    }
  },
  S20: () => {
    for (const method of PIO) {
      expect(measures(method)['instructions']).toBeGreaterThan(BYTES / 2);
      const { transactions, machine } = traced(method);
      const pcs = new Set(transactions.filter((r) => r.address === DATA).map((r) => r.pc));
      expect(pcs.size).toBe(1);
      const [pc] = pcs;
      // Operand size, REP, OUTSW in 32-bit code.
      expect([[0x66, 0xf3, 0x6f], [0xf3, 0x66, 0x6f]]).toContainEqual([...machine.ram.subarray(pc, pc + 3)]);
    }
  },
  S37: () => {
    controllerReadsMemory();
    expect(data(DISK_READ).map((r) => [r.target, r.write, r.address])).toEqual(
      Array.from({ length: BYTES / BURST }, (_, i) => ['ram', true, DISK_READ_BUFFER + i * BURST]),
    );
  },
  S39: () => {
    expect(measures('dma')['cpuBusy']).toBeLessThan(0.05);
    for (const method of PIO) expect(measures(method)['cpuBusy']).toBeGreaterThan(0.9);
  },
  S131: () => {
    const { transactions } = tracedRun(DISK_WRITE, 'pio-polled', { values: { bytes: 4 * KiB } }, true);
    const at = transactions.flatMap((r, i) => (r.space === 'io' && r.address === DATA ? [i] : []));
    expect(at).toHaveLength((4 * KiB) / 2);
    at.forEach((i, n) => {
      const [ram, port] = [transactions[i - 1], transactions[i]];
      expect(ram).toMatchObject({ target: 'ram', write: false, size: 2, address: DISK_WRITE_BUFFER + 2 * n });
      expect([port.write, port.value, port.pc]).toEqual([true, ram.value, ram.pc]);
    });
  },
  S153: controllerReadsMemory,
};

test('there is a check for each statement', () => {
  expect(Object.keys(CHECKS)).toEqual(DISK_WRITE_STATEMENTS.map((s) => s.id));
});

test.each(DISK_WRITE_STATEMENTS.map(({ id, where }) => [id, where]))('%s: %s', (id) => CHECKS[id]());
