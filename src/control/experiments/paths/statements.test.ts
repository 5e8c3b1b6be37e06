/** What paths' statements say of its table and its trace is so: a check for each. */
import { expect, test } from 'vitest';
import { runExperiment, runToEnd } from '../../../../test/benches/experiment-bench.ts';
import { by, causesOf, tracedRun, type TracedRun } from '../../../../test/benches/traced-run.ts';
import { ns } from '../../../sim/time.ts';
import type { TransactionRecord } from '../../../sim/trace.ts';
import { POST } from '../../guests/status.ts';
import type { RunResult } from '../experiment.ts';
import { DATA_AT, PATHS_METHODS, SWEEP_SIZES } from './block.ts';
import { PATHS } from './experiment.ts';
import { PATHS_STATEMENTS } from './statements.ts';

const KiB = 1024;
/** Of the table: two transfers each way. */
const BYTES = 128 * KiB;
/** Of the traces: four bursts. */
const TRACED = 256;
/** Offsets of the card's registers. */
const INT = 0x08, DMA_ADDRESS = 0x28, DMA_LENGTH = 0x30, DMA_CONTROL = 0x34;
/** Instruction bytes in 32-bit code. */
const REP_OUTSD = [0xf3, 0x6f], REP_MOVSD = [0xf3, 0xa5];
const PIO = ['port-pio', 'mmio-uc', 'mmio-wc'], DMA = ['device-dma', 'system-dma'];

const runs = new Map<string, RunResult>();
/** A column of the table. */
function measures(method: string, values: Record<string, unknown> = {}): RunResult['measures'] {
  const key = `${method} ${JSON.stringify(values)}`;
  if (!runs.has(key)) {
    const [run] = runExperiment(PATHS, { values: { bytes: BYTES, sweep: false, ...values }, methods: [method] }).runs;
    expect(run.matches).toBe(true);
    runs.set(key, run);
  }
  return (runs.get(key) as RunResult).measures;
}

const traces = new Map<string, TracedRun>();
function traced(method: string, values: Record<string, unknown> = {}): TracedRun {
  const key = `${method} ${JSON.stringify(values)}`;
  const wish = { values: { bytes: TRACED, direction: 'to-card', sweep: false, ...values } };
  if (!traces.has(key)) traces.set(key, tracedRun(PATHS, method, wish, true));
  return traces.get(key) as TracedRun;
}
const transactions = (method: string, values: Record<string, unknown> = {}): readonly TransactionRecord[] =>
  traced(method, values).transactions;
/** The processor's own accesses of the data in RAM. */
const ofData = (method: string): TransactionRecord[] => transactions(method).filter((r) =>
  r.initiator === 'cpu0' && r.target === 'ram' && r.address >= DATA_AT && r.address < DATA_AT + TRACED);
const registerWrites = (values: Record<string, unknown> = {}): TransactionRecord[] =>
  transactions('device-dma', values).filter((r) => r.target === 'paths.registers' && r.write);
const offset = (r: TransactionRecord): number => r.address & 0x3f;
const doorbell = (): TransactionRecord =>
  registerWrites().find((r) => offset(r) === DMA_CONTROL) as TransactionRecord;
const bursts = (values: Record<string, unknown> = {}): TransactionRecord[] =>
  transactions('device-dma', values).filter(by('paths.dma'));
const stores = (method: string): TransactionRecord[] =>
  transactions(method).filter((r) => r.target === 'paths.buffer');
/** The instruction that made a record. */
const codeAt = (method: string, r: TransactionRecord): number[] =>
  [...traced(method).machine.ram.subarray(r.pc, r.pc + 2)];

