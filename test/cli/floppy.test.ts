/** `run --floppy`: what is refused, and what becomes of the image. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { northbridge, scratch } from './northbridge.ts';

const PROGRAM = fileURLToPath(new URL('../../guest/images/floppy.elf', import.meta.url));
const files = scratch();
afterAll(() => files.remove());

/** A disk of ones; our program writes its first track from memory that is 0. */
function image(name: string): string {
  const path = files.path(name);
  writeFileSync(path, new Uint8Array(1_474_560).fill(0xff));
  return path;
}
const run = (...more: string[]): ReturnType<typeof northbridge> => northbridge([
  'run', 'pc', '--kernel', PROGRAM, '--append', 'direction=write method=dma-8237 bytes=9216', '--until', '5', ...more,
]);

test('what the guest writes is forgotten, or kept with --write-floppy', () => {
  const path = image('disk.img');
  expect(run('--floppy', path)).toMatchObject({ status: 0 });
  expect(readFileSync(path).every((b) => b === 0xff)).toBe(true);
  const kept = run('--floppy', path, '--write-floppy');
  expect(kept.status).toBe(0);
  expect(kept.stdout).toContain('bytes=9216');
  const after = readFileSync(path);
  expect(after.subarray(0, 9216).every((b) => b === 0)).toBe(true);
  expect(after.subarray(9216).every((b) => b === 0xff)).toBe(true);
});

test('an image that is no disk, a third drive, --write-floppy alone: one line, status 2', () => {
  const path = image('ok.img'), short = files.path('short.img');
  writeFileSync(short, new Uint8Array(512));
  for (const [args, words] of [
    [['--floppy', short], 'has 512 bytes; a disk has 1474560 (1.44 MB) or 737280 (720 kB)'],
    [['--floppy', path, '--floppy', path, '--floppy', path], 'a PC has two drives'],
    [['--write-floppy'], '--write-floppy without a disk'],
    [['--floppy', files.path('none.img')], 'cannot open disk'],
  ] as const) {
    const r = run(...args);
    expect(r).toMatchObject({ status: 2, stdout: '' });
    expect(r.stderr).toContain(words);
    expect(r.stderr.trim().split('\n')).toHaveLength(1);
  }
});
