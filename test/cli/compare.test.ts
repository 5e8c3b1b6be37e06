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
  'method', 'guest', 'board', 'mode', 'matches', 'seconds', 'bytesPerSecond', 'cpuBusy', 'instructions',
  'cpuPortAccesses', 'dataPortAccesses', 'cpuMmioAccesses', 'deviceBytes', 'deviceTransfers', 'interrupts', 'sha256',
];

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

describe('compare disk-read --json', () => {
  test('prints one object; what arrived is what the disk has, by every method', () => {
    const r = northbridge(['compare', 'disk-read', '--quiet', '--disk', 'disk.img', '--bytes', '128KiB', '--json'], {
      cwd: files.folder,
    });
    expect(r).toMatchObject({ status: 0, stderr: '' });
    const report = JSON.parse(r.stdout);
    expect(Object.keys(report)).toEqual([
      'schema', 'experiment', 'board', 'parameters', 'runs', 'judgement', 'wall',
    ]);
    expect(report).toMatchObject({
      schema: 'northbridge-experiment/1', experiment: 'disk-read', board: 'pc',
      parameters: { bytes: 131072, mode: [], ide: 'piix3' },
      judgement: { verdict: 'right', reference: sha256(image.subarray(0, 131072)) },
      wall: { engine: 'jit' },
    });
    expect(report.judgement.sentence).toMatch(/^dma read 2\.\d+ times as fast as pio-polled, with the processor busy/);
    expect(Object.keys(report.wall.seconds)).toEqual(['pio-polled', 'pio-irq', 'dma']);
    expect(report.runs.map((x: { method: string }) => x.method)).toEqual(['pio-polled', 'pio-irq', 'dma']);
    for (const run of report.runs) {
      expect(Object.keys(run)).toEqual(KEYS);
      expect(run).toMatchObject({ guest: 'bare', board: 'pc', matches: true, sha256: report.judgement.reference });
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
    const once = (): string =>
      northbridge(['compare', 'disk-read', '--quiet', '--bytes', '64KiB', '--json']).stdout.replace(/,\n  "wall": [^]*/, '');
    const first = once();
    expect(first).toContain('"judgement"');
    expect(once()).toBe(first);
  });

  test('either engine gives the same numbers and the same trace, but for wall time', () => {
    const once = (engine: string): unknown[] => {
      const r = northbridge(
        ['compare', 'disk-read', '--quiet', '--bytes', '128KiB', '--engine', engine, '--json', '--trace', `${engine}.ndjson`],
        { cwd: files.folder },
      );
      expect(r).toMatchObject({ status: 0, stderr: '' });
      const report = JSON.parse(r.stdout);
      delete report.wall;
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
          'compare', 'disk-read', '--quiet', '--bytes', '64KiB', '--json', '--ide', 'piix4', '--methods', method,
          '--mode', mode,
        ]).stdout,
      ).runs[0].seconds;
    expect(seconds('pio4', 'pio-polled')).toBeLessThan(seconds('pio0', 'pio-polled'));
    expect(seconds('udma2', 'dma')).toBeLessThan(seconds('mwdma2', 'dma'));
    expect(seconds('mwdma2', 'dma')).toBeLessThan(seconds('mwdma0', 'dma'));
  });
});

test('the table has a line for every measure, and the disk is not touched', () => {
  const r = northbridge(['compare', 'disk-read', '--quiet', '--disk', 'disk.img', '--engine', 'interpreter'], {
    cwd: files.folder,
  });
  expect(r).toMatchObject({ status: 0, stderr: '' });
  for (const line of [
    "disk-read: 256KiB from 'disk.img'", 'pio-polled  ', 'simulated time', 'throughput', 'processor busy',
    'instructions', 'port accesses', 'MMIO accesses', 'bytes moved by devices', 'transfers by devices',
    'interrupts', 'wall time, interpreter', '✓ the bytes are right', 'dma read 2.',
  ]) {
    expect(r.stdout).toContain(line);
  }
  expect(Buffer.compare(readFileSync(p('disk.img')), image)).toBe(0);
  expect(readdirSync(files.folder)).toEqual(['disk.img']);
});

test('a size is shown as it was typed, with its unit; options may stand before the name, and have its value', () => {
  const args = ['compare', '--quiet', '--bytes', '65536', '--methods', 'dma', '--trace', 'disk-read', 'disk-read'];
  const r = northbridge(args, { cwd: files.folder });
  expect(r).toMatchObject({ status: 0, stderr: '' });
  rmSync(p('disk-read'));
  expect(r.stdout).toMatch(/^disk-read: 65536 B from the generated disk, board pc, guest bare\n/);
  const other = northbridge(['compare', 'disk-read', '--bytes', '512', '--methods', 'dma', '--quiet',
    '--processor-clock', '100MHz', '--memory', '32MiB', '--interrupt-entry', '1']);
  expect(other.stdout).toMatch(/, board pc \(memory 32MiB, processor-clock 100MHz\), guest bare\n/);
});

test('memory is --memory, and --ram, as the board calls it', () => {
  const ram = (option: string): unknown => JSON.parse(northbridge(
    ['compare', 'disk-read', '--quiet', '--json', '--bytes', '8KiB', '--methods', 'dma', option, '64MiB'],
  ).stdout).parameters.ram;
  expect([ram('--memory'), ram('--ram')]).toEqual([64 * 2 ** 20, 64 * 2 ** 20]);
});

test('help of an experiment is made from its rows', () => {
  const help = northbridge(['compare', 'disk-read', '--quiet', '--help']).stdout;
  for (const part of ['What does it cost', '--bytes <size>', '16MiB', '--mode <list>', '--disk <file>', '--ide <word>',
    '--methods <list>', '--guest <guest>', '--engine', '--json', '--trace <file>']) expect(help).toContain(part);
  expect(northbridge(['compare', '--help']).stdout).toContain('disk-read');
});
