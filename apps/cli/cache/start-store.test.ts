import { spawn, spawnSync } from 'node:child_process';
import {
  mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { programDigest } from './program-digest.ts';
import { StartStore } from './start-store.ts';

let cache = '';
beforeEach(() => { cache = mkdtempSync(join(tmpdir(), 'northbridge-starts-')); });
afterEach(() => rmSync(cache, { recursive: true, force: true }));

const key = (n: number): string => n.toString(16).padStart(64, '0');
const file = (n: number): string => join(cache, 'starts', `${key(n)}.start`);
const names = (): string[] => readdirSync(join(cache, 'starts')).sort();
const bytes = (length: number, fill: number): Uint8Array => new Uint8Array(length).fill(fill);
const HOUR = 3600;
const STORE = fileURLToPath(new URL('../../../dist/apps/cli/cache/start-store.js', import.meta.url));

test('what was kept is found; nothing else is', () => {
  const store = new StartStore(cache, 1000);
  expect(store.find(key(1))).toBeNull();
  store.keep(key(1), bytes(10, 1));
  expect(Uint8Array.from(store.find(key(1)) ?? [])).toEqual(bytes(10, 1));
  expect(store.find(key(2))).toBeNull();
  store.keep(key(1), bytes(20, 2));
  expect(Uint8Array.from(new StartStore(cache, 1000).find(key(1)) ?? [])).toEqual(bytes(20, 2));
  expect(names()).toEqual([`${key(1)}.start`]);
  expect(statSync(file(1)).mode & 0o777).toBe(0o600);
  expect(store.refusal).toBe('');
});

test('a use is noted, and when it was made stays as it was', () => {
  const store = new StartStore(cache, 1000);
  store.keep(key(1), bytes(10, 1));
  const made = new Date('2026-01-02T03:04:05Z');
  utimesSync(file(1), made, made);
  store.find(key(1));
  expect(store.made).toEqual(made);
  expect(statSync(file(1)).mtime).toEqual(made);
  expect(statSync(file(1)).atimeMs).toBeGreaterThan(made.getTime());
});

test('least recently used goes first, and only as much as must', () => {
  const store = new StartStore(cache, 1000);
  const now = Date.now() / 1000;
  for (const n of [1, 2, 3]) {
    store.keep(key(n), bytes(300, n));
    utimesSync(file(n), now - HOUR * (10 - n), now - HOUR * 20);
  }
  store.find(key(1));
  store.keep(key(4), bytes(300, 4));
  expect(names()).toEqual([1, 3, 4].map((n) => `${key(n)}.start`));
  // In its own place there is room.
  store.keep(key(3), bytes(400, 3));
  expect(names()).toEqual([1, 3, 4].map((n) => `${key(n)}.start`));
  store.keep(key(5), bytes(1001, 5));
  expect(names()).toEqual([1, 3, 4].map((n) => `${key(n)}.start`));
  store.keep(key(5), bytes(1000, 5));
  expect(names()).toEqual([`${key(5)}.start`]);
});

test('what a killed run left goes when it is old; what is not ours stays', () => {
  const folder = join(cache, 'starts');
  mkdirSync(folder);
  for (const name of ['.new-0123', '.new-4567', 'notes', 'x.start']) writeFileSync(join(folder, name), bytes(5000, 0));
  const old = Date.now() / 1000 - 2 * HOUR;
  for (const name of ['.new-0123', 'notes', 'x.start']) utimesSync(join(folder, name), old, old);
  new StartStore(cache, 1000).keep(key(1), bytes(900, 1));
  expect(names()).toEqual(['.new-4567', `${key(1)}.start`, 'notes', 'x.start']);
});

test('a folder in the place of a file is no start, and is told', () => {
  mkdirSync(file(1), { recursive: true });
  const store = new StartStore(cache, 1000);
  expect(store.find(key(1))).toBeNull();
  store.keep(key(1), bytes(10, 1));
  expect(store.refusal).not.toBe('');
  expect(names()).toEqual([`${key(1)}.start`]);
});

test.skipIf(spawnSync('mkfifo', ['--version']).status !== 0)('a pipe in the place of a file is not waited for', () => {
  // In a process of its own: who waits for a pipe's writer cannot be stopped by a test.
  mkdirSync(join(cache, 'starts'));
  spawnSync('mkfifo', [file(1)]);
  const found = spawnSync(process.execPath, ['--input-type=module', '-e', `
    const { StartStore } = await import(${JSON.stringify(STORE)});
    const store = new StartStore(${JSON.stringify(cache)}, 1000);
    console.log(store.find('${key(1)}'));
    store.keep('${key(1)}', new Uint8Array(10));
    console.log(store.find('${key(1)}').length, store.refusal);
  `], { encoding: 'utf8', timeout: 10_000 });
  expect(found.stdout).toBe('null\n10 \n');
});

test('what is larger than all may be is not read, and not kept, which is told', () => {
  new StartStore(cache, 1000).keep(key(1), bytes(900, 1));
  const store = new StartStore(cache, 800);
  expect(store.find(key(1))).toBeNull();
  store.keep(key(2), bytes(801, 2));
  expect(names()).toEqual([`${key(1)}.start`]);
  expect(store.refusal).toBe('it has 801 bytes, all starts may have 800 bytes (NORTHBRIDGE_CACHE_SIZE)');
});

test('two processes that write, read and make room at once see whole files only', async () => {
  const program = `
    const { StartStore } = await import(${JSON.stringify(STORE)});
    const store = new StartStore(${JSON.stringify(cache)}, 2_500_000);
    let found = 0;
    for (let k = 0; k < 150; k++) {
      const n = k % 4, key = String(n).padStart(64, '0');
      const file = store.find(key);
      if (file !== null) {
        found++;
        if (file.length !== 1_000_000 || file.some((b) => b !== n)) throw new Error('half a file');
      }
      store.keep(key, new Uint8Array(1_000_000).fill(n));
    }
    console.log(found, store.refusal);
  `;
  const run = (): Promise<string> => new Promise((resolve) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', program]);
    let text = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (part: string) => { text += part; });
    child.on('close', (status) => resolve(`${status} ${text}`));
  });
  for (const told of await Promise.all([run(), run()])) expect(told).toMatch(/^0 \d+ \n$/);
  expect(names().filter((name) => !name.endsWith('.start'))).toEqual([]);
  expect(names().length).toBeLessThanOrEqual(3);
  for (const name of names()) expect(readFileSync(join(cache, 'starts', name))).toHaveLength(1_000_000);
});

test('the program is told by its version and its code', () => {
  expect(programDigest()).toMatch(/^\d+\.\d+\.\d+\S* [0-9a-f]{64}$/);
  expect(programDigest()).toBe(programDigest());
});
