/** What disk-read's statements say of its table and its trace is so: a check for each. */
import { beforeAll, describe, expect, test } from 'vitest';
import { runToEnd } from '../../../../test/benches/experiment-bench.ts';
import { DEBIAN_WANTED, linuxKit } from '../../../../test/benches/linux-bench.ts';
import { by, causesOf, tracedRun, type TracedRun } from '../../../../test/benches/traced-run.ts';
import type { TransactionRecord } from '../../../sim/trace.ts';
import type { Kit, RunResult } from '../experiment.ts';
import { jobOf } from '../job.ts';
import { runMethod } from '../runner.ts';
import { DISK_READ_BUFFER } from './block.ts';
import { DISK_READ } from './experiment.ts';
import { DISK_READ_STATEMENTS } from './statements.ts';

const KiB = 1024;
/** Two commands. */
const BYTES = 256 * KiB;
/** What one command reads, a DRQ block holds, and a burst moves (bytes). */
const COMMAND = 128 * KiB, DRQ_BLOCK = 8 * KiB, BURST = 64;
/** Ports of the IDE controller. */
const DATA = 0x1f0, STATUS_COMMAND = 0x1f7, ALTERNATE_STATUS = 0x3f6;
const BSY = 0x80;
/** Instruction bytes in 32-bit code: operand size, REP, INSW. */
const REP_INSW = [[0x66, 0xf3, 0x6d], [0xf3, 0x66, 0x6d]];

const runs = new Map<string, TracedRun>();
function traced(method: string, processorRam = false): TracedRun {
  const key = `${method} ${processorRam}`, bytes = processorRam ? 4 * KiB : BYTES;
  if (!runs.has(key)) runs.set(key, tracedRun(DISK_READ, method, { values: { bytes } }, processorRam));
  return runs.get(key) as TracedRun;
}
const measures = (method: string): Readonly<Record<string, unknown>> => traced(method).run.measures;
const PIO = ['pio-polled', 'pio-irq'];

/** The bursts of dma, and what stands before the first, between the series and after the last. */
const bursts = (): TransactionRecord[] => traced('dma').transactions.filter(by('ide.primary'));
const dataBursts = (): TransactionRecord[] => bursts().filter((r) => r.write);
function beforeEachSeries(): TransactionRecord[][] {
  const series: TransactionRecord[][] = [[]];
  traced('dma').transactions.forEach((r, i, all) => {
    if (r.initiator === 'cpu0') series.at(-1)?.push(r);
    else if (all[i - 1]?.initiator === 'cpu0' && i > 0) series.push([]);
  });
  return series.slice(0, -1);
}
const isTable = (r: TransactionRecord): boolean => r.target === 'ide.busmaster' && (r.address & 15) === 4 && r.write;
const isStart = (r: TransactionRecord): boolean =>
  r.target === 'ide.busmaster' && (r.address & 15) === 0 && r.write && (r.value & 1) !== 0;
const isCommand = (r: TransactionRecord): boolean => r.address === STATUS_COMMAND && r.write;

function everyByteByTheDevice(): void {
  expect(measures('dma')).toMatchObject({ deviceBytes: BYTES, dataPortAccesses: 0 });
}
function everyByteByTheProcessor(): void {
  for (const method of PIO) {
    expect(measures(method)).toMatchObject({ dataPortAccesses: BYTES / 2, deviceBytes: 0 });
    expect(traced(method).run.matches).toBe(true);
  }
}
function processorIsFree(): void {
  expect(measures('dma')['cpuBusy']).toBeLessThan(0.01);
}
function onlyTheDeviceInEachSeries(): void {
  const { transactions } = traced('dma');
  // Of each series, from its first burst to its last.
  for (let command = 0; command < BYTES / COMMAND; command++) {
    const to = (r: TransactionRecord): boolean =>
      r.write && Math.floor((r.address - DISK_READ_BUFFER) / COMMAND) === command && r.initiator === 'ide.primary';
    const series = transactions.slice(transactions.findIndex(to), transactions.findLastIndex(to) + 1);
    expect(series.filter((r) => r.write)).toHaveLength(COMMAND / BURST);
    expect(series.every(by('ide.primary'))).toBe(true);
  }
}

