import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { runExperiment, TEST_KIT } from '../../../../test/benches/experiment-bench.ts';
import { us } from '../../../sim/time.ts';
import { SYSTEM_DMA_REGISTERS } from '../../../hw/dma/system-dma/spec.ts';
import { PATHS_REGISTERS } from '../../../hw/paths/spec.ts';
import type { TraceRecord, TransactionRecord } from '../../../sim/trace.ts';
import type { RunResult } from '../experiment.ts';
import { jobOf } from '../job.ts';
import { DATA_AT, PATHS_METHODS, SWEEP_SIZES } from './block.ts';
import { crossoversOf } from './crossover.ts';
import { PATHS } from './experiment.ts';

const KiB = 1024;
/** A PCI clock of 30 ns: a single access takes 10, a burst of 32 bytes 17, one of 64 bytes 25. */
const SINGLE = 300e-9, COMBINED = 510e-9, BURST = 750e-9;

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
    for (const { y } of PATHS.plots ?? []) expect(runs.every((r) => y in (r.series ?? {}))).toBe(true);
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

  test('transactions: words one by one, bursts of 64 bytes by devices and of 32 by write combining', () => {
    const words = (256 * KiB) / 4, bursts = (256 * KiB) / 64;
    expect(measured(runs, 'transactions')).toEqual({
      'port-pio': words + 4, 'mmio-uc': words, 'mmio-wc': words / 2 + bursts + 2, 'device-dma': bursts + 24,
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
    expect(rate('mmio-wc', 'rateTo') / (32 / COMBINED)).toBeCloseTo(1, 1);
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
    expect(lines[0]).toContain('(mmio-wc)');
    expect(lines[0]).toContain(`${((by('mmio-uc').measures['bytesPerSecond'] as number) / 1e6).toFixed(1)} MB/s`);
    expect(lines[1]).toContain('96 bytes of control');
    expect(lines[2]).toContain('neither opposites nor directions');
    expect(judgement.next).toContain('register-effects');
    expect(judgement.details).toHaveLength(5);
    expect(judgement.details?.at(-1)).toBe('At these costs: interrupt entry 1 cycle, its acknowledge cycle no time, ' +
      'memory latency 0 s, bursts of 64 bytes by DMA and of 32 bytes by mmio-wc; no write by mmio-uc or port-pio is ' +
      'posted.');
    const alone = runExperiment(PATHS, { values: { bytes: KiB }, methods: ['mmio-wc'] });
    expect(alone.judgement.sentence).toContain('--methods');
  });

  test.each([
    [{}, {}, 'faster than mmio-uc (13.1 MB/s) and mmio-wc (62.'],
    [{ combiningLine: 64 }, {}, 'about as fast as mmio-wc'],
    [{}, { burst: 32 }, 'about as fast as mmio-wc (62.'], [{}, { burst: 16 }, 'slower than mmio-wc (62.'],
  ])('which of the two is faster is said as it was measured: %j %j: %s', (boardOptions, values, said) => {
    const methods = ['port-pio', 'mmio-uc', 'mmio-wc', 'device-dma'];
    const wish = { values: { bytes: 64 * KiB, sweep: false, ...values }, boardOptions, methods };
    const [, , third] = runExperiment(PATHS, wish).judgement.sentence.split('\n');
    expect(third.split('; from it')[0]).toContain(said);
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

  test('memory that the user chose too small is refused in words', () => {
    const job = (ram: number) => jobOf(PATHS, { values: { bytes: 1 << 20 }, boardOptions: { ram } });
    expect(() => PATHS.settle?.(job(16 << 20), TEST_KIT)).toThrow('bytes: 1MiB each way need 18MiB of memory');
    expect(() => PATHS.settle?.(job(17 << 20), TEST_KIT)).toThrow('need 18MiB');
    expect(PATHS.settle?.(job(18 << 20), TEST_KIT)).toMatchObject({ bytes: 1 << 20 });
  });

  test('a burst that is no power of two is refused; the size in the title has a unit', () => {
    const job = (values: Record<string, unknown>) => jobOf(PATHS, { values });
    expect(() => PATHS.settle?.(job({ burst: 12 }), TEST_KIT)).toThrow('burst: 12B is no power of two');
    const typed = (bytes: string) => PATHS.title({ ...job({}), texts: { bytes } }, TEST_KIT);
    expect(['4', '0x10', '4MiB', '4K'].map(typed).map((t) => t.split(' to ')[0]))
      .toEqual(['4 bytes', '0x10 bytes', '4MiB', '4K']);
  });

  test('the slowest buses and processors that there may be do not come to the limit', () => {
    const slow = {
      processorClock: 1e6, cyclesPerInstruction: 1000, interruptEntry: 1e6, pciClockPeriod: us(1), isaDivisor: 64,
      isaCycle: 100, isaRecovery: 100, memoryLatency: us(100),
    };
    const { runs } = runExperiment(PATHS, { values: { bytes: 4, burst: 4, sweep: false }, boardOptions: slow });
    expect(runs.every((r) => r.matches)).toBe(true);
    const [wide] = runExperiment(PATHS, {
      values: { bytes: 256 * KiB, width: '8', sweep: false }, methods: ['port-pio'],
      boardOptions: { pciClockPeriod: us(1), isaDivisor: 64, processorClock: 1e6 },
    }).runs;
    expect(wide.measures['seconds']).toBeGreaterThan(5);
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
    // Write combining makes bursts of 32 bytes out of stores of any width.
    expect(measured(runs, 'transactions')['mmio-wc']).toBe(accesses / 2 + 128 + 1);
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
    // The longer burst has less overhead a byte; among equals DMA's fixed cost decides.
    expect(crossover({}, 'mmio-wc')).toBe(2 * KiB);
    expect(crossover({ combiningLine: 64 }, 'mmio-wc')).toBeNull();
    expect(crossover({}, 'mmio-wc', { burst: 32 })).toBeNull();
  });

  test('and on the latency of memory', () => {
    expect(crossover({ memoryLatency: 30_000 }, 'mmio-uc')).toBeNull();
  });
});

describe('what the trace shows', () => {
  /** Records of a run that moves 256 bytes to the card, the sweep left out. */
  function traced(
    method: string, values: Record<string, unknown> = {}, boardOptions: Record<string, unknown> = {},
  ): TraceRecord[] {
    const records: TraceRecord[] = [];
    const moved = { bytes: 256, direction: 'to-card', sweep: false, ...values };
    runExperiment(PATHS, { values: moved, boardOptions, methods: [method] }, {
      started: (machine) => {
        machine.sim.trace.processorRam = method === 'mmio-uc';
        machine.sim.trace.listen((r) => { records.push({ ...r }); });
      },
    });
    return records;
  }
  const transactions = (records: readonly TraceRecord[]): TransactionRecord[] =>
    records.flatMap((r) => (r.kind === 'transaction' ? [r] : []));

  test('device-dma: from the doorbell to the request, to the bursts (S11, S27, S38, S74, S96)', () => {
    const records = traced('device-dma');
    const all = transactions(records);
    const setUp = all.filter((r) => r.target === 'paths.registers' && r.write && (r.address & 0xfff) >= 0x28);
    expect(setUp.map((r) => [r.initiator, r.space, r.address & 0xfff, r.value])).toEqual([
      ['cpu0', 'memory', 0x28, DATA_AT], ['cpu0', 'memory', 0x2c, 0], ['cpu0', 'memory', 0x30, 256],
      ['cpu0', 'memory', 0x34, 1],
    ]);
    const request = records.find((r) => r.kind === 'request');
    expect(request).toMatchObject({ parent: setUp[3].id, port: 'paths.dma', address: DATA_AT, size: 256 });
    const bursts = all.filter((r) => r.initiator === 'paths.dma');
    expect(bursts.map((r) => [r.parent, r.target, r.size, r.write])).toEqual(
      Array.from({ length: 4 }, () => [request?.id, 'ram', 64, false]),
    );
    // While the bursts go on the processor makes no access (S100).
    const [first, last] = [bursts[0].start, bursts[3].end];
    expect(all.filter((r) => r.initiator === 'cpu0' && r.start > first + 900 && r.start < last)).toEqual([]);
  });

  test('device-dma with --registers ports: the same registers in the other space (S16, S18, S146)', () => {
    const all = transactions(traced('device-dma', { registers: 'ports' }));
    expect(new Set(all.filter((r) => r.target === 'paths.registers').map((r) => r.space))).toEqual(new Set(['io']));
  });

  test('mmio-uc: cpu0 stores to the card in the space of memory, 300 ns each; RAM takes none (S12, S35, S76)', () => {
    const all = transactions(traced('mmio-uc')).filter((r) => r.initiator === 'cpu0' && r.space === 'memory');
    const stores = all.filter((r) => r.target === 'paths.buffer');
    expect(stores).toHaveLength(64);
    for (const r of stores) expect([r.write, r.size, r.memoryType, r.end - r.start]).toEqual([true, 4, 'UC', 900]);
    const loads = all.filter((r) => r.target === 'ram' && r.address >= DATA_AT && r.address < DATA_AT + 256);
    expect(loads).toHaveLength(64);
    for (const r of loads) expect([r.write, r.memoryType, r.end - r.start]).toEqual([false, 'WB', 0]);
  });

  test.each([64, 32])('mmio-wc: bursts by the processor, as long as its buffers: %d bytes', (combiningLine) => {
    const stores = transactions(traced('mmio-wc', {}, { combiningLine })).filter((r) => r.target === 'paths.buffer');
    expect(stores.map((r) => [r.initiator, r.size, r.memoryType])).toEqual(
      Array.from({ length: 256 / combiningLine }, () => ['cpu0', combiningLine, 'WC']),
    );
  });

  test('system-dma: a third party reads the one and writes the other (S10)', () => {
    const bursts = transactions(traced('system-dma')).filter((r) => r.initiator === 'sysdma.dma');
    expect(bursts.map((r) => [r.target, r.write])).toEqual(
      Array.from({ length: 8 }, (_, k) => (k % 2 === 0 ? ['ram', false] : ['paths.buffer', true])),
    );
  });
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
