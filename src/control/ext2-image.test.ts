import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ext2Image } from './ext2-image.ts';
import { pseudoRandomImage } from './image-disk.ts';

const have = spawnSync('/usr/sbin/e2fsck', ['-V']).status === 0;

test('an image is the same each time, and bad names and sizes are refused', () => {
  const files = [{ name: 'data', bytes: pseudoRandomImage(5000) }];
  expect(Buffer.compare(ext2Image(files), ext2Image(files))).toBe(0);
  expect(() => ext2Image([{ name: 'a/b', bytes: new Uint8Array(0) }])).toThrow('no name of a file');
  expect(() => ext2Image(files, 200 * 2 ** 20)).toThrow('128 MiB at most');
});

// Direct, indirect and doubly indirect blocks.
test.skipIf(!have).each([[0], [1], [49_152], [49_153], [4 * 2 ** 20 + 49_152], [9 * 2 ** 20 + 5]])(
  'e2fsck finds nothing in one with a file of %i bytes, debugfs reads it', (size) => {
    const folder = mkdtempSync(join(tmpdir(), 'nb-ext2-'));
    try {
      const bytes = pseudoRandomImage(size), image = join(folder, 'image');
      writeFileSync(image, ext2Image([{ name: 'data', bytes }, { name: 'other', bytes: new Uint8Array(10) }]));
      const checked = spawnSync('/usr/sbin/e2fsck', ['-f', '-n', image], { encoding: 'utf8' });
      expect(checked.stdout + checked.stderr).not.toMatch(/Fix|WARNING|wrong|error/i);
      expect(checked.status).toBe(0);
      const read = spawnSync('/usr/sbin/debugfs', ['-R', 'cat data', image], { maxBuffer: 2 ** 24 });
      expect(read.stdout.equals(Buffer.from(bytes))).toBe(true);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
