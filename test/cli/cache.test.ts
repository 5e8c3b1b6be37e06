/** Starts kept by `compare` with a guest that boots: never another result, whatever the cache is. */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pseudoRandomImage } from '../../src/control/image-disk.ts';
import { elfKernel, packedKernel } from '../benches/packed-kernel.ts';
import { claiming, CODE } from './kernels.ts';
import { northbridge, PROGRAM, scratch, type Result } from './northbridge.ts';

const files = scratch();
const p = files.path;
const disk = pseudoRandomImage(1 << 20);
const sha256 = createHash('sha256').update(disk.subarray(0, 512)).digest('hex');
beforeAll(() => {
  writeFileSync(p('kernel'), claiming(sha256, 5000));
  writeFileSync(p('initrd'), 'nothing');
  writeFileSync(p('disk.img'), disk);
});
afterAll(() => files.remove());

const ARGS = ['compare', 'disk-read', '--guest', 'debian', '--kernel', p('kernel'), '--initrd', p('initrd'),
  '--bytes', '512', '--json'];
type Environment = Record<string, string>;
const compare = (cache: string, more: string[] = [], env: Environment = {}): Result =>
  northbridge([...ARGS, ...more], { env: { NORTHBRIDGE_CACHE: p(cache), ...env } });

interface Report {
  wall?: { kept?: Record<string, string> };
}
/** What must be equal, and the methods whose start was kept. */
function told(r: Result): { result: unknown; kept: string[] } {
  expect(r).toMatchObject({ status: 0 });
  const { wall, ...result } = JSON.parse(r.stdout) as Report;
  return { result, kept: Object.keys(wall?.kept ?? {}) };
}
const starts = (cache: string): string[] => {
  const folder = join(p(cache), 'starts');
  return existsSync(folder) ? readdirSync(folder).sort().map((name) => join(folder, name)) : [];
};
const BOTH = ['pio', 'dma'];
/** Where one start is enough. */
const ONE = ['--methods', 'dma'];
let without: unknown, withoutOne: unknown;
beforeAll(() => {
  without = told(compare('none', ['--no-cache'])).result;
  withoutOne = told(compare('none', [...ONE, '--no-cache'])).result;
  expect(starts('none')).toEqual([]);
  expect(without).toMatchObject({ judgement: { verdict: 'right' }, runs: [{ matches: true, mode: 'pio4' }, {}] });
});

test('cold, warm, warm in the other engine, not used: the same result', () => {
  expect(told(compare('a'))).toEqual({ result: without, kept: [] });
  expect(starts('a')).toHaveLength(2);
  const warm = compare('a');
  expect(told(warm)).toEqual({ result: without, kept: BOTH });
  const { wall } = JSON.parse(warm.stdout) as { wall: { kept: Record<string, string> } };
  for (const made of Object.values(wall.kept)) expect(made).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  expect(told(compare('a', ['--engine', 'interpreter']))).toEqual({ result: without, kept: BOTH });
  const used = starts('a').map((path) => statSync(path).atimeMs);
  expect(told(compare('a', ['--no-cache']))).toEqual({ result: without, kept: [] });
  expect(told(compare('a', ['--trace', p('t.trace')]))).toEqual({ result: without, kept: [] });
  expect(starts('a').map((path) => statSync(path).atimeMs)).toEqual(used);
  expect(told(compare('a', ['--no-wall']))).toEqual({ result: without, kept: [] });
});

test('the table says that a boot was taken from the cache, except without wall time', () => {
  const table = (...more: string[]): string =>
    northbridge([...ARGS.slice(0, -1), ...more], { env: { NORTHBRIDGE_CACHE: p('table') } }).stdout;
  const row = /^boot from the cache, made +\d{4}-\d\d-\d\d +\d{4}-\d\d-\d\d$/m;
  expect(table()).not.toMatch(/cache/);
  expect(table()).toMatch(row);
  expect(table('--no-wall')).not.toMatch(/cache/);
  expect(table('--no-wall')).toBe(table('--no-wall', '--no-cache'));
});

