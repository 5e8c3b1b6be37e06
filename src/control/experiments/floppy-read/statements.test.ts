/** What the statements of floppy-read and floppy-write say is so: a check for each. */
import { expect, test } from 'vitest';
import { runToEnd } from '../../../../test/benches/experiment-bench.ts';
import { by, causesOf, tracedRun, type TracedRun } from '../../../../test/benches/traced-run.ts';
import { us } from '../../../sim/time.ts';
import type { TransactionRecord } from '../../../sim/trace.ts';
import type { Experiment, RunResult } from '../experiment.ts';
import { FLOPPY_WRITE } from '../floppy-write/experiment.ts';
import { FLOPPY_WRITE_STATEMENTS } from '../floppy-write/statements.ts';
import { FLOPPY_BUFFER } from '../floppy/block.ts';
import { FLOPPY_READ } from './experiment.ts';
import { FLOPPY_READ_STATEMENTS } from './statements.ts';

/** Two sectors. */
const BYTES = 1024;
/** The port of the controller's FIFO. */
const FIFO = 0x3f5;
const runs = new Map<string, TracedRun>();
function traced(e: Experiment, method: string): TracedRun {
  const key = `${e.name} ${method}`;
  if (!runs.has(key)) runs.set(key, tracedRun(e, method, { values: { bytes: BYTES } }));
  return runs.get(key) as TracedRun;
}
const cycles = (e: Experiment): TransactionRecord[] => traced(e, 'dma-8237').transactions.filter(by('dma.2'));
const measure = (e: Experiment, method: string, key: string): number =>
  Number(traced(e, method).run.measures[key]);

function equallyFast(e: Experiment): void {
  const [pio, dma] = ['pio', 'dma-8237'].map((m) => measure(e, m, 'bytesPerSecond'));
  expect(dma / pio).toBeCloseTo(1, 2);
}
function bothInterrupt(e: Experiment): void {
  expect(measure(e, 'dma-8237', 'interrupts')).toBeGreaterThan(0);
  expect(measure(e, 'pio', 'interrupts')).toBeGreaterThan(BYTES / 16);
  expect(measure(e, 'pio', 'cpuBusy')).toBeGreaterThan(10 * measure(e, 'dma-8237', 'cpuBusy'));
}

