import { writeFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
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
