import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { runExperiment } from '../../../../test/bench/experiment-bench.ts';
import { SYSTEM_DMA_REGISTERS } from '../../../hw/dma/system-dma/spec.ts';
import { PATHS_REGISTERS } from '../../../hw/paths/spec.ts';
import type { TransactionRecord } from '../../../sim/trace.ts';
import type { RunResult } from '../experiment.ts';
import { PATHS_METHODS, SWEEP_SIZES } from './block.ts';
import { crossoversOf } from './crossover.ts';
import { REGISTER_EFFECTS } from '../register-effects/experiment.ts';
import { PATHS } from './experiment.ts';

const KiB = 1024;
/** A PCI clock of 30 ns: a single access takes 10, a burst of 64 bytes 25. */
const SINGLE = 300e-9, BURST = 750e-9;

function measured(runs: readonly RunResult[], key: string): Record<string, unknown> {
  return Object.fromEntries(runs.map((r) => [r.method, r.measures[key]]));
}

describe('128 KiB each way, by every path', () => {
  const { runs, judgement } = runExperiment(PATHS, { values: { bytes: 128 * KiB } });
  const by = (method: string): RunResult => runs.find((r) => r.method === method) as RunResult;

  test('every byte is right', () => {
    expect(runs.map((r) => r.method)).toEqual([...PATHS_METHODS]);
    expect(runs.every((r) => r.matches)).toBe(true);
    expect(judgement.verdict).toBe('right');
    expect(new Set(runs.map((r) => r.measures['sha256To'])).size).toBe(1);
  });

  test('who moves the data, and how registers are reached, are two axes', () => {
    expect(measured(runs, 'mover')).toEqual({
      'port-pio': 'processor', 'mmio-uc': 'processor', 'mmio-wc': 'processor', 'device-dma': 'the card',
      'system-dma': 'DMA engine',
    });
    expect(measured(runs, 'registers')).toMatchObject({
      'port-pio': 'ports', 'mmio-uc': 'memory', 'device-dma': 'memory',
    });
    const [ports] = runExperiment(PATHS, { values: { bytes: KiB, registers: 'ports' }, methods: ['device-dma'] }).runs;
    expect(ports.measures).toMatchObject({ mover: 'the card', registers: 'ports', cpuMmioAccesses: 0 });
  });

  test('bytes of control, bytes of data', () => {
    expect(measured(runs, 'dataBytes')).toEqual(Object.fromEntries(PATHS_METHODS.map((m) => [m, 256 * KiB])));
    expect(measured(runs, 'processorDataBytes')).toMatchObject({
      'mmio-uc': 256 * KiB, 'device-dma': 0, 'system-dma': 0,
    });
    // Four registers to begin each of the four transfers, two accesses in each handler.
    expect(measured(runs, 'controlBytes')).toEqual({
      'port-pio': 4 * 4, 'mmio-uc': 0, 'mmio-wc': 2 * 4, 'device-dma': 4 * 6 * 4, 'system-dma': 4 * 6 * 4,
    });
    expect(measured(runs, 'busCrossings')).toMatchObject({ 'mmio-uc': 1, 'device-dma': 1, 'system-dma': 2 });
  });

  test('transactions: words one by one, bursts of 64 bytes', () => {
    const words = (256 * KiB) / 4, bursts = (256 * KiB) / 64;
    expect(measured(runs, 'transactions')).toEqual({
      'port-pio': words + 4, 'mmio-uc': words, 'mmio-wc': words / 2 + bursts / 2 + 2, 'device-dma': bursts + 24,
      'system-dma': 2 * bursts + 24,
    });
    expect(measured(runs, 'interrupts')).toEqual({
      'port-pio': 0, 'mmio-uc': 0, 'mmio-wc': 0, 'device-dma': 4, 'system-dma': 4,
    });
  });

  test('the bus sets the rates', () => {
    const rate = (method: string, key: string): number => by(method).measures[key] as number;
    for (const method of ['port-pio', 'mmio-uc'])
      for (const key of ['rateTo', 'rateFrom']) expect(rate(method, key) / (4 / SINGLE)).toBeCloseTo(0.98, 1);
    expect(rate('mmio-wc', 'rateTo') / (64 / BURST)).toBeCloseTo(1, 1);
    expect(rate('mmio-wc', 'rateFrom') / (4 / SINGLE)).toBeCloseTo(0.98, 1);
    expect(rate('device-dma', 'rateFrom') / (64 / BURST)).toBeCloseTo(1, 1);
    expect(rate('system-dma', 'rateTo') / (32 / BURST)).toBeCloseTo(1, 1);
    expect(by('device-dma').measures['cpuBusy']).toBeLessThan(0.02);
    expect(by('mmio-wc').measures['cpuBusy']).toBe(1);
  });

  test('the answer is three sentences, each with its figures', () => {
    const lines = judgement.sentence.split('\n');
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(line).toMatch(/^[A-Z].*\d.*\.$/);
    expect(lines[0]).toContain(`${((by('mmio-uc').measures['bytesPerSecond'] as number) / 1e6).toFixed(1)} MB/s`);
    expect(lines[1]).toContain('96 bytes of control');
    expect(lines[2]).toContain('neither opposites nor directions');
    expect(judgement.next).toContain('register-effects');
    expect(judgement.details).toHaveLength(4);
    const alone = runExperiment(PATHS, { values: { bytes: KiB }, methods: ['mmio-wc'] });
    expect(alone.judgement.sentence).toContain('--methods');
  });

  test('the interpreter gives the same figures', () => {
    const other = runExperiment(PATHS, { values: { bytes: 128 * KiB } }, { engine: 'interpreter' });
    expect(other.runs).toEqual(runs);
  });
});

