/** A card's registers and memory by a Linux program of ours. Runs where debian.test.ts runs. */
import { describe, expect, test } from 'vitest';
import { DEVICE_MMAP } from '../../src/control/experiments/device-mmap/experiment.ts';
import { DEVICE_MMAP_STATEMENTS } from '../../src/control/experiments/device-mmap/statements.ts';
import { jobOf } from '../../src/control/experiments/job.ts';
import type { RunResult } from '../../src/control/experiments/experiment.ts';
import { runMethod } from '../../src/control/experiments/runner.ts';
import { deviceOf } from '../../src/machine/catalogue.ts';
import { DEBIAN_WANTED, linuxKit } from '../benches/linux-bench.ts';

describe.skipIf(!DEBIAN_WANTED)('device-mmap by Debian', async () => {
  const kit = DEBIAN_WANTED ? await linuxKit() : null;

  function run(method: string): RunResult | null {
    if (kit === null) return null;
    const base = jobOf(DEVICE_MMAP, { guest: 'debian', values: { words: 64 }, methods: [method] });
    const steps = runMethod(
      DEVICE_MMAP, { ...base, boardOptions: { ...base.boardOptions, kernelEntry: 'vmlinux' } }, method, kit, {},
    );
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
    }
  }

  let wc: RunResult | null = null;
  test('mmap-wc: the entry appears by mmap, is what the walk used, and an MTRR makes it WC', () => {
    wc = run('mmap-wc');
    if (wc === null) return;
    expect(wc.matches).toBe(true);
    expect(wc.measures).toMatchObject({
      entryBefore: 'none', special: 'VM_IO, VM_PFNMAP', memoryType: 'WC', calls: 0, exceptions: 0,
    });
    expect(wc.measures['entryMapped']).toMatch(/^[0-9a-f]{5}237$/);
    expect(wc.measures['entryUsed']).toMatch(/^[0-9a-f]{5}277$/);
  });

  const measure = (key: string): unknown => wc?.measures[key];
  const CHECKS: Readonly<Record<string, () => void>> = {
    // No entry before, one after; user's page, not cached.
    S143: () => expect([measure('entryBefore'), measure('entryMapped') !== 'none']).toEqual(['none', true]),
    S146: () => {
      const rows = deviceOf('paths')!.banks.get('config')!.layout.registers;
      expect([rows['BAR0'].options.doc, rows['BAR1'].options.doc]).toEqual(['memory, 4096 bytes', 'I/O, 64 bytes']);
    },
    S147: () => expect([measure('calls'), measure('exceptions')]).toEqual([0, 0]),
    S149: () => {
      const entry = parseInt(String(measure('entryUsed')), 16);
      expect(entry & 0x77).toBe(0x77);
      expect(entry >>> 28).toBe(0xe);
    },
  };

  test('there is a check for each statement', () => {
    expect(Object.keys(CHECKS)).toEqual(DEVICE_MMAP_STATEMENTS.map((s) => s.id));
  });

  test.each(DEVICE_MMAP_STATEMENTS)('$id: $where', ({ id }) => {
    if (kit !== null) CHECKS[id]();
  });
});
