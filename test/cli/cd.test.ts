/** `run --cd`: which files are refused. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { isoImage } from '../benches/iso-image.ts';
import { northbridge, refusal, scratch } from './northbridge.ts';

const PROGRAM = fileURLToPath(new URL('../../guest/images/cpu-loop.elf', import.meta.url));
const files = scratch();
afterAll(() => files.remove());

function file(name: string, bytes: Uint8Array): string {
  const path = files.path(name);
  writeFileSync(path, bytes);
  return path;
}
const ISO = file('ok.iso', isoImage({ 'A.TXT': Uint8Array.of(1) }));

test('an image of a data CD is taken', () => {
  const r = northbridge(['run', 'pc', '--kernel', PROGRAM, '--append', 'kind=mix count=10', '--cd', ISO, '--until', '1ms']);
  expect(r.status).toBe(0);
  expect(r.stderr).toMatch(/^northbridge: stopped at the time asked for/);
});

test.each([
  ['odd.iso', new Uint8Array(1000), 'has 1000 bytes, which is no multiple of 2048'],
  ['raw.bin', new Uint8Array(2352 * 20), 'a raw image (.bin)'],
  ['zero.iso', new Uint8Array(2048 * 32), 'has no ISO 9660 volume descriptor at sector 16'],
  ['short.iso', new Uint8Array(2048), 'has no ISO 9660 volume descriptor at sector 16'],
  ['empty.iso', new Uint8Array(0), 'is empty; give a CD image (.iso)'],
] as const)('%s: one line, status 2', async (name, bytes, words) => {
  const path = file(name, bytes);
  const { status, stdout, stderr } = await refusal(['run', 'pc', '--kernel', PROGRAM, '--cd', path], files.path('.'));
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toContain(words);
  expect(stderr.trim().split('\n')).toHaveLength(1);
});
