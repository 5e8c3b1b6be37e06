/** What disk-read's statements say of its table and its trace is so. */
import { describe, expect, test } from 'vitest';
import { runToEnd } from '../../../../test/bench/experiment-bench.ts';
import type { TransactionRecord } from '../../../sim/trace.ts';
import { POST } from '../../guests/status.ts';
import type { RunResult } from '../experiment.ts';
import { DISK_READ_BUFFER } from './block.ts';
import { DISK_READ } from './experiment.ts';

const BYTES = 128 * 1024;

/** A run and what it traced between the two marks. */
function traced(method: string, processorRam = false, bytes = BYTES): { run: RunResult; trace: TransactionRecord[] } {
  const all: TransactionRecord[] = [];
  const run = runToEnd(DISK_READ, method, { values: { bytes } }, {
    started: (machine) => {
      machine.sim.trace.processorRam = processorRam;
      machine.sim.trace.listen((r) => { if (r.kind === 'transaction') all.push({ ...r }); });
    },
  });
  const mark = (code: number): number => all.findIndex((r) => r.target === 'post.ports' && r.value === code);
  return { run, trace: all.slice(mark(POST.begin) + 1, mark(POST.end)) };
}

const by = (initiator: string) => (r: TransactionRecord) => r.initiator === initiator;

describe('the trace of dma', () => {
  const { run, trace } = traced('dma');
  const bursts = trace.filter(by('ide.primary'));

  test('S38 S74 S11: the processor gives the table, the command, the start; then the device reads the table', () => {
    const first = trace.findIndex(by('ide.primary'));
    const before = trace.slice(0, first).filter((r) => r.write).map((r) => `${r.target} ${r.address & 15}`);
    expect(before[0]).toBe('ide.busmaster 4');
    expect(before.slice(-2)).toEqual(['ide.primary.command 7', 'ide.busmaster 0']);
    expect(trace[first]).toMatchObject({ target: 'ram', write: false, size: 8, address: trace[0]?.value });
  });

  test('S10 S27 S37 S153: the device moves the data to RAM; S75 S100: many bursts, no access of cpu0', () => {
    const data = bursts.filter((r) => r.write);
    expect(data).toHaveLength(BYTES / 64);
    expect(data.every((r) => r.target === 'ram' && r.space === 'memory')).toBe(true);
    expect(data[0]?.address).toBe(DISK_READ_BUFFER);
    const from = trace.indexOf(data[0] as TransactionRecord), to = trace.lastIndexOf(data.at(-1) as TransactionRecord);
    expect(trace.slice(from, to + 1).every(by('ide.primary'))).toBe(true);
  });

  test('S5 S39 S80 S86 S132: the table', () => {
    expect(run.measures).toMatchObject({ deviceBytes: BYTES, dataPortAccesses: 0, interrupts: 1, cpuPortAccesses: 19 });
    expect(Number(run.measures['cpuBusy'])).toBeLessThan(0.005);
  });
});

describe('the trace of pio', () => {
  test('S130 S137 S145: port, then RAM, word by word, by one IN instruction', () => {
    const { trace } = traced('pio-polled', true, 4096);
    const at = trace.flatMap((r, i) => (r.space === 'io' && r.address === 0x1f0 ? [i] : []));
    expect(at).toHaveLength(4096 / 2);
    at.forEach((i, n) => {
      const [port, ram] = [trace[i], trace[i + 1]] as [TransactionRecord, TransactionRecord];
      expect(ram).toMatchObject({ space: 'memory', write: true, size: 2, address: DISK_READ_BUFFER + 2 * n });
      expect([port.write, port.value, port.pc]).toEqual([false, ram.value, ram.pc]);
    });
    expect(new Set(at.map((i) => trace[i]?.pc)).size).toBe(1);
  });

  test('S46 S129: polled without an interrupt, by reads of the alternate status; S128: one a DRQ block', () => {
    const { run, trace } = traced('pio-polled');
    expect(run.measures['interrupts']).toBe(0);
    expect(trace.some((r) => r.address === 0x3f6 && !r.write && (r.value & 0x80) !== 0)).toBe(true);
    expect(traced('pio-irq').run.measures['interrupts']).toBe(BYTES / 8192);
  });

  test('S14 S19 S20: every word by an access and an iteration of its own; S126: 1F7h is status and command', () => {
    const { run, trace } = traced('pio-polled');
    expect(run.measures).toMatchObject({ dataPortAccesses: BYTES / 2, deviceBytes: 0, cpuBusy: 1 });
    expect(Number(run.measures['instructions'])).toBeGreaterThan(BYTES / 2);
    expect(trace.filter((r) => r.address === 0x1f7 && r.write).map((r) => r.value)).toEqual([0xc4]);
  });

  test('S41: DMA is faster, but not in its slowest mode', () => {
    const rate = (method: string, mode: string[]): number =>
      Number(runToEnd(DISK_READ, method, { values: { bytes: BYTES, mode } }).measures['bytesPerSecond']);
    expect(rate('dma', [])).toBeGreaterThan(2 * rate('pio-polled', []));
    expect(rate('dma', ['mwdma0'])).toBeLessThan(rate('pio-polled', []));
  });
});
