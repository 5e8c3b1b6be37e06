import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { scaleSamples } from '../../src/control/experiments/sound-play/samples.ts';
import { EXITING, multibootElf } from './kernels.ts';
import { northbridge, scratch } from './northbridge.ts';

const files = scratch();
afterAll(files.remove);

test('--audio is refused in one line where there is no card, no folder, or the file is read', () => {
  const kernel = files.path('program.elf');
  writeFileSync(kernel, multibootElf(EXITING('ok', 0x10)));
  const run = (...args: string[]) => northbridge(['run', 'pc', '--kernel', kernel, ...args]);
  for (const [args, says] of [
    [['--audio', files.path('a.wav')], '--audio without a sound card: give --sound sb16 too'],
    [['--sound', 'sb16', '--audio', files.path('no/a.wav')], 'there is no folder'],
    [['--sound', 'sb16', '--audio', files.path('a'), '--trace', files.path('a')], 'is the file of --trace, too'],
  ] as const) {
    const { status, stderr } = run(...args);
    expect(stderr).toContain(says);
    expect([status, stderr.trimEnd().split('\n').length]).toEqual([2, 1]);
  }
});

test('compare --audio writes a WAV file for each method: its samples are those given', () => {
  const { status, stderr } = northbridge([
    'compare', 'sound-play', '--bytes', '1KiB', '--block', '256B', '--methods', 'dma-single,dma-autoinit',
    '--audio', files.path('scale.wav'),
  ]);
  expect(stderr).toContain('of sound in');
  expect(status).toBe(0);
  for (const method of ['dma-single', 'dma-autoinit']) {
    const wav = readFileSync(files.path(`scale-${method}.wav`));
    expect([wav.readUInt32LE(4), wav.readUInt32LE(24), wav.readUInt16LE(34), wav.readUInt32LE(40)])
      .toEqual([1024 + 36, 8008, 8, 1024]);
    expect(new Uint8Array(wav.subarray(44))).toEqual(scaleSamples(1024, 8, 8008));
  }
});

test('a machine that plays nothing writes nothing, and says so', () => {
  const kernel = files.path('silent.elf'), wav = files.path('silent.wav');
  writeFileSync(kernel, multibootElf(EXITING('ok', 0x10)));
  const { stderr } = northbridge(['run', 'pc', '--kernel', kernel, '--sound', 'sb16', '--audio', wav]);
  expect(stderr).toContain('nothing was played');
  expect(existsSync(wav)).toBe(false);
});
