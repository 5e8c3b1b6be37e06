import { describe, expect, test } from 'vitest';
import { runToEnd } from '../../../../test/benches/experiment-bench.ts';
import type { Experiment, RunResult } from '../experiment.ts';
import { jobOf } from '../job.ts';
import { DISK_WRITE_BUFFER } from './block.ts';
import { DISK_WRITE } from './experiment.ts';

const BYTES = 128 * 1024;
const run = (method: string, e: Experiment = DISK_WRITE): RunResult =>
  runToEnd(e, method, { values: { bytes: BYTES } });

describe('disk-write', () => {
  test('by PIO the processor writes each word to the data port', () => {
    const polled = run('pio-polled');
    expect(polled).toMatchObject({
      matches: true, mode: 'pio4',
      measures: { dataPortAccesses: BYTES / 2, deviceBytes: 0, interrupts: 0, cpuBusy: 1 },
    });
    // ATA/ATAPI-6 §9.6: an interrupt after each of the 16 DRQ blocks, none before the first.
    expect(run('pio-irq').measures).toMatchObject({ dataPortAccesses: BYTES / 2, interrupts: 16 });
  });

  test('by DMA the controller reads memory, and the processor is free', () => {
    const { matches, measures } = run('dma');
    expect(matches).toBe(true);
    expect(measures).toMatchObject({ dataPortAccesses: 0, deviceBytes: BYTES, interrupts: 1 });
    expect(Number(measures['cpuBusy'])).toBeLessThan(0.05);
  });

  test('what is read back is really compared: a changed buffer is found', () => {
    const changed = (at: number): Experiment => ({
      ...DISK_WRITE,
      prepare: (job, method, k) => ({
        ...DISK_WRITE.prepare(job, method, k),
        measured: (machine) => { machine.ram[DISK_WRITE_BUFFER + at] ^= 1; },
      }),
    });
    expect(() => run('dma', changed(BYTES - 1))).toThrow(
      `dma: the guest failed: what it checked itself is wrong (detail 0x${(BYTES - 4).toString(16)})`,
    );
  });

  test('data that are wrong on the disk are told', () => {
    const early: Experiment = {
      ...DISK_WRITE,
      prepare: (job, method, k) => {
        const trial = DISK_WRITE.prepare(job, method, k);
        return { ...trial, attach: (machine) => { trial.attach?.(machine); machine.ram[DISK_WRITE_BUFFER] ^= 1; } };
      },
    };
    const r = run('pio-polled', early);
    expect(r.matches).toBe(false);
    expect(DISK_WRITE.judge([r], jobOf(DISK_WRITE)).sentence).toBe('the bytes on the disk by pio-polled are wrong');
  });
});