describe('parameters', () => {
  test('one direction alone leaves the other out', () => {
    for (const [direction, there, absent] of [['to-card', 'rateTo', 'rateFrom'], ['from-card', 'rateFrom', 'rateTo']]) {
      const [run] = runExperiment(PATHS, { values: { bytes: 100 * KiB, direction }, methods: ['mmio-wc'] }).runs;
      expect([typeof run.measures[there], run.measures[absent], run.matches, run.measures['dataBytes']])
        .toEqual(['number', null, true, 100 * KiB]);
    }
  });

  test('without the sweep there are no curves and nothing is said of crossovers', () => {
    const { runs, judgement } = runExperiment(PATHS, { values: { bytes: KiB, sweep: false } });
    expect(runs.every((r) => r.matches && r.series === undefined)).toBe(true);
    expect(judgement.details).toEqual([]);
  });

  test.each(['8', '16', '32'])('%s-bit accesses move the same bytes', (width) => {
    const { runs } = runExperiment(PATHS, {
      values: { bytes: 4 * KiB, width }, methods: ['port-pio', 'mmio-uc', 'mmio-wc'],
    });
    expect(runs.every((r) => r.matches)).toBe(true);
    const accesses = (2 * 4 * KiB * 8) / Number(width);
    expect(measured(runs, 'transactions')).toMatchObject({ 'port-pio': accesses + 2, 'mmio-uc': accesses });
    // Write combining makes bursts of 64 bytes out of stores of any width.
    expect(measured(runs, 'transactions')['mmio-wc']).toBe(accesses / 2 + 64 + 1);
  });

  test('polling takes no interrupt, keeps the processor busy and the bus from the card', () => {
    const by = (completion: string): RunResult[] =>
      runExperiment(PATHS, { values: { bytes: 64 * KiB, completion }, methods: ['device-dma', 'system-dma'] }).runs;
    const polled = by('polled'), waited = by('interrupt');
    polled.forEach((run, n) => {
      expect(run.measures).toMatchObject({ interrupts: 0, cpuBusy: 1 });
      expect(run.matches).toBe(true);
      expect(run.measures['polls']).toBeGreaterThan(100);
      expect(run.measures['seconds']).toBeGreaterThan(waited[n].measures['seconds'] as number);
    });
  });
});

describe('where DMA begins to win', () => {
  const crossover = (boardOptions: Record<string, unknown>, other: string, values: Record<string, unknown> = {}) => {
    const { runs } = runExperiment(PATHS, {
      values: { bytes: 4, ...values }, boardOptions, methods: [other, 'device-dma'],
    });
    expect(runs.every((r) => r.matches && r.series?.['secondsToBySize'].length === SWEEP_SIZES.length)).toBe(true);
    return crossoversOf(runs, 'secondsToBySize')[0].bytes;
  };

  test('an answer for each method, and it depends on what an interrupt costs', () => {
    const usual = crossover({}, 'mmio-uc') as number;
    expect(usual).toBeGreaterThan(4);
    expect(usual).toBeLessThan(1024);
    expect(crossover({ interruptEntry: 4000 }, 'mmio-uc')).toBeGreaterThan(usual);
    expect(crossover({}, 'mmio-wc')).toBeNull();
  });

  test('and on the latency of memory', () => {
    expect(crossover({ memoryLatency: 30_000 }, 'mmio-uc')).toBeNull();
  });
});

test('the trace of a DMA transfer leads from the doorbell to the bursts', () => {
  const records: TransactionRecord[] = [];
  runExperiment(PATHS, { values: { bytes: 256, direction: 'to-card' }, methods: ['device-dma'] }, {
    started: (machine) => machine.sim.trace.listen((r) => {
      if (r.kind === 'transaction') records.push({ ...r });
    }),
  });
  const bursts = records.filter((r) => r.initiator === 'paths.dma').slice(0, 4);
  expect(bursts.map((r) => [r.target, r.size, r.write])).toEqual(Array.from({ length: 4 }, () => ['ram', 64, false]));
  const doorbell = records.find((r) => r.target === 'paths.registers' && (r.address & 0xfff) === 0x34);
  expect(doorbell).toMatchObject({ initiator: 'cpu0', write: true, space: 'memory', memoryType: 'UC', value: 1 });
  expect(bursts[0].start).toBeGreaterThanOrEqual((doorbell as TransactionRecord).start);
});

test('statements point to rows that there are', () => {
  for (const e of [PATHS, REGISTER_EFFECTS]) {
    const labels = new Set(e.measures.map((m) => m.label.trim()));
    for (const { id, where } of e.statements)
      for (const [, row] of where.matchAll(/"([^"…]+)"/g)) expect(labels, `${e.name} ${id}`).toContain(row);
  }
});

test('the drivers\' header has the registers of the rows', () => {
  const header = readFileSync(new URL('../../../../guest/drivers/cards.h', import.meta.url), 'utf8');
  const said = (prefix: string): Record<string, number> => {
    const lines = header.matchAll(new RegExp(`^#define ${prefix}_REG_(\\w+) (0x[0-9a-f]+)u`, 'gm'));
    return Object.fromEntries([...lines].map((m) => [m[1], Number(m[2])]));
  };
  const rows = (registers: Readonly<Record<string, { offset: number }>>): Record<string, number> =>
    Object.fromEntries(Object.entries(registers).map(([name, r]) => [name, r.offset]));
  expect(said('CARD')).toEqual(rows(PATHS_REGISTERS.registers));
  expect(said('ENGINE')).toEqual(rows(SYSTEM_DMA_REGISTERS.registers));
});
