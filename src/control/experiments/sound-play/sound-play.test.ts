import { describe, expect, test } from 'vitest';
import { runExperiment, runToEnd } from '../../../../test/benches/experiment-bench.ts';
import { ms, us } from '../../../sim/time.ts';
import { AudioTake } from '../../audio/track.ts';
import { clockOf, SOUND_PLAY } from './experiment.ts';
import { followBlocks, followSamples } from './heard.ts';
import { scaleSamples } from './samples.ts';

const BYTES = 2048;

describe('what is played', () => {
  test.each(['direct', 'dma-single', 'dma-autoinit'])('%s: without load, byte for byte what was given', (method) => {
    const take = new AudioTake();
    const run = runToEnd(SOUND_PLAY, method, { values: { bytes: BYTES, block: 256 } }, { audio: () => take });
    expect(take.bytes).toEqual(scaleSamples(BYTES, 8, clockOf(8000).rate));
    expect(take.formats).toEqual([{ rate: 8008, channels: 1, bits: 8, signed: false }]);
    expect(run).toMatchObject({ matches: true, measures: { silent: 0, repeated: 0, lost: 0, soundUnderruns: 0 } });
    expect(run.measures['sha256']).toBe(run.found['reference']);
  });

  test.each(['dma-single', 'dma-autoinit'])('%s: 16 bits at 44.1 kHz over channel 5', (method) => {
    const wish = { values: { bytes: 16384, block: 2048, bits: '16', rate: 44100 } };
    expect(runToEnd(SOUND_PLAY, method, wish)).toMatchObject({ matches: true, measures: { inTime: 'yes' } });
  });
});

describe('a busy processor', () => {
  const busy = (method: string, time: number) =>
    runToEnd(SOUND_PLAY, method, { values: { bytes: 4096, block: 256, busy: time } }, { engine: 'jit' }).measures;

  test('for two samples: direct mode loses some, DMA does not notice', () => {
    const direct = busy('direct', us(200));
    expect([direct['inTime'], Number(direct['lost']) > 100, Number(direct['repeated']) > 100])
      .toEqual(['no', true, true]);
    for (const method of ['dma-single', 'dma-autoinit']) expect(busy(method, us(200))['inTime']).toBe('yes');
  });

  test('for longer than a block: silence where each is set up anew, old samples where DMA goes on', () => {
    const single = busy('dma-single', ms(200)), auto = busy('dma-autoinit', ms(200));
    expect([Number(single['silent']) > 500, single['lost'], single['repeated']]).toEqual([true, 0, 0]);
    expect([auto['silent'], auto['lost'], Number(auto['repeated']) > 500]).toEqual([0, 0, true]);
  });
});

test('the answer names the crossover, and who takes the least', () => {
  const { judgement } = runExperiment(SOUND_PLAY, { values: { bytes: BYTES, block: 256 } });
  expect(judgement.verdict).toBe('right');
  expect(judgement.sentence).toMatch(/^Every sample was played in time; dma-autoinit took the least/);
  expect(judgement.details?.[0]).toMatch(/DMA begins to win at blocks of \d+ samples$/);
});

test('the same job and engine: the same run twice, and with the other engine', () => {
  const run = (engine: 'jit' | 'interpreter') =>
    runExperiment(SOUND_PLAY, { values: { bytes: 1024, busy: us(100) } }, { engine }).runs;
  expect(run('jit')).toEqual(run('jit'));
  expect(run('jit')).toEqual(run('interpreter'));
});

describe('following a track', () => {
  const given = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  test('sample by sample', () => {
    const follow = (...track: number[]) => followSamples(Uint8Array.from(track), given, 1);
    expect(follow(1, 2, 3, 4, 5, 6, 7, 8)).toEqual({ samples: 8, repeated: 0, lost: 0, strange: 0 });
    expect(follow(1, 1, 3, 4, 4, 5, 6, 7)).toEqual({ samples: 6, repeated: 2, lost: 2, strange: 0 });
    expect(follow(1, 2, 99, 3)).toEqual({ samples: 3, repeated: 0, lost: 5, strange: 1 });
  });
  test('block by block', () => {
    const follow = (...track: number[]) => followBlocks(Uint8Array.from(track), given, 2, 1);
    expect(follow(1, 2, 3, 4, 1, 2, 5, 6, 7, 8)).toEqual({ samples: 8, repeated: 2, lost: 0, strange: 0 });
    expect(follow(1, 2, 3, 9)).toEqual({ samples: 2, repeated: 0, lost: 6, strange: 2 });
  });
});