test('a start for every kernel, disk and option; a disk that was written to is another one', async () => {
  compare('keys');
  // A file that was written to a moment ago might be written to again at the same time.
  while (Date.now() - statSync(p('disk.img')).ctimeMs < 2000) await setTimeout(100);
  writeFileSync(p('kernel 2'), claiming(sha256, 6000));
  for (const more of [['--kernel', p('kernel 2')], ['--processor-clock', '100MHz'], ['--disk', p('disk.img')]]) {
    expect(told(compare('keys', more)).kept).toEqual([]);
    expect(told(compare('keys', more)).kept).toEqual(BOTH);
  }
  expect(starts('keys')).toHaveLength(8);
  utimesSync(p('disk.img'), new Date(), new Date(0));
  expect(told(compare('keys', ['--disk', p('disk.img')]))).toEqual({
    result: told(compare('keys', ['--disk', p('disk.img'), '--no-cache'])).result, kept: [],
  });
});

describe('a cache that is bad', () => {
  test.each<[string, (path: string) => void]>([
    ['a bit is another one', (path) => {
      const bytes = readFileSync(path);
      bytes[bytes.length >> 1] ^= 1;
      writeFileSync(path, bytes);
    }],
    ['cut', (path) => writeFileSync(path, readFileSync(path).subarray(0, 999))],
    ['empty', (path) => writeFileSync(path, '')],
    ['of something else', (path) => writeFileSync(path, 'something else')],
  ])('a file that is damaged (%s) is made anew', (_, damage) => {
    compare('bad', ONE);
    starts('bad').forEach(damage);
    expect(told(compare('bad', ONE))).toEqual({ result: withoutOne, kept: [] });
    expect(told(compare('bad', ONE))).toEqual({ result: withoutOne, kept: ['dma'] });
  });

  test('no folder can be made: one line, but not with --quiet', () => {
    writeFileSync(p('file'), 'a file');
    const r = compare('file', ONE);
    expect(told(r)).toEqual({ result: withoutOne, kept: [] });
    expect(r.stderr).toContain(`northbridge: what was booted is not kept in '${p('file')}': `);
    expect(compare('file', [...ONE, '--quiet']).stderr).not.toContain('kept');
    expect(readFileSync(p('file'), 'utf8')).toBe('a file');
  });

  // There mkdir refuses by ENOENT, which is no reason to go on trying.
  const procfs = process.platform === 'linux' && existsSync('/proc/self');
  test.skipIf(!procfs)('a folder in /proc: the same line, for a guest and an unpacked kernel, too', () => {
    const env = { NORTHBRIDGE_CACHE: '/proc/nb' };
    const r = compare('', ONE, env);
    expect(told(r)).toEqual({ result: withoutOne, kept: [] });
    expect(r.stderr).toContain("northbridge: what was booted is not kept in '/proc/nb': there is no such");
    const guest = northbridge(['guest', 'prepare', 'debian'], { env });
    expect(guest).toMatchObject({ status: 2, stdout: '' });
    expect(guest.stderr).toMatch(/^northbridge: cannot prepare the Debian guest: its folder \/proc\/nb[^\n]+\n$/);
    writeFileSync(p('packed'), packedKernel(gzipSync(elfKernel(CODE.printing('direct'))), {}, CODE.printing('packed')));
    expect(northbridge(['run', 'pc', '--kernel', p('packed'), '--quiet'], { env })).toEqual({
      status: 0, stdout: 'direct', stderr: '',
    });
  });

  test.skipIf(spawnSync('bash', ['--version']).status !== 0)('the disk is full: nothing half is left', () => {
    // A limit on the size of files ends a write in its midst, too.
    const limited = spawnSync('bash', ['-c', 'ulimit -f 8 && exec "$@"', 'bash', process.execPath, PROGRAM, ...ARGS], {
      encoding: 'utf8', env: { ...process.env, NORTHBRIDGE_CACHE: p('full') },
    });
    expect(told(limited)).toEqual({ result: without, kept: [] });
    expect(limited.stderr).toContain('is not kept in');
    expect(starts('full')).toEqual([]);
  });

  test('a bound keeps what was used last; none at all keeps nothing', () => {
    const nothing = compare('bound', ONE, { NORTHBRIDGE_CACHE_SIZE: '0' });
    expect(told(nothing)).toEqual({ result: withoutOne, kept: [] });
    expect(nothing.stderr).not.toContain('not kept');
    expect(starts('bound')).toEqual([]);
    expect(compare('bound', ONE, { NORTHBRIDGE_CACHE_SIZE: '1000' }).stderr).toMatch(
      /is not kept in '[^\n]+': it has [\d,]+ bytes, all starts may have 1,000 bytes \(NORTHBRIDGE_CACHE_SIZE\)\n$/,
    );
    expect(starts('bound')).toEqual([]);
    compare('bound');
    const sizes = starts('bound').map((path) => statSync(path).size);
    rmSync(p('bound'), { recursive: true });
    const bound = { NORTHBRIDGE_CACHE_SIZE: String(Math.max(...sizes) + 1000) };
    expect(told(compare('bound', [], bound)).result).toEqual(without);
    expect(starts('bound')).toHaveLength(1);
    expect(told(compare('bound', ['--methods', 'dma'], bound)).kept).toEqual(['dma']);
    const bad = compare('bound', ONE, { NORTHBRIDGE_CACHE_SIZE: 'much' });
    expect(bad).toMatchObject({ status: 2, stdout: '' });
    expect(bad.stderr).toMatch(/^northbridge: NORTHBRIDGE_CACHE_SIZE 'much' is no size;.*\n$/);
  });

  test('is nothing to our own program, and --no-cache is refused with it', () => {
    const bare = ['compare', 'disk-read', '--guest', 'bare', '--bytes', '512', '--methods', 'dma', '--json'];
    const env = { NORTHBRIDGE_CACHE: p('bare'), NORTHBRIDGE_CACHE_SIZE: 'much' };
    expect(northbridge(bare, { env })).toMatchObject({ status: 0, stderr: '' });
    expect(northbridge([...bare, '--no-cache'])).toEqual({
      status: 2, stdout: '', stderr: 'northbridge: --no-cache is for --guest debian\n',
    });
  });

  test('runs at the same time do no harm', async () => {
    const run = (): Promise<Result> => new Promise((resolve) => {
      const child = spawn(process.execPath, [PROGRAM, ...ARGS], { env: { ...process.env, NORTHBRIDGE_CACHE: p('two') } });
      let stdout = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => { stdout += text; });
      child.on('close', (status) => resolve({ status, stdout, stderr: '' }));
    });
    for (const r of await Promise.all([run(), run()])) expect(told(r).result).toEqual(without);
    expect(starts('two')).toHaveLength(2);
    for (const r of await Promise.all([run(), run()])) expect(told(r)).toEqual({ result: without, kept: BOTH });
  });
});

