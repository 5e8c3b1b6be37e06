/** The camera by a Linux program of ours, through UIO. Runs where debian.test.ts runs. */
import { describe, expect, test } from 'vitest';
import { CAMERA_STREAM } from '../../src/control/experiments/camera-stream/experiment.ts';
import { jobOf } from '../../src/control/experiments/job.ts';
import type { RunResult } from '../../src/control/experiments/experiment.ts';
import { runMethod } from '../../src/control/experiments/runner.ts';
import { ms } from '../../src/sim/time.ts';
import { DEBIAN_WANTED, linuxKit } from '../benches/linux-bench.ts';

describe.skipIf(!DEBIAN_WANTED)('camera-stream by Debian', async () => {
  const kit = DEBIAN_WANTED ? await linuxKit() : null;
  const values = { frames: 30, width: 128, height: 96, frameRate: 200, busy: ms(1), hiccup: ms(18), every: 10 };

  function run(method: string): RunResult | null {
    if (kit === null) return null;
    const base = jobOf(CAMERA_STREAM, { guest: 'debian', values, methods: [method] });
    const steps = runMethod(
      CAMERA_STREAM, { ...base, boardOptions: { ...base.boardOptions, kernelEntry: 'vmlinux' } }, method, kit, {},
    );
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
    }
  }

  test('ring-2 and ring-8: bytes are right, the short ring drops, the long one none', () => {
    const short = run('ring-2'), long = run('ring-8');
    if (short === null || long === null) return;
    expect([short.matches, long.matches]).toEqual([true, true]);
    expect(long.measures).toMatchObject({ sent: 30, processed: 30, gone: 0, dropped: 0, damaged: 0 });
    expect(short.measures['dropped']).toBeGreaterThan(0);
    // An interrupt each time that the program slept, and 29 writes that give buffers back.
    expect(long.measures['cameraInterrupts']).toBeGreaterThan(20);
    expect(long.measures['writesPerFrame']).toBeCloseTo(29 / 30);
  });

  test('grab: the permission for each frame, one register write', () => {
    const grab = run('grab');
    if (grab === null) return;
    expect(grab.matches).toBe(true);
    expect(grab.measures).toMatchObject({ writesPerFrame: 1, dropped: 0 });
  });
});
