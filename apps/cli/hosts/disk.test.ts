import {
  chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DiskOverlay } from '../../../src/control/disk-overlay.ts';
import { pseudoRandomImage } from '../../../src/control/image-disk.ts';
import { commitOverlay, FileDisk } from './disk.ts';

let folder = '';
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'northbridge-disk-')); });
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const SIZE = 24 * 1024 * 1024 + 512;
const image = pseudoRandomImage(SIZE);

function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

describe('a disk in a file', () => {
  test('reads what is there, across chunks and beyond the cache', () => {
    writeFileSync(join(folder, 'd'), image);
    const disk = new FileDisk(join(folder, 'd'));
    const all = new Uint8Array(SIZE + 7);
    for (let at = 0; at < SIZE; at += 1_000_000) disk.read(at, all, at + 7, Math.min(1_000_000, SIZE - at));
    expect(same(all.subarray(7), image)).toBe(true);
    disk.read(0, all, 0, 512);
    expect(same(all.subarray(0, 512), image.subarray(0, 512))).toBe(true);
    disk.close();
  });

  test('that becomes shorter is told by name and place', () => {
    writeFileSync(join(folder, 'd'), image);
    const disk = new FileDisk(join(folder, 'd'));
    truncateSync(join(folder, 'd'), 1024 * 1024);
    expect(() => disk.read(2 * 1024 * 1024, new Uint8Array(512), 0, 512)).toThrow(
      /has become shorter while it was in use/,
    );
    disk.close();
  });

  test('is not changed by writes to its overlay', () => {
    writeFileSync(join(folder, 'd'), image);
    const overlay = new DiskOverlay(new FileDisk(join(folder, 'd')));
    overlay.write(1000, new Uint8Array(5000), 0, 5000);
    expect(same(readFileSync(join(folder, 'd')), image)).toBe(true);
  });
});

describe('--write-disk', () => {
  test('puts a changed copy in the place of the image, with its mode, behind a symbolic link', () => {
    writeFileSync(join(folder, 'd'), image);
    chmodSync(join(folder, 'd'), 0o640);
    symlinkSync('d', join(folder, 'link'));
    const disk = new FileDisk(join(folder, 'link'));
    const overlay = new DiskOverlay(disk);
    const data = new Uint8Array(5000).fill(0xaa);
    overlay.write(SIZE - 5000, data, 0, 5000);
    expect(commitOverlay(disk, overlay)).toBe(4096 + 512 + 4096);
    const expected = image.slice();
    expected.set(data, SIZE - 5000);
    expect(same(readFileSync(join(folder, 'd')), expected)).toBe(true);
    expect(statSync(join(folder, 'd')).mode & 0o777).toBe(0o640);
    expect(readdirSync(folder).sort()).toEqual(['d', 'link']);
  });

  test('changes nothing if nothing was written', () => {
    writeFileSync(join(folder, 'd'), image);
    const disk = new FileDisk(join(folder, 'd'));
    const before = statSync(join(folder, 'd'));
    expect(commitOverlay(disk, new DiskOverlay(disk))).toBe(0);
    expect(statSync(join(folder, 'd')).ino).toBe(before.ino);
  });

  test('leaves an image alone that somebody else has changed', () => {
    writeFileSync(join(folder, 'd'), image);
    const disk = new FileDisk(join(folder, 'd'));
    const overlay = new DiskOverlay(disk);
    overlay.write(0, new Uint8Array(512), 0, 512);
    writeFileSync(join(folder, 'd'), new Uint8Array(1024));
    expect(() => commitOverlay(disk, overlay)).toThrow(/was not written, it is as it was: somebody else changed it/);
    expect(statSync(join(folder, 'd')).size).toBe(1024);
    expect(readdirSync(folder)).toEqual(['d']);
  });
});