const READ: Readonly<Record<string, () => void>> = {
  S22: () => {
    expect(traced(FLOPPY_READ, 'dma-8237').transactions.filter((r) => r.initiator.startsWith('fdc'))).toEqual([]);
    expect(traced(FLOPPY_READ, 'dma-8237').records.some((r) => r.kind === 'edge' && r.line === 'fdc.DRQ')).toBe(true);
  },
  S23: () => {
    expect(cycles(FLOPPY_READ)).toHaveLength(BYTES);
    for (const r of cycles(FLOPPY_READ)) expect(r).toMatchObject({ target: 'ram', write: true, size: 1 });
  },
  S24: () => {
    for (const r of cycles(FLOPPY_READ)) expect(r.space).toBe('memory');
    expect(measure(FLOPPY_READ, 'dma-8237', 'floppyFifoAccesses')).toBeLessThan(40);
  },
  S25: () => {
    const bytesOf = (r: TransactionRecord): number =>
      r.write && r.target === 'ram' && r.address >= FLOPPY_BUFFER && r.address < FLOPPY_BUFFER + BYTES ? r.size : 0;
    const of = (method: string): readonly TransactionRecord[] =>
      tracedRun(FLOPPY_READ, method, { values: { bytes: BYTES } }, true).transactions;
    const pio = of('pio'), stores = pio.filter((r) => bytesOf(r) === 1 && r.initiator === 'cpu0');
    expect(stores).toHaveLength(BYTES);
    // Of the reads of the FIFO seven each are the results of a command.
    expect(pio.filter((r) => r.address === FIFO && !r.write).length).toBeGreaterThanOrEqual(BYTES);
    const cycles = of('dma-8237').filter((r) => bytesOf(r) > 0);
    expect(cycles).toHaveLength(BYTES);
    expect(cycles.every(by('dma.2'))).toBe(true);
    expect(of('dma-8237').filter((r) => r.address === FIFO && !r.write).length).toBeLessThan(40);
  },
  S40: () => {
    const { records } = traced(FLOPPY_READ, 'dma-8237');
    const first = cycles(FLOPPY_READ)[0];
    const causes = causesOf(first, records);
    const edge = causes.findIndex((r) => r.kind === 'edge' && r.line === 'fdc.DRQ');
    expect(edge).toBeGreaterThanOrEqual(0);
    expect(causes[edge + 1]).toMatchObject({ kind: 'event', name: 'fdc.byte' });
    expect(causes.slice(0, edge + 1).some((r) => r.kind === 'transaction' && r.initiator === 'cpu0')).toBe(false);
  },
  S41: () => equallyFast(FLOPPY_READ),
  S46: () => {
    expect(measure(FLOPPY_READ, 'pio', 'interrupts')).toBeGreaterThanOrEqual(BYTES / 16);
    expect(measure(FLOPPY_READ, 'dma-8237', 'interrupts')).toBeLessThanOrEqual(2);
  },
  S95: () => bothInterrupt(FLOPPY_READ),
  S128: () => {
    // The handler takes a byte more where one comes while it works.
    expect(measure(FLOPPY_READ, 'pio', 'interrupts')).toBeGreaterThan(BYTES / 10);
    expect(measure(FLOPPY_READ, 'pio', 'interrupts')).toBeLessThan(BYTES / 8 + 10);
  },
  S132: () => expect(measure(FLOPPY_READ, 'dma-8237', 'cpuPortAccesses')).toBeLessThan(60),
};
const WRITE: Readonly<Record<string, () => void>> = {
  S23: () => {
    expect(cycles(FLOPPY_WRITE)).toHaveLength(BYTES);
    for (const r of cycles(FLOPPY_WRITE)) expect(r).toMatchObject({ target: 'ram', write: false });
  },
  S41: () => equallyFast(FLOPPY_WRITE),
  S95: () => bothInterrupt(FLOPPY_WRITE),
};

test.each(FLOPPY_READ_STATEMENTS.map(({ id, where }) => [id, where]))('floppy-read %s: %s', (id) => READ[id]());
test.each(FLOPPY_WRITE_STATEMENTS.map(({ id, where }) => [id, where]))('floppy-write %s: %s', (id) => WRITE[id]());

/** A run with a second job that is away for so many microseconds. */
function beside(e: Experiment, method: string, microseconds: number, threshold = 8): RunResult {
  return runToEnd(e, method, { values: { bytes: BYTES, busy: us(microseconds), threshold } });
}

test.each([['floppy-read', FLOPPY_READ], ['floppy-write', FLOPPY_WRITE]] as const)(
  '%s: where the service time of the FIFO is passed, the processor loses bytes and DMA does not', (_name, e) => {
    const overruns = (r: RunResult): number => Number(r.measures['floppyOverruns']);
    expect(overruns(beside(e, 'pio', 100))).toBe(0);
    expect(overruns(beside(e, 'pio', 300))).toBeGreaterThan(0);
    expect(overruns(beside(e, 'pio', 200, 15))).toBe(0);
    const dma = beside(e, 'dma-8237', 300);
    expect([overruns(dma), dma.matches]).toEqual([0, true]);
  },
);

test('a track is a revolution: 46 kB/s within a track (500 kbit/s, 18 sectors in 200 ms)', () => {
  const seconds = (bytes: number): number =>
    Number(runToEnd(FLOPPY_READ, 'dma-8237', { values: { bytes } }).measures['seconds']);
  expect((18 * 512) / (seconds(18 * 1024) - seconds(18 * 512))).toBeCloseTo(46_080, -3);
});