const CHECKS: Readonly<Record<string, () => void>> = {
  S5: everyByteByTheDevice,
  S6: () => {
    const rate = Number(measures('dma')['bytesPerSecond']);
    expect(rate).toBeGreaterThan(10e6);
    for (const method of PIO) expect(rate).toBeGreaterThan(Number(measures(method)['bytesPerSecond']));
  },
  S10: () => {
    expect(dataBursts()).toHaveLength(BYTES / BURST);
    expect(bursts().every((r) => r.target === 'ram' && r.space === 'memory')).toBe(true);
  },
  S11: () => {
    const series = beforeEachSeries();
    expect(series).toHaveLength(BYTES / COMMAND);
    for (const before of series) {
      const order = [before.findIndex(isTable), before.findIndex(isCommand), before.findIndex(isStart)];
      expect(order).not.toContain(-1);
      expect([...order].sort((a, b) => a - b)).toEqual(order);
    }
  },
  S14: everyByteByTheProcessor,
  S19: () => {
    for (const method of PIO) {
      expect(measures(method)).toMatchObject({ cpuMmioAccesses: 0, dataPortAccesses: BYTES / 2 });
      expect(measures(method)['cpuPortAccesses']).toBeGreaterThan(BYTES / 2);
    }
  },
  S20: () => {
    for (const method of PIO) expect(measures(method)['instructions']).toBeGreaterThan(BYTES / 2);
    expect(measures('dma')['instructions']).toBeLessThan(1000);
  },
  S27: () => {
    expect(bursts().length).toBeGreaterThan(BYTES / BURST);
    expect(traced('dma').machine.board.components.some((c) => c.name === 'ide')).toBe(true);
  },
  S29: () => {
    const { machine, transactions } = traced('dma');
    expect(machine.board.components.some((c) => c.name === 'dma')).toBe(true);
    expect(transactions.filter((r) => /^dma\.\d$/.test(r.initiator))).toEqual([]);
    expect(dataBursts().length).toBeGreaterThan(0);
  },
  S38: () => {
    const table = traced('dma').transactions.find(isTable) as TransactionRecord;
    const first = bursts()[0];
    expect(first).toMatchObject({ write: false, size: 8, address: table.value });
    expect(dataBursts()[0]?.address).toBe(DISK_READ_BUFFER);
    const at = first.address, { ram } = traced('dma').machine;
    // The table as the last command left it.
    expect(new DataView(ram.buffer, ram.byteOffset).getUint32(at, true)).toBe(DISK_READ_BUFFER + BYTES - COMMAND);
  },
  S39: processorIsFree,
  S41: () => {
    const rate = (method: string, mode: string[], ide: string): number =>
      Number(runToEnd(DISK_READ, method, { values: { bytes: BYTES, mode }, boardOptions: { ide } })
        .measures['bytesPerSecond']);
    const [dma, pio] = ['dma', 'pio-polled'].map((m) => Number(measures(m)['bytesPerSecond']));
    expect(dma).toBeGreaterThan(2 * pio);
    expect(rate('dma', ['pio4', 'mwdma0'], 'piix4')).toBeLessThan(rate('pio-polled', ['pio4', 'mwdma0'], 'piix4'));
  },
  S46: () => {
    const usual = ['pio-polled', 'pio-irq', 'dma'];
    expect(usual.map((m) => measures(m)['interrupts'])).toEqual([0, BYTES / DRQ_BLOCK, BYTES / COMMAND]);
  },
  S51: everyByteByTheProcessor,
  S74: () => {
    expect(beforeEachSeries().map((before) => before.filter(isTable).length)).toEqual([1, 1]);
  },
  S75: () => {
    expect(traced('dma').transactions.filter(isStart)).toHaveLength(BYTES / COMMAND);
    expect(COMMAND / BURST).toBe(2048);
    onlyTheDeviceInEachSeries();
  },
  S80: () => {
    processorIsFree();
    onlyTheDeviceInEachSeries();
  },
  S86: everyByteByTheProcessor,
  S95: () => {
    for (const method of ['pio-irq', 'dma']) {
      expect(measures(method)['interrupts']).toBeGreaterThan(0);
      expect(traced(method).run.matches).toBe(true);
    }
    expect(measures('pio-irq')['sha256']).toBe(measures('dma')['sha256']);
  },
  S100: onlyTheDeviceInEachSeries,
  S126: () => {
    const { transactions } = traced('pio-irq');
    const commands = transactions.filter(isCommand).map((r) => r.value);
    expect(commands).toEqual([0xc4, 0xc4]); // READ MULTIPLE
    const read = transactions.filter((r) => r.address === STATUS_COMMAND && !r.write);
    expect(read).toHaveLength(BYTES / DRQ_BLOCK);
    expect(read.every((r) => (r.value & (BSY | 0x40)) === 0x40)).toBe(true); // DRDY
  },
  S127: () => {
    for (const method of ['pio-irq', 'dma']) {
      const { records } = traced(method);
      const first = records.find((r) => r.kind === 'edge' && r.line === 'ide.irq14' && r.level);
      const causes = causesOf(first as TransactionRecord, records);
      expect(causes.some((r) => r.kind === 'transaction' && isCommand(r))).toBe(true);
    }
  },
  S128: () => {
    expect(measures('pio-irq')['interrupts']).toBe(BYTES / DRQ_BLOCK);
    expect(measures('dma')['interrupts']).toBe(BYTES / COMMAND);
  },
  S129: () => {
    expect(measures('pio-polled')['interrupts']).toBe(0);
    const { transactions } = traced('pio-polled');
    const from = transactions.findIndex(isCommand) + 1, to = transactions.findIndex((r) => r.address === DATA);
    const polls = transactions.slice(from, to).filter((r) => r.address === ALTERNATE_STATUS);
    expect(polls.length).toBeGreaterThan(5);
    expect(polls.map((r) => (r.value & BSY) !== 0 && !r.write)).toEqual(polls.map((_, i) => i < polls.length - 1));
  },
  S130: () => {
    const { transactions, records } = tracedRun(
      DISK_READ, 'pio-polled', { values: { bytes: 4 * KiB }, boardOptions: { driveMechanics: 'surface' } }, true,
    );
    const [seek, rotation] = ['seek', 'rotation'].map((stage) =>
      records.findIndex((r) => r.kind === 'event' && r.name === `ide.primary.master.${stage}`));
    const port = records.findIndex((r) => r.kind === 'transaction' && r.address === DATA);
    expect([seek >= 0, rotation > seek, port > rotation]).toEqual([true, true, true]);
    const at = transactions.flatMap((r, i) => (r.space === 'io' && r.address === DATA ? [i] : []));
    expect(at).toHaveLength((4 * KiB) / 2);
    at.forEach((i, n) => {
      const [port, ram] = [transactions[i], transactions[i + 1]];
      expect(ram).toMatchObject({ target: 'ram', write: true, size: 2, address: DISK_READ_BUFFER + 2 * n });
      expect([port.write, port.value, port.pc]).toEqual([false, ram.value, ram.pc]);
    });
  },
  S132: () => {
    const { measures: one } = runToEnd(DISK_READ, 'dma', { values: { bytes: COMMAND } });
    expect(one['cpuPortAccesses']).toBe(19);
  },
  S133: () => {
    const [loop, repeated] = ['pio-ax', 'pio-polled'].map((m) => measures(m));
    expect(Number(loop['bytesPerSecond'])).toBeGreaterThan(0.9 * Number(repeated['bytesPerSecond']));
    expect(Number(loop['instructions'])).toBeGreaterThan(5 * Number(repeated['instructions']));
  },
  S134: () => {
    for (const method of PIO) {
      const { measures: short } = runToEnd(DISK_READ, method, { values: { bytes: 64 * KiB } });
      expect(Math.round(Number(short['seconds']) * 1000)).toBe(10);
    }
  },
  S135: () => {
    expect(Number(measures('mwdma0')['bytesPerSecond'])).toBeLessThan(Number(measures('pio-polled')['bytesPerSecond']));
  },
  S137: () => {
    for (const method of PIO) {
      const { transactions, machine } = traced(method);
      const pcs = new Set(transactions.filter((r) => r.address === DATA).map((r) => r.pc));
      expect(pcs.size).toBe(1);
      const [pc] = pcs;
      expect(REP_INSW).toContainEqual([...machine.ram.subarray(pc, pc + 3)]);
    }
  },
  S138: () => {
    for (const method of [...PIO, 'dma']) {
      expect(measures(method)['cpuMmioAccesses']).toBe(0);
      const ofDrive = traced(method).transactions.filter((r) => r.initiator === 'cpu0' && r.target.startsWith('ide'));
      expect(ofDrive.length).toBeGreaterThan(0);
      expect(new Set(ofDrive.map((r) => r.space))).toEqual(new Set(['io']));
    }
  },
  S145: () => {
    const { transactions } = traced('pio-polled', true);
    expect(transactions.every((r) => (r.target === 'ram') === (r.space === 'memory'))).toBe(true);
    expect(new Set(transactions.map((r) => r.space))).toEqual(new Set(['io', 'memory']));
  },
  S153: () => {
    expect(bursts().filter((r) => !r.write).every((r) => r.size === 8)).toBe(true);
    expect(dataBursts().map((r) => r.address - DISK_READ_BUFFER)).toEqual(
      dataBursts().map((_, i) => i * BURST),
    );
  },
};

