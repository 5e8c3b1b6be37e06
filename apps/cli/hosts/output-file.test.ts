import {
  linkSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { OutputFile, refuseOverwriting, writeOutputFile } from './output-file.ts';

let folder = '';
const p = (name: string): string => join(folder, name);
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'northbridge-output-')); });
afterEach(() => rmSync(folder, { recursive: true }));

test('what was there stays until the whole file is written', () => {
  writeFileSync(p('report'), 'before');
  const file = new OutputFile(p('report'), 'report');
  file.write('after');
  expect(readFileSync(p('report'), 'utf8')).toBe('before');
  file.close();
  expect(readFileSync(p('report'), 'utf8')).toBe('after');
  expect(readdirSync(folder)).toEqual(['report']);
});

test('a symbolic link stays one, and its target is written, there or not', () => {
  writeFileSync(p('target'), 'before');
  symlinkSync('target', p('link'));
  symlinkSync('new', p('dangling'));
  writeOutputFile(p('link'), 'one', 'report');
  writeOutputFile(p('dangling'), 'two', 'report');
  expect([p('link'), p('dangling')].map((path) => lstatSync(path).isSymbolicLink())).toEqual([true, true]);
  expect([readFileSync(p('target'), 'utf8'), readFileSync(p('new'), 'utf8')]).toEqual(['one', 'two']);
});

test('an input is refused by whatever name; another file is not', () => {
  writeFileSync(p('disk'), 'data');
  writeFileSync(p('other'), 'data');
  symlinkSync('disk', p('link'));
  linkSync(p('disk'), p('hard'));
  const inputs = [{ path: p('disk'), what: 'disk' }];
  for (const name of ['disk', 'link', 'hard'])
    expect(() => refuseOverwriting(p(name), '--junit', inputs)).toThrow(/^--junit '.*' is the disk; it would be/);
  for (const name of ['other', 'none']) expect(() => refuseOverwriting(p(name), '--junit', inputs)).not.toThrow();
});
