/** Our bare-metal guest on the PC board: the figures that the comparison rests on. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ImageDisk, pseudoRandomImage } from '../../src/control/image-disk.ts';
import { DISK_READ_BLOCK, DISK_READ_BUFFER, type DiskReadInput } from '../../src/control/experiments/disk-read/block.ts';
import { POST } from '../../src/control/guests/status.ts';
import { PcMachine } from '../../src/machine/pc-machine.ts';
import type { TraceRecord } from '../../src/sim/trace.ts';
import { ms, seconds } from '../../src/sim/time.ts';

const image = readFileSync(new URL('../../guest/images/disk-read.elf', import.meta.url));
const MiB = 2 ** 20;

function start(input: DiskReadInput, ide: 'piix3' | 'piix4' = 'piix3') {
  const bytes = pseudoRandomImage(2 * MiB);
  const marks: Record<number, ReturnType<PcMachine['counters']>> = {};
  const machine: PcMachine = new PcMachine({
    ramBytes: 32 * MiB, disk: new ImageDisk('disk', bytes), ide, onSerial: () => {},
    onPost: (code) => {
      marks[code] = machine.counters();
      if (code === POST.done || code === POST.fail) machine.stop();
    },
  });
  const block = machine.loadGuest(image, DISK_READ_BLOCK.encode({ skipSha256: true, ...input }));
  const result = () => DISK_READ_BLOCK.decode(machine.ram.subarray(block, block + DISK_READ_BLOCK.size));
  const data = () => machine.ram.slice(DISK_READ_BUFFER, DISK_READ_BUFFER + input.byteCount);
  const expected = bytes.slice(0, input.byteCount);
  const between = (key: keyof ReturnType<PcMachine['counters']>) => marks[POST.end][key] - marks[POST.begin][key];
  return { machine, result, data, expected, marks, between };
}

/** The first records that differ, or ''. (A text diff of two whole traces would take minutes.) */
function firstDifference(a: readonly TraceRecord[], b: readonly TraceRecord[]): string {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const x = JSON.stringify(a[i]), y = JSON.stringify(b[i]);
    if (x !== y) return `record ${i}: ${x} / ${y}`;
  }
  return '';
}

const digest = (b: Uint8Array): string => createHash('sha256').update(b).digest('hex');

describe('PIO', () => {
  test.each(['pio-polled', 'pio-irq'] as const)(
    '%s: the data is right, the data port is read 256 times a sector, the processor is busy',
    (method) => {
      const g = start({ method, byteCount: 256 * 1024 });
      expect(g.machine.run(seconds(10))).toBe('stopped');
      expect(g.result()).toMatchObject({ status: 1, bytesDone: 256 * 1024 });
      expect(digest(g.data())).toBe(digest(g.expected));
      expect(g.between('dataPortAccesses')).toBe((256 * 1024) / 2);
      expect(g.between('deviceBytes')).toBe(0);
      const busy = g.between('busyTicks');
      expect(busy / (busy + g.between('haltedTicks'))).toBeGreaterThan(0.9);
    },
  );

  test('a 32-bit data port is read 128 times a sector', () => {
    const g = start({ method: 'pio-polled', byteCount: 64 * 1024, portWidth: 32 });
    expect(g.machine.run(seconds(10))).toBe('stopped');
    expect(digest(g.data())).toBe(digest(g.expected));
    expect(g.between('dataPortAccesses')).toBe((64 * 1024) / 4);
  });
});

describe('bus-master DMA', () => {
  test('the data is right, the data port is not touched, the device moved exactly the bytes, the ' +
    'processor is free', () => {
    const g = start({ method: 'dma', byteCount: 256 * 1024 });
    expect(g.machine.run(seconds(10))).toBe('stopped');
    expect(g.result()).toMatchObject({ status: 1, bytesDone: 256 * 1024 });
    expect(digest(g.data())).toBe(digest(g.expected));
    expect(g.between('dataPortAccesses')).toBe(0);
    expect(g.between('deviceBytes')).toBe(256 * 1024);
    const busy = g.between('busyTicks');
    expect(busy / (busy + g.between('haltedTicks'))).toBeLessThan(0.05);
  });

  test.each([
    [0x20, 4.2e6], [0x21, 13.4e6], [0x22, 16.7e6],
  ])('multiword mode %i is no faster than the mode and at least 80 %% of it', (mode, peak) => {
    const g = start({ method: 'dma', byteCount: 1 * MiB, transferMode: mode });
    expect(g.machine.run(seconds(10))).toBe('stopped');
    const rate = MiB / (g.between('ticks') / 3e9);
    expect(rate).toBeLessThan(peak);
    expect(rate).toBeGreaterThan(0.8 * peak);
  });
});

describe('determinism', () => {
  const record = (until?: number) => {
    const g = start({ method: 'dma', byteCount: 64 * 1024 });
    const records: TraceRecord[] = [];
    g.machine.sim.trace.listen((r) => records.push({ ...r }));
    return { ...g, records, until };
  };

  test('the same run twice gives the same trace', () => {
    const a = record(), b = record();
    a.machine.run(seconds(10));
    b.machine.run(seconds(10));
    expect(a.records.length).toBeGreaterThan(1000);
    expect(firstDifference(a.records, b.records)).toBe('');
  });

  test('a run in slices gives the same trace as a run in one piece', () => {
    const a = record(), b = record();
    a.machine.run(seconds(10));
    let reason = 'time';
    for (let t = 0; reason === 'time'; t += 12_345) reason = b.machine.run(t);
    expect(firstDifference(a.records, b.records)).toBe('');
    expect(b.machine.counters()).toEqual(a.machine.counters());
  });

  test.each(['pio-irq', 'dma'] as const)('%s: a snapshot in mid-transfer continues to the same end', (method) => {
    const whole = start({ method, byteCount: 256 * 1024 });
    whole.machine.run(seconds(10));
    const first = start({ method, byteCount: 256 * 1024 });
    expect(first.machine.run(ms(8))).toBe('time');
    expect(first.result().bytesDone).toBeLessThan(256 * 1024);
    const state = structuredClone(first.machine.save());
    const second = start({ method, byteCount: 256 * 1024 });
    second.machine.load(state);
    expect(second.machine.run(seconds(10))).toBe('stopped');
    expect(second.machine.counters()).toEqual(whole.machine.counters());
    expect(second.data()).toEqual(whole.data());
    expect(second.machine.save().components['cpu0']).toEqual(whole.machine.save().components['cpu0']);
  });
});
