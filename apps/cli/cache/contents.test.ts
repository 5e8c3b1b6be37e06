import {
  existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CACHE_KINDS, cacheContents, clearCache, keepLastUsed } from './contents.ts';

let cache = '';
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'northbridge-cache-'));
  for (const folder of ['starts', 'kernels', 'debian-guest']) mkdirSync(join(cache, folder));
});
afterEach(() => rmSync(cache, { recursive: true, force: true }));

const digest = (n: number): string => n.toString(16).padStart(64, '0');
const kernel = (n: number): string => join(cache, 'kernels', `${digest(n)}.elf`);
const names = (kind: string): string[] => readdirSync(join(cache, kind)).sort();
const aged = (path: string, seconds: number): void => {
  const then = Date.now() / 1000 - seconds;
  utimesSync(path, then, then);
};
const HOUR = 3600;

test('only so many kernels; what was used longest ago goes, and what a killed process left', () => {
  for (const n of [1, 2, 3, 4]) {
    writeFileSync(kernel(n), 'kernel');
    writeFileSync(`${kernel(n)}.sha256`, 'digests');
    aged(kernel(n), 10 * n);
  }
  aged(kernel(4), 0);
  const left = join(cache, 'kernels', '.new-x.elf-1-00');
  writeFileSync(left, '');
  aged(left, 2 * HOUR);
  writeFileSync(join(cache, 'kernels', '.new-y.elf-1-00'), '');
  keepLastUsed(cache, 'kernel', 2);
  expect(names('kernels')).toEqual(
    ['.new-y.elf-1-00', ...[1, 4].flatMap((n) => [`${digest(n)}.elf`, `${digest(n)}.elf.sha256`])],
  );
});

test('kernels of the user\'s own in that folder are not counted and stay', () => {
  for (const name of ['mine.elf', `${digest(1)}.elf.elf`, `x${digest(1)}.elf`]) {
    writeFileSync(join(cache, 'kernels', name), 'mine');
    aged(join(cache, 'kernels', name), 9 * HOUR);
  }
  writeFileSync(kernel(1), 'kernel');
  keepLastUsed(cache, 'kernel', 1);
  expect(names('kernels')).toHaveLength(4);
  keepLastUsed(cache, 'kernel', 0);
  expect(names('kernels')).toEqual([`${digest(1)}.elf.elf`, 'mine.elf', `x${digest(1)}.elf`]);
});

test('a folder or link by the name of a file, or a file by the name of a guest, is none of ours', () => {
  const folders = [join(cache, 'starts', `${digest(1)}.start`), kernel(1), join(cache, 'starts', '.new-01')];
  for (const folder of folders) {
    mkdirSync(folder);
    writeFileSync(join(folder, 'thesis'), 'years of work');
  }
  symlinkSync(join(folders[0], 'thesis'), kernel(2));
  const guest = join(cache, 'debian-guest', 'linux-image-1-0123456789ab');
  writeFileSync(guest, 'a file');
  expect(cacheContents(cache)).toEqual([]);
  expect(clearCache(cache, CACHE_KINDS)).toEqual([]);
  keepLastUsed(cache, 'start', 0);
  keepLastUsed(cache, 'kernel', 0);
  for (const folder of folders) expect(existsSync(join(folder, 'thesis'))).toBe(true);
  expect(existsSync(guest)).toBe(true);
});

test('a guest that is being made stays, also if all is cleared; what was left an hour ago goes', () => {
  const guests = join(cache, 'debian-guest');
  for (const name of ['.new-0123', '.new-4567', 'linux-image-1-0123456789ab']) {
    mkdirSync(join(guests, name));
    writeFileSync(join(guests, name, 'vmlinuz'), 'kernel');
  }
  const half = join(guests, 'linux-image-1-0123456789ab', '.new-vmlinux-1-00');
  writeFileSync(half, 'half');
  clearCache(cache, ['start', 'kernel']);
  expect(existsSync(half)).toBe(true);
  aged(half, 2 * HOUR);
  aged(join(guests, '.new-0123'), 2 * HOUR);
  clearCache(cache, ['start', 'kernel']);
  expect(existsSync(half)).toBe(false);
  expect(names('debian-guest')).toEqual(['.new-0123', '.new-4567', 'linux-image-1-0123456789ab']);
  expect(clearCache(cache, CACHE_KINDS)).toMatchObject([{ kind: 'guest' }]);
  expect(names('debian-guest')).toEqual(['.new-4567']);
});
