import { createHash } from 'node:crypto';
import { mkdtempSync, renameSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FileDisk } from '../hosts/disk.ts';
import { InputError } from '../input-error.ts';
import { diskRecipe } from './recipe.ts';

let folder = '';
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'northbridge-recipe-')); });
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const IMAGE = Buffer.alloc(3 * 1024 * 1024 + 512, 0x5a);
const DIGEST = createHash('sha256').update(IMAGE).digest('hex');

/** A disk whose file was last written to long ago. */
function opened(): FileDisk {
  const path = join(folder, 'd');
  writeFileSync(path, IMAGE);
  utimesSync(path, 1e9, 1e9);
  return new FileDisk(path);
}

test('a disk is its size and the digest of all of it, also when another file has taken its name', () => {
  const disk = opened();
  writeFileSync(join(folder, 'other'), Buffer.alloc(IMAGE.length));
  renameSync(join(folder, 'other'), disk.path);
  for (let n = 0; n < 2; n++) expect(diskRecipe(disk)).toEqual({ name: 'd', size: IMAGE.length, sha256: DIGEST });
});

test.each<[string, (path: string) => void]>([
  ['written to', (path) => writeFileSync(path, Buffer.alloc(IMAGE.length))],
  ['made shorter', (path) => truncateSync(path, 1024)],
])('a disk that was %s since it was opened is none that the guest saw: refused, asked before or not', (_, change) => {
  for (const before of [true, false]) {
    const disk = opened();
    if (before) expect(diskRecipe(disk).sha256).toBe(DIGEST);
    change(disk.path);
    for (let n = 0; n < 2; n++) {
      expect(() => diskRecipe(disk)).toThrow(InputError);
      expect(() => diskRecipe(disk)).toThrow(`disk '${disk.path}' has been written to since it was opened`);
    }
  }
});