interface DebianRun {
  readonly run: RunResult;
  /** The lines before the answer. */
  readonly said: string;
}
const debianRuns = new Map<string, DebianRun>();
function byDebian(kit: Kit, method: string, fault = ''): DebianRun {
  const key = `${method} ${fault}`;
  if (!debianRuns.has(key)) debianRuns.set(key, bootedFor(kit, method, fault));
  return debianRuns.get(key) as DebianRun;
}
function bootedFor(kit: Kit, method: string, fault: string): DebianRun {
  const job = jobOf(DISK_READ, {
    guest: 'debian', methods: [method], values: { bytes: 256 * KiB }, boardOptions: { fault, kernelEntry: 'vmlinux' },
  });
  const steps = runMethod(DISK_READ, job, method, kit, {});
  for (;;) {
    const step = steps.next();
    if (step.done !== true) continue;
    return { run: step.value, said: (DISK_READ.judge([step.value], job).details ?? []).join() };
  }
}

const DEBIAN_CHECKS: Readonly<Record<string, (kit: Kit) => void>> = {
  S136: (kit) => {
    expect(byDebian(kit, 'pio').run).toMatchObject({ mode: 'pio4', matches: true, measures: { deviceBytes: 0 } });
    const { run } = byDebian(kit, 'dma');
    expect(run).toMatchObject({ mode: 'mwdma2', matches: true, measures: { dataPortAccesses: 0 } });
  },
  S139: (kit) => {
    const { run } = byDebian(kit, 'pio-then-dma');
    expect(run).toMatchObject({ mode: 'mwdma2', matches: true, measures: { deviceBytes: 256 * KiB } });
  },
  S140: (kit) => {
    expect(byDebian(kit, 'pio-then-dma').said).toContain('DMA read twice what PIO had read, and is used');
    const faulty = byDebian(kit, 'pio-then-dma', 'dma-corrupt,rate=1e-4,of=ide');
    expect(faulty.said).toContain('and is not used');
    expect(faulty.run).toMatchObject({ mode: 'pio4', matches: true, measures: { deviceBytes: 0 } });
  },
};

test('there is a check for each statement', () => {
  expect([...Object.keys(CHECKS), ...Object.keys(DEBIAN_CHECKS)].sort()).toEqual(
    DISK_READ_STATEMENTS.map((s) => s.id).sort());
});

const rows = (checks: object): [string, string][] =>
  DISK_READ_STATEMENTS.filter(({ id }) => id in checks).map(({ id, where }) => [id, where]);

test.each(rows(CHECKS))('%s: %s', (id) => CHECKS[id]());

describe.skipIf(!DEBIAN_WANTED)('by Debian', () => {
  let kit: Kit;
  beforeAll(async () => { kit = await linuxKit(); });
  test.each(rows(DEBIAN_CHECKS))('%s: %s', (id) => DEBIAN_CHECKS[id](kit));
});
