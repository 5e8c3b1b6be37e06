/** A card's registers and memory by a Linux program of ours. Runs where debian.test.ts runs. */
import { describe, expect, test } from 'vitest';
import { DEVICE_MMAP } from '../../src/control/experiments/device-mmap/experiment.ts';
import { jobOf } from '../../src/control/experiments/job.ts';
import type { RunResult } from '../../src/control/experiments/experiment.ts';
import { runMethod } from '../../src/control/experiments/runner.ts';
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

  test('mmap-wc: the entry appears by mmap, is what the walk used, and an MTRR makes it WC', () => {
    const wc = run('mmap-wc');
    if (wc === null) return;
    expect(wc.matches).toBe(true);
    expect(wc.measures).toMatchObject({
      entryBefore: 'none', special: 'VM_IO, VM_PFNMAP', memoryType: 'WC', calls: 0, exceptions: 0,
    });
    expect(wc.measures['entryMapped']).toMatch(/^[0-9a-f]{5}237$/);
    expect(wc.measures['entryUsed']).toMatch(/^[0-9a-f]{5}277$/);
  });
});
