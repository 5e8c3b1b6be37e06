import { spawnSync } from 'node:child_process';
import {
  chmodSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, truncateSync,
  utimesSync, writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { DiskOverlay } from '../../../src/control/disk-overlay.ts';
import { pseudoRandomImage } from '../../../src/control/image-disk.ts';
import { FileDisk } from './disk.ts';
import { commitOverlay, openForCommit } from './disk-commit.ts';
import { FileLock } from './file-lock.ts';

let folder = '';
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'northbridge-disk-')); });
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const SIZE = 24 * 1024 * 1024 + 512;
const image = pseudoRandomImage(SIZE);

function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

describe('a disk in a file', () => {
  test('has an identity, which is another one after a change, and none while it changes', () => {
    const path = join(folder, 'd');
    const opened = (): FileDisk => new FileDisk(path);
    writeFileSync(path, image);
    const later = Date.now() + 10_000;
    vi.useFakeTimers({ toFake: ['Date'], now: later });
    try {
      const disk = opened(), { identity } = disk;
      expect(identity).toMatch(new RegExp(`^file \\d+ \\d+ of ${SIZE} bytes, \\d+ \\d+$`));
      expect(opened().identity).toBe(identity);
      writeFileSync(join(folder, 'other'), image);
      expect(new FileDisk(join(folder, 'other')).identity).not.toBe(identity);
      // The same size and time; the time of the inode's change tells.
      const { atime, mtime } = statSync(path);
      writeFileSync(path, image);
      utimesSync(path, atime, mtime);
      expect(disk.identity).toBe('');
      expect(opened().identity).not.toMatch(new RegExp(`^(${identity})?$`));
      vi.setSystemTime(statSync(path).ctimeMs + 1500);
      expect(opened().identity).toBe('');
    } finally {
      vi.useRealTimers();
    }
  });

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
    expect(() => commitOverlay(disk, overlay)).toThrow(/was not written, it is as somebody else has left it/);
    expect(statSync(join(folder, 'd')).size).toBe(1024);
    expect(readdirSync(folder)).toEqual(['d']);
  });

  const DATA = new Uint8Array(512).fill(0xaa);
  function opened(): { disk: FileDisk; overlay: DiskOverlay; expected: Uint8Array } {
    writeFileSync(join(folder, 'd'), image);
    const disk = new FileDisk(join(folder, 'd'));
    const overlay = new DiskOverlay(disk);
    overlay.write(512, DATA, 0, 512);
    const expected = image.slice();
    expected.set(DATA, 512);
    return { disk, overlay, expected };
  }

  test('leaves a file alone that took the name during the run, and keeps the disk beside it', () => {
    const { disk, overlay, expected } = opened();
    writeFileSync(join(folder, 'other'), 'mine');
    renameSync(join(folder, 'other'), join(folder, 'd'));
    expect(() => commitOverlay(disk, overlay)).toThrow(/was replaced by another file .*; the disk .* is in '/);
    expect(readFileSync(join(folder, 'd'), 'utf8')).toBe('mine');
    const [kept] = readdirSync(folder).filter((n) => n !== 'd');
    expect(same(readFileSync(join(folder, kept)), expected)).toBe(true);
  });

  test('does not say that an image is as it was that is gone, and keeps the disk', () => {
    const { disk, overlay, expected } = opened();
    rmSync(join(folder, 'd'));
    expect(() => commitOverlay(disk, overlay)).toThrow(/^(?!.*as it was).*is gone.*the disk .* is in '/);
    const [kept] = readdirSync(folder);
    expect(same(readFileSync(join(folder, kept)), expected)).toBe(true);
  });

  test('copies the file that was opened, also a sparse one, and leaves it sparse', () => {
    const size = 64 * 1024 * 1024;
    writeFileSync(join(folder, 'd'), '');
    truncateSync(join(folder, 'd'), size);
    const before = statSync(join(folder, 'd'));
    const disk = new FileDisk(join(folder, 'd'));
    const overlay = new DiskOverlay(disk);
    overlay.write(size - 512, DATA, 0, 512);
    expect(commitOverlay(disk, overlay)).toBe(4096);
    const after = statSync(join(folder, 'd'));
    expect(after.size).toBe(size);
    // Where holes are not kept by the file system, there is nothing to compare.
    if (before.blocks === 0) expect(after.blocks * 512).toBeLessThanOrEqual(128 * 1024);
    expect(same(readFileSync(join(folder, 'd')).subarray(-512), DATA)).toBe(true);
  });
});

describe('the lock of an image', () => {
  test('a second writer is told at its start, and by whom', () => {
    const path = join(folder, 'd');
    writeFileSync(path, image);
    const lock = openForCommit(new FileDisk(path));
    expect(() => openForCommit(new FileDisk(path))).toThrow(`'${path}' is being written by process ${process.pid}`);
    lock.release();
    openForCommit(new FileDisk(path)).release();
    expect(readdirSync(folder)).toEqual(['d']);
  });

  test('one whose holder has died is taken over', () => {
    const path = join(folder, 'd'), name = join(folder, '.d.northbridge-lock');
    const dead = spawnSync(process.execPath, ['-e', '']).pid;
    writeFileSync(name, JSON.stringify({ host: hostname(), pid: dead, started: '1' }));
    new FileLock(path, '--write-disk').release();
    writeFileSync(name, 'torn');
    new FileLock(path, '--write-disk').release();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('one of another host is not judged from here', () => {
    writeFileSync(join(folder, '.d.northbridge-lock'), JSON.stringify({ host: 'elsewhere', pid: 1, started: '' }));
    expect(() => new FileLock(join(folder, 'd'), '--write-disk'))
      .toThrow(/written by process 1 on elsewhere; .*remove '/);
  });

  test('a file that was replaced before the lock was taken is not begun with', () => {
    const path = join(folder, 'd');
    writeFileSync(path, image);
    const disk = new FileDisk(path);
    rmSync(path);
    writeFileSync(path, image);
    expect(() => openForCommit(disk)).toThrow('has just been replaced by another process');
    expect(readdirSync(folder)).toEqual(['d']);
  });
});
