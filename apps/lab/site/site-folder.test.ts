import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { emptySiteFolder, SiteFolderError } from './site-folder.ts';

let place: string;
beforeEach(() => { place = mkdtempSync(join(tmpdir(), 'northbridge-site-')); });
afterEach(() => rmSync(place, { recursive: true, force: true }));

test('somebody\'s folder or file is refused, and nothing in it touched', () => {
  const folder = join(place, 'd'), file = join(place, 'hello.txt');
  mkdirSync(folder);
  writeFileSync(join(folder, 'thesis.txt'), 'precious');
  writeFileSync(file, 'mine');
  for (const there of [folder, file]) expect(() => emptySiteFolder(there)).toThrow(SiteFolderError);
  expect(readFileSync(join(folder, 'thesis.txt'), 'utf8')).toBe('precious');
  expect(readFileSync(file, 'utf8')).toBe('mine');
});

test('a new folder, an empty one and an earlier site are taken', () => {
  const folder = join(place, 'a', 'b');
  emptySiteFolder(folder);
  writeFileSync(join(folder, 'index.html'), 'old');
  emptySiteFolder(folder);
  expect(existsSync(join(folder, 'index.html'))).toBe(false);
  expect(readdirSync(folder)).toHaveLength(1);
  emptySiteFolder(place === '' ? '' : mkdtempSync(join(place, 'empty-')));
});

test.runIf(existsSync('/proc/self'))('a place where nothing can be written is a sentence', () => {
  for (const there of ['/proc/x', '/proc/x/y']) expect(() => emptySiteFolder(there)).toThrow(/cannot write '\/proc\/x/);
});
