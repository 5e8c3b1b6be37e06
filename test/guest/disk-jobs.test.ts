/** Debian's own driver with sound and with faulty hardware: what is read and written is right, or is told. */
import { beforeAll, describe, expect, test } from 'vitest';
import { DISK_READ } from '../../src/control/experiments/disk-read/experiment.ts';
import { DISK_WRITE } from '../../src/control/experiments/disk-write/experiment.ts';
import type { Experiment, Kit, RunResult } from '../../src/control/experiments/experiment.ts';
import { jobOf } from '../../src/control/experiments/job.ts';
import { runMethod } from '../../src/control/experiments/runner.ts';
import { DEBIAN_WANTED, linuxKit } from '../benches/linux-bench.ts';

const BYTES = 256 * 1024;

describe.skipIf(!DEBIAN_WANTED)('Debian and its disk', () => {
  let kit: Kit;
  beforeAll(async () => { kit = await linuxKit(); });

  function run(e: Experiment, method: string, fault = ''): { run: RunResult; details: readonly string[] } {
    const job = jobOf(e, {
      guest: 'debian', methods: [method], values: { bytes: BYTES }, boardOptions: { fault, kernelEntry: 'vmlinux' },
    });
    const steps = runMethod(e, job, method, kit, {});
    for (;;) {
      const step = steps.next();
      if (step.done === true) return { run: step.value, details: e.judge([step.value], job).details ?? [] };
    }
  }

  test('switches DMA on from its script, reads twice, compares, and uses it', () => {
    const { run: r, details } = run(DISK_READ, 'pio-then-dma');
    expect(r).toMatchObject({
      matches: true, mode: 'mwdma2', measures: { deviceBytes: BYTES, dataPortAccesses: 0 }, found: { trusted: 'yes' },
    });
    expect(details).toEqual(['pio-then-dma: DMA read twice what PIO had read, and is used (mwdma2)']);
  });

  // libata's data port has 32 bits (ata_sff_data_xfer32).
  test('finds by the comparison that DMA spoils words, and stays with PIO', () => {
    const { run: r } = run(DISK_READ, 'pio-then-dma', 'dma-corrupt,rate=1e-4,of=ide');
    expect(r).toMatchObject({
      matches: true, mode: 'pio4', measures: { deviceBytes: 0, dataPortAccesses: BYTES / 4 }, found: { trusted: 'no' },
    });
  });

  test('that does not compare takes spoilt words for its data: only our check finds them', () => {
    expect(run(DISK_READ, 'dma', 'dma-corrupt,rate=1e-4,of=ide').run).toMatchObject({ matches: false, mode: 'mwdma2' });
  });

  test('whose DMA never ends: libata waits, resets, and limits the speed down to PIO by itself', () => {
    const { run: r, details } = run(DISK_READ, 'dma', 'dma-hang,rate=1,of=ide');
    expect(r).toMatchObject({ matches: true, mode: 'pio4', measures: { deviceBytes: 0 } });
    expect(details.join()).toContain('Linux said: ata1.00: limiting speed to MWDMA1:PIO4; ata1.00: limiting speed to PIO4');
  });

  test.each([['pio', 'pio4', 0], ['dma', 'mwdma2', BYTES]])('writes by %s', (method, mode, deviceBytes) => {
    expect(run(DISK_WRITE, method).run).toMatchObject({ matches: true, mode, measures: { deviceBytes } });
  });
});
