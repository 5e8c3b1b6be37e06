import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pseudoRandomImage } from '../../src/control/image-disk.ts';
import { northbridge, scratch } from './northbridge.ts';

const files = scratch();
const p = files.path;
const image = pseudoRandomImage(256 * 1024, 7);
beforeAll(() => writeFileSync(p('disk.img'), image));
afterAll(() => files.remove());

const KEYS = [
  'method', 'mode', 'seconds', 'bytesPerSecond', 'cpuBusy', 'instructions', 'cpuPortAccesses',
  'dataPortAccesses', 'cpuMmioAccesses', 'deviceBytes', 'deviceTransfers', 'interrupts', 'sha256',
  'wallSeconds',
];

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

describe('compare disk-read --json', () => {
  test('prints one object; what arrived is what the disk has, by every method', () => {
    const r = northbridge(['compare', 'disk-read', '--disk', 'disk.img', '--bytes', '128KiB', '--json'], {
      cwd: files.folder,
    });
    expect(r).toMatchObject({ status: 0, stderr: '' });
    const report = JSON.parse(r.stdout);
    expect(Object.keys(report)).toEqual(['experiment', 'board', 'guest', 'bytes', 'diskSha256', 'runs']);
    expect(report).toMatchObject({
      experiment: 'disk-read',
      board: 'pc', guest: 'bare', bytes: 131072,
      diskSha256: sha256(image.subarray(0, 131072)),
    });
    expect(report.runs.map((x: { method: string }) => x.method)).toEqual(['pio-polled', 'pio-irq', 'dma']);
    for (const run of report.runs) {
      expect(Object.keys(run)).toEqual(KEYS);
      expect(run.sha256).toBe(report.diskSha256);
      expect(run.bytesPerSecond).toBeCloseTo(131072 / run.seconds, 0);
    }
    const [polled, irq, dma] = report.runs;
    expect(polled.dataPortAccesses).toBe(65536);
    expect(irq.dataPortAccesses).toBe(65536);
    expect(dma.dataPortAccesses).toBe(0);
    expect(polled).toMatchObject({ cpuBusy: 1, deviceBytes: 0, deviceTransfers: 0, interrupts: 0 });
    expect(irq).toMatchObject({ deviceBytes: 0, interrupts: 16 }); // DRQ blocks of 16 sectors
    expect(dma).toMatchObject({ interrupts: 1 });
    expect(dma.deviceBytes).toBeGreaterThanOrEqual(131072);
    expect(dma.cpuBusy).toBeLessThan(0.1);
    expect(dma.instructions).toBeLessThan(polled.instructions / 20);
  });

  test('the same command gives the same numbers, but for wall time', () => {
    const once = (): unknown => {
      const report = JSON.parse(northbridge(['compare', 'disk-read', '--bytes', '64KiB', '--json']).stdout);
      for (const run of report.runs) delete run.wallSeconds;
      return report;
    };
    expect(once()).toEqual(once());
  });

  test('either engine gives the same numbers and the same trace, but for wall time', () => {
    const once = (engine: string): unknown[] => {
      const r = northbridge(
        ['compare', 'disk-read', '--bytes', '128KiB', '--engine', engine, '--json', '--trace', `${engine}.ndjson`],
        { cwd: files.folder },
      );
      expect(r).toMatchObject({ status: 0, stderr: '' });
      const report = JSON.parse(r.stdout);
      for (const run of report.runs) delete run.wallSeconds;
      const trace = readFileSync(p(`${engine}.ndjson`));
      rmSync(p(`${engine}.ndjson`));
      return [report, trace.length, sha256(trace)];
    };
    expect(once('jit')).toEqual(once('interpreter'));
  });

  test('a faster mode is faster', () => {
    const seconds = (mode: string, method: string): number =>
      JSON.parse(
        northbridge([
          'compare', 'disk-read', '--bytes', '64KiB', '--json', '--ide', 'piix4', '--methods', method,
          '--mode', mode,
        ]).stdout,
      ).runs[0].seconds;
    expect(seconds('pio4', 'pio-polled')).toBeLessThan(seconds('pio0', 'pio-polled'));
    expect(seconds('udma2', 'dma')).toBeLessThan(seconds('mwdma2', 'dma'));
    expect(seconds('mwdma2', 'dma')).toBeLessThan(seconds('mwdma0', 'dma'));
  });
});

test('the table has a line for every measure, and the disk is not touched', () => {
  const r = northbridge(['compare', 'disk-read', '--disk', 'disk.img', '--engine', 'interpreter'], {
    cwd: files.folder,
  });
  expect(r).toMatchObject({ status: 0, stderr: '' });
  for (const line of [
    "disk-read: 256 KiB from 'disk.img'", 'pio-polled  ', 'simulated time', 'throughput', 'processor busy',
    'instructions', 'port accesses', 'MMIO accesses', 'bytes moved by devices', 'transfers by devices',
    'interrupts', 'wall time, interpreter', "✓ equal to the disk's own bytes",
  ]) {
    expect(r.stdout).toContain(line);
  }
  expect(Buffer.compare(readFileSync(p('disk.img')), image)).toBe(0);
  expect(readdirSync(files.folder)).toEqual(['disk.img']);
});
