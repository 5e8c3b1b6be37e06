/** Debian's own snd-sb16 plays, and what is heard is what was given. Runs where debian.test.ts runs. */
import { describe, expect, test } from 'vitest';
import { jobOf } from '../../src/control/experiments/job.ts';
import { runMethod } from '../../src/control/experiments/runner.ts';
import { scaleSamples } from '../../src/control/experiments/sound-play/samples.ts';
import { clockOf, SOUND_PLAY } from '../../src/control/experiments/sound-play/experiment.ts';
import { AudioTake } from '../../src/control/audio/track.ts';
import { DEBIAN_WANTED, linuxKit } from '../benches/linux-bench.ts';

describe.skipIf(!DEBIAN_WANTED)('sound-play by Debian', async () => {
  const kit = DEBIAN_WANTED ? await linuxKit() : null;

  test('unmodified snd-sb16, by ALSA: the track is the samples, an interrupt for each period', () => {
    if (kit === null) return;
    const base = jobOf(SOUND_PLAY, { guest: 'debian', values: { bytes: 16384, block: 1024 } });
    const job = { ...base, boardOptions: { ...base.boardOptions, kernelEntry: 'vmlinux' } };
    const take = new AudioTake();
    const steps = runMethod(SOUND_PLAY, job, 'alsa', kit, { audio: () => take });
    let step = steps.next();
    while (step.done !== true) step = steps.next();
    const { matches, measures } = step.value;
    expect([matches, measures['inTime'], measures['soundUnderruns']]).toEqual([true, 'yes', 0]);
    expect(take.formats).toEqual([{ rate: clockOf(8000).rate, channels: 1, bits: 16, signed: true }]);
    expect(take.bytes.subarray(0, 16384)).toEqual(scaleSamples(16384, 16, clockOf(8000).rate));
    expect(measures['extra']).toBeLessThan(100);
  });
});