function programmedIo(): void {
  for (const method of PIO) expect(measures(method)).toMatchObject({ deviceBytes: 0, dataBytes: 2 * BYTES });
}
function bothSpaces(): void {
  expect(new Set(registerWrites().map((r) => r.space))).toEqual(new Set(['memory']));
  expect(new Set(registerWrites({ registers: 'ports' }).map((r) => r.space))).toEqual(new Set(['io']));
}
function readsAndWritesRam(): void {
  const all = [...bursts(), ...bursts({ direction: 'from-card' })];
  expect(all.map((r) => [r.target, r.size, r.write])).toEqual(
    [false, true].flatMap((write) => Array.from({ length: 4 }, () => ['ram', 64, write])),
  );
}
function interruptsAndPolling(): void {
  const polled = measures('device-dma', { completion: 'polled' });
  expect(measures('device-dma')).toMatchObject({ interrupts: 4, polls: 0, deviceBytes: 2 * BYTES });
  expect(polled).toMatchObject({ interrupts: 0, deviceBytes: 2 * BYTES });
  expect(polled['polls']).toBeGreaterThan(100);
}

const CHECKS: Readonly<Record<string, () => void>> = {
  S1: () => {
    const pairs = [...PATHS_METHODS.map((m) => measures(m)), measures('device-dma', { registers: 'ports' })]
      .map((m) => `${m['mover'] === 'processor' ? 'processor' : 'device'} ${String(m['registers'])}`);
    expect([...new Set(pairs)].sort()).toEqual([
      'device memory', 'device ports', 'processor memory', 'processor ports',
    ]);
  },
  S3: () => {
    const all = transactions('device-dma').filter((r) => r.target === 'paths.registers');
    expect(new Set(all.map((r) => `${r.initiator} ${r.space} ${r.write}`)))
      .toEqual(new Set(['cpu0 memory true', 'cpu0 memory false']));
  },
  S4: () => {
    const { controlBytes, dataBytes } = measures('device-dma');
    expect(controlBytes).toBe(4 * 6 * 4);
    expect(dataBytes).toBeGreaterThan(1000 * Number(controlBytes));
    expect(measures('mmio-uc')['cpuMmioAccesses']).toBe((2 * BYTES) / 4);
  },
  S5: () => {
    for (const method of DMA) {
      expect(measures(method)['deviceBytes']).toBe(2 * BYTES * (method === 'system-dma' ? 2 : 1));
      expect(ofData(method)).toEqual([]);
      expect(stores(method).filter(by('cpu0'))).toEqual([]);
    }
    expect(ofData('mmio-uc')).not.toEqual([]);
  },
  S6: () => {
    const rate = (method: string): number => Number(measures(method)['bytesPerSecond']);
    expect(rate('device-dma')).toBeGreaterThan(5 * rate('mmio-uc'));
  },
  S9: () => {
    for (const method of PATHS_METHODS)
      for (const key of ['rateTo', 'rateFrom']) expect(measures(method)[key]).toBeGreaterThan(0);
  },
  S10: () => {
    expect(transactions('system-dma').filter(by('sysdma.dma')).map((r) => [r.target, r.write])).toEqual(
      Array.from({ length: 8 }, (_, k) => (k % 2 === 0 ? ['ram', false] : ['paths.buffer', true])),
    );
  },
  S11: () => {
    const { transactions: all } = traced('device-dma', { bytes: BYTES });
    let written = 0, series = 0;
    all.forEach((r, i) => {
      if (r.target === 'paths.registers' && r.write && offset(r) >= DMA_ADDRESS) written++;
      if (r.initiator !== 'paths.dma' || all[i - 1]?.initiator === 'paths.dma') return;
      expect([r.initiator, written]).toEqual(['paths.dma', 4 * ++series]);
    });
    expect(series).toBe(BYTES / (64 * KiB));
  },
  S12: () => {
    expect(stores('mmio-uc')).toHaveLength(TRACED / 4);
    expect(stores('mmio-uc').every((r) => r.initiator === 'cpu0' && r.space === 'memory')).toBe(true);
    expect(ofData('mmio-uc').every((r) => r.space === 'memory')).toBe(true);
  },
  S14: programmedIo,
  S15: () => {
    const [ports, memory] = [measures('port-pio'), measures('mmio-uc')];
    expect([ports['mover'], memory['mover']]).toEqual(['processor', 'processor']);
    expect([ports['registers'], memory['registers']]).toEqual(['ports', 'memory']);
  },
  S16: () => {
    const spaces = ['port-pio', 'mmio-uc'].flatMap((m) => transactions(m).map((r) => r.space));
    expect(new Set(spaces)).toEqual(new Set(['io', 'memory']));
  },
  S17: () => {
    const registers = transactions('port-pio').filter((r) => r.target === 'paths.registers');
    const out = registers.filter((r) => codeAt('port-pio', r)[0] === 0xf3);
    expect(out).toHaveLength(TRACED / 4);
    for (const r of out) expect([r.space, codeAt('port-pio', r)]).toEqual(['io', REP_OUTSD]);
    for (const r of stores('mmio-uc')) expect([r.space, codeAt('mmio-uc', r)]).toEqual(['memory', REP_MOVSD]);
  },
  S18: bothSpaces,
  S20: () => {
    const { transactions: all, instructions } = measures('port-pio');
    expect(all).toBeGreaterThanOrEqual((2 * BYTES) / 4);
    expect(instructions).toBeGreaterThanOrEqual((2 * BYTES) / 4);
  },
  S27: () => expect(bursts()).toHaveLength(4),
  S29: () => {
    expect(new Set(transactions('device-dma').map((r) => r.initiator))).toEqual(new Set(['cpu0', 'paths.dma']));
  },
  S35: () => {
    for (const r of stores('mmio-uc')) {
      expect(r.address).toBeGreaterThanOrEqual(traced('mmio-uc').machine.ram.length);
      expect(r.end - r.start).toBe(ns(300));
    }
  },
  S37: readsAndWritesRam,
  S38: () => {
    const address = registerWrites().find((r) => offset(r) === DMA_ADDRESS);
    expect(address).toMatchObject({ initiator: 'cpu0', value: DATA_AT });
    expect(bursts().map((r) => r.address)).toEqual([0, 64, 128, 192].map((n) => DATA_AT + n));
  },
  S39: () => expect(measures('device-dma')['cpuBusy']).toBeLessThan(0.02),
  S41: () => {
    const rate = (method: string, boardOptions = {}): number =>
      Number(runToEnd(PATHS, method, { values: { bytes: BYTES, sweep: false }, boardOptions }).measures['rateTo']);
    expect(rate('device-dma')).toBeGreaterThan(5 * rate('mmio-uc'));
    expect(rate('device-dma')).toBeGreaterThan(1.2 * rate('mmio-wc'));
    expect(rate('device-dma') / rate('mmio-wc', { combiningLine: 64 })).toBeCloseTo(1, 1);
  },
  S51: programmedIo,
  S74: () => {
    for (const register of [DMA_ADDRESS, DMA_LENGTH])
      expect(registerWrites().find((r) => offset(r) === register)?.end).toBeLessThanOrEqual(bursts()[0].start);
  },
  S76: () => {
    for (const r of stores('mmio-uc')) expect(r.end - r.start).toBe(ns(300));
    expect(ofData('mmio-uc')).toHaveLength(TRACED / 4);
    for (const r of ofData('mmio-uc')) expect(r.end - r.start).toBe(0);
  },
  S78: () => {
    const lines = (boardOptions = {}): readonly string[] => runExperiment(PATHS, {
      values: { bytes: 4 }, boardOptions, methods: ['mmio-uc', 'device-dma'],
    }).judgement.details ?? [];
    expect(lines()[0]).toMatch(/^One transfer to the card: device-dma is faster than mmio-uc from \d+ bytes on\.$/);
    expect(lines({ memoryLatency: ns(10_000) })[0]).toMatch(/is faster than mmio-uc at no size\.$/);
  },
  S79: () => {
    expect(bursts().every((r) => r.target === 'ram' && !r.write)).toBe(true);
    for (const method of ['mmio-uc', 'mmio-wc'])
      expect(new Set(transactions(method).map((r) => r.initiator))).toEqual(new Set(['cpu0']));
  },
  S80: () => {
    const polled = measures('device-dma', { completion: 'polled' });
    expect(measures('device-dma')['cpuBusy']).toBeLessThan(0.02);
    expect([polled['cpuBusy'], Number(polled['polls']) > 100]).toEqual([1, true]);
  },
  S82: () => {
    const pcs = (all: readonly TransactionRecord[]): Set<number> => new Set(all.map((r) => r.pc));
    expect(pcs(stores('mmio-uc')).size).toBe(1);
    expect(pcs(ofData('mmio-uc'))).toEqual(pcs(stores('mmio-uc')));
    expect([...stores('mmio-uc'), ...ofData('mmio-uc')].every((r) => r.space === 'memory')).toBe(true);
  },
  S86: programmedIo,
  S90: () => {
    for (const run of runExperiment(PATHS, { values: { bytes: 4 } }).runs)
      for (const curve of Object.values(run.series ?? {})) {
        expect(curve.map(([size]) => size)).toEqual(SWEEP_SIZES);
        expect(curve.every(([, seconds]) => seconds > 0)).toBe(true);
      }
    expect([SWEEP_SIZES[0], SWEEP_SIZES.at(-1)]).toEqual([4, 64 * KiB]);
  },
  S92: () => {
    expect(PATHS_METHODS.map((m) => measures(m)['mover'])).toEqual([
      'processor', 'processor', 'processor', 'the card', 'DMA engine',
    ]);
  },
  S95: interruptsAndPolling,
  S96: () => {
    const { records } = traced('device-dma');
    for (const burst of bursts()) {
      const [request, cause] = causesOf(burst, records);
      expect([request.kind, cause.id]).toEqual(['request', doorbell().id]);
    }
  },
  S100: () => {
    const [, second, , last] = bursts();
    const meanwhile = transactions('device-dma').filter((r) => r.start >= second.start && r.start < last.end);
    expect(meanwhile).toEqual(bursts().slice(1));
  },
  S119: () => {
    const stored = new Map<number, number>();
    let after = false, loads = 0;
    runToEnd(PATHS, 'mmio-uc', { values: { bytes: 64 * KiB, direction: 'to-card' } }, {
      started: (machine) => machine.sim.trace.listen((r) => {
        if (r.kind !== 'transaction') return;
        if (r.target === 'post.ports' && r.value === POST.end) after = true;
        if (r.target !== 'paths.buffer') return;
        if (r.write) stored.set(r.address, r.value);
        else if (after && ++loads > 0) expect(r.value).toBe(stored.get(r.address));
      }),
    });
    expect(loads).toBe(SWEEP_SIZES.reduce((sum, n) => sum + n / 4, 0));
    expect(new Set(stored.values()).size).toBeGreaterThan(10_000);
  },
  S128: () => {
    for (const method of DMA) expect(measures(method)['interrupts']).toBe((2 * BYTES) / (64 * KiB));
  },
  S129: interruptsAndPolling,
  S132: () => {
    const after = transactions('device-dma').filter((r) => r.initiator === 'cpu0' && r.start > doorbell().start);
    const onTheBus = after.filter((r) => r.target !== 'ram');
    expect(onTheBus.map((r) => (r.target === 'paths.registers' ? offset(r) : r.target))).toEqual([
      INT, INT, 'pic.slave', 'pic.master', 'post.ports', 'post.ports',
    ]);
    expect(ofData('device-dma')).toEqual([]);
  },
  S145: () => {
    const all = transactions('device-dma', { registers: 'ports' });
    const ports = all.filter((r) => r.target === 'paths.registers');
    expect(ports.length).toBeGreaterThan(0);
    expect(ports.every((r) => r.space === 'io' && r.address < 0x10000)).toBe(true);
    expect(all.filter((r) => r.target === 'ram').every((r) => r.space === 'memory')).toBe(true);
  },
  S146: bothSpaces,
  S150: () => {
    const spaces = [...stores('mmio-uc'), ...ofData('mmio-uc')].map((r) => `${r.target} ${r.space}`);
    expect(new Set(spaces)).toEqual(new Set(['paths.buffer memory', 'ram memory']));
  },
  S153: readsAndWritesRam,
};

test('there is a check for each statement, and each row that one names is there', () => {
  expect(Object.keys(CHECKS)).toEqual(PATHS_STATEMENTS.map((s) => s.id));
  const labels = new Set(PATHS.measures.map((m) => m.label.trim()));
  for (const { id, where } of PATHS_STATEMENTS)
    for (const [, row] of where.matchAll(/"([^"…]+)"/g)) expect(labels, id).toContain(row);
});

test.each(PATHS_STATEMENTS.map(({ id, where }) => [id, where]))('%s: %s', (id) => CHECKS[id]());
