import { describe, expect, test } from 'vitest';
import { northbridge } from './northbridge.ts';

// Debian's packages come from this machine's own package sources; where there are none, there is nothing to test.
const prepared = northbridge(['guest', 'prepare', 'debian', '--json']);
const available = prepared.status === 0;

test('guest prepare debian says where the guest is, or in one line why there is none', () => {
  if (available) expect(Object.keys(JSON.parse(prepared.stdout))).toEqual(['guest', 'kernel', 'initrd', 'append', 'version']);
  else expect(prepared).toMatchObject({ status: 2, stdout: '', stderr: expect.stringMatching(/^northbridge: cannot prepare the Debian guest: [^\n]+\n$/) });
});

describe.skipIf(!available)('compare disk-read --guest debian', () => {
  test('Debian\'s own driver reads the same bytes by PIO and by DMA', () => {
    const r = northbridge(['compare', 'disk-read', '--guest', 'debian', '--bytes', '128KiB', '--json']);
    expect(r).toMatchObject({ status: 0, stderr: '' });
    const report = JSON.parse(r.stdout);
    expect(report).toMatchObject({ guest: 'debian', bytes: 131072 });
    const [pio, dma] = report.runs;
    expect(pio).toMatchObject({ method: 'pio', mode: 'pio4', sha256: report.diskSha256, deviceBytes: 0 });
    expect(dma).toMatchObject({ method: 'dma', mode: 'mwdma2', sha256: report.diskSha256, dataPortAccesses: 0 });
    // libata moves data by 16-bit or 32-bit accesses.
    expect(pio.dataPortAccesses).toBeGreaterThanOrEqual(131072 / 4);
    expect(dma.deviceBytes).toBeGreaterThanOrEqual(131072);
    expect(dma.cpuBusy).toBeLessThan(pio.cpuBusy);
    expect(dma.cpuPortAccesses).toBeLessThan(pio.cpuPortAccesses / 20);
  }, 240_000);
});