describe('cache', () => {
  const cache = (...args: string[]): Result => northbridge(['cache', ...args], { env: { NORTHBRIDGE_CACHE: p('shown') } });

  test('lists what is kept, and clears it, and nothing else', () => {
    expect(cache()).toMatchObject({ status: 0, stdout: expect.stringMatching(/^nothing, 0\.0 MiB, in /) as string });
    compare('shown');
    const all = starts('shown');
    const { entries, startBytes, ...rest } = JSON.parse(cache('--json').stdout) as {
      entries: { kind: string; path: string; bytes: number }[]; startBytes: number;
    };
    expect(rest).toMatchObject({ schema: 'northbridge-cache/1', folder: p('shown'), startBound: 2 ** 30 });
    expect(entries.map((e) => e.path).sort()).toEqual(all);
    expect(entries.map((e) => [e.kind, e.bytes])).toEqual(entries.map((e) => ['start', statSync(e.path).size]));
    expect(startBytes).toBe(entries.reduce((n, e) => n + e.bytes, 0));
    const text = cache().stdout;
    for (const path of all) expect(text).toContain(`start ${path.split('/').at(-1)?.slice(0, 12)}…`);
    expect(text).toContain('2 starts');

    writeFileSync(join(p('shown'), 'starts', 'mine'), 'mine');
    writeFileSync(join(p('shown'), 'starts', '.new-00'), 'left by a run that was killed');
    expect(cache('clear').stdout).toMatch(/^cleared 2 starts, \d+\.\d MiB\n$/);
    expect(starts('shown')).toEqual([join(p('shown'), 'starts', 'mine')]);
    expect(cache('clear').stdout).toBe(`nothing to clear in ${p('shown')}\n`);
    const guest = join(p('shown'), 'debian-guest', 'linux-image-6.1-0123456789ab');
    mkdirSync(guest, { recursive: true });
    expect(cache('clear').stdout).toBe(
      `nothing to clear in ${p('shown')}\n1 guest, 0.0 MiB, left: --all takes guests, too\n`,
    );
    expect(told(compare('shown')).kept).toEqual([]);
    expect(JSON.parse(cache('clear', '--json').stdout)).toMatchObject({ entries: [{ kind: 'start' }, {}] });
  });

  test('a word that it does not know is refused', () => {
    expect(cache('clean')).toMatchObject({ status: 2, stdout: '' });
    expect(cache('clean').stderr).toMatch(/^northbridge: [^\n]*clean[^\n]*clear[^\n]*\n$/);
  });
});
