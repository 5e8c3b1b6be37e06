import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as zlib from 'node:zlib';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { findKernelPayload, type KernelPayload } from '../../../src/machine/loader/kernel-payload.ts';
import { LoadError } from '../../../src/machine/loader/load-error.ts';
import { elfKernel, packedKernel, type Shape } from '../../../test/benches/packed-kernel.ts';
import { obstacle, unpackedInCache, unpackedKernel } from './direct-entry.ts';
import { DamagedKernelError, NoDecoderError } from './errors.ts';
import { placeInCache, readKept } from './kept-vmlinux.ts';
import { unpackKernel } from './unpack.ts';

const ELF = elfKernel([0xfa, 0xf4]);
const SIZE = ELF.length;
/** `xz --check=crc32 --x86 --lzma2=preset=9,dict=1MiB` of it, as the kernel's build does. */
const XZ = Buffer.from(
  '/Td6WFoAAAFpIt42AgEEACEBEACLIW9J4A//AEFdAD+RRYRoO97epg8j11p2FlQK9Rd3Q56VWVpA+Aug5Nb/GAVf9qzoT7HaXGUSdTQBWbMyJo' +
    'LRIwixoYcXgLsGMT4AAAAAAJQJ6VoAAVmAIAAAAE6SAPk+MA2LAgAAAAABWVo=',
  'base64',
);
/** `zstd -19` of it, from a pipe. */
const ZSTD = Buffer.from(
  'KLUv/QRopQEAUoQJEuBpDSMAA4yAP+BeRGgTsL1lCtUqvo/29O3tby+x/xD8NzNzCgoDEAD69gdf1JNzAv2qYCg=', 'base64',
);
const HAS_ZSTD = 'zstdDecompress' in zlib;

const folder = mkdtempSync(join(tmpdir(), 'northbridge-kernels-'));
let cache = '';
beforeEach(() => { cache = mkdtempSync(join(folder, 'cache-')); });
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

function payload(file: Uint8Array, shape: Shape = {}): KernelPayload {
  return findKernelPayload(packedKernel(file, shape))!;
}
const isElf = (bytes: Uint8Array): boolean => Buffer.from(bytes).equals(ELF);

describe('a kernel is unpacked', () => {
  test('by gzip; by xz with the filter for x86; as it is', async () => {
    expect(isElf(await unpackKernel(payload(zlib.gzipSync(ELF))))).toBe(true);
    expect(isElf(await unpackKernel(payload(XZ, { says: SIZE })))).toBe(true);
    expect(isElf(await unpackKernel(payload(ELF)))).toBe(true);
  });

  test('by zstd where Node has it, else the kernel does it itself', async () => {
    const unpacking = unpackKernel(payload(ZSTD, { says: SIZE }));
    if (HAS_ZSTD) expect(isElf(await unpacking)).toBe(true);
    else await expect(unpacking).rejects.toThrow(NoDecoderError);
  });

  test.each([
    ['bzip2', [0x42, 0x5a, 0x68]], ['lzma', [0x5d, 0, 0]], ['lzo', [0x89, 0x4c, 0x5a]], ['lz4', [2, 0x21, 0x4c, 0x18]],
  ])('not by %s, which has no decoder here', async (method, magic) => {
    const unpacking = unpackKernel(payload(Uint8Array.from([...magic, 0, 0, 0, 0]), { says: SIZE }));
    await expect(unpacking).rejects.toThrow(NoDecoderError);
    await expect(unpacking).rejects.toThrow(new RegExp(`packed by ${method}`));
  });
});

describe('a damaged one is refused', () => {
  const methods: [string, Buffer, boolean][] = [['gzip', zlib.gzipSync(ELF), false], ['xz', XZ, true]];
  if (HAS_ZSTD) methods.push(['zstd', ZSTD, true]);

  test.each(methods)('%s: a flipped bit is an error, or changes nothing', async (_method, file, appended) => {
    let refused = 0;
    for (let at = 0; at < file.length; at += 3) {
      const damaged = Buffer.from(file);
      damaged[at] ^= 4;
      try {
        const found = { ...payload(file, { says: appended ? SIZE : null }), bytes: damaged };
        expect(isElf(await unpackKernel(found))).toBe(true);
      } catch (error) {
        // A flag of the xz format may ask for what the decoder does not have.
        if (!(error instanceof NoDecoderError)) expect(error).toBeInstanceOf(DamagedKernelError);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(file.length / 3 * 0.7);
  });

  test.each(methods)('%s: an end that is missing', async (_method, file, appended) => {
    for (const left of [file.length - 1, file.length >> 1, 20]) {
      const found = { ...payload(file, { says: appended ? SIZE : null }), bytes: file.subarray(0, left) };
      await expect(unpackKernel(found)).rejects.toThrow(DamagedKernelError);
    }
  });

  test.each(methods)('%s: less or more than it says', async (_method, file, appended) => {
    const found = payload(file, { says: appended ? SIZE : null });
    await expect(unpackKernel({ ...found, size: SIZE - 1 })).rejects.toThrow(/more than the 4095 bytes that it says/);
    await expect(unpackKernel({ ...found, size: SIZE + 1 })).rejects.toThrow(/has 4096 bytes and says 4097/);
  });

  test('xz, of a size that the decoder has no room for: the kernel may do it itself', async () => {
    await expect(unpackKernel({ ...payload(XZ, { says: SIZE }), size: 400 * 2 ** 20 })).rejects.toThrow(NoDecoderError);
  });

  test('what unpacks to far more than it says is not unpacked further', async () => {
    const bomb = zlib.gzipSync(Buffer.alloc(64 * 2 ** 20));
    bomb.writeUInt32LE(SIZE, bomb.length - 4);
    await expect(unpackKernel(payload(bomb))).rejects.toThrow(/more than the 4096 bytes/);
  });
});

describe('the unpacked kernel is kept', () => {
  const kernel = packedKernel(XZ, { says: SIZE });

  test('and read the next time, by the digests of both', async () => {
    expect(await unpackedInCache(kernel, cache)).toMatchObject({ kept: true });
    const path = placeInCache(cache, kernel);
    expect(isElf((await readKept(path, kernel))!)).toBe(true);
    expect(await readKept(path, packedKernel(XZ, { says: SIZE, initSize: 2 ** 21 }))).toBeNull();
  });

  test.each<[string, (path: string) => void]>([
    ['a damaged file', (path) => writeFileSync(path, readFileSync(path).fill(1, 50, 60))],
    ['a file that is cut off', (path) => writeFileSync(path, readFileSync(path).subarray(0, 100))],
    ['no digests', (path) => rmSync(`${path}.sha256`)],
    ['no file', (path) => rmSync(path)],
  ])('%s is made anew', async (_what, damage) => {
    await unpackedInCache(kernel, cache);
    const path = placeInCache(cache, kernel);
    damage(path);
    expect(await readKept(path, kernel)).toBeNull();
    expect(isElf((await unpackedInCache(kernel, cache) as { vmlinux: Uint8Array }).vmlinux)).toBe(true);
    expect(isElf((await readKept(path, kernel))!)).toBe(true);
  });

  test('by several at once', async () => {
    const all = await Promise.all(Array.from({ length: 6 }, async () => unpackedInCache(kernel, cache)));
    expect(all.every((u) => u.vmlinux !== null && isElf(u.vmlinux))).toBe(true);
    expect(readdirSync(join(cache, 'kernels'))).toHaveLength(2);
  });

  test('a cache that cannot be written does no harm', async () => {
    writeFileSync(join(cache, 'kernels'), 'a file where the folder would be');
    expect(await unpackedInCache(kernel, cache)).toMatchObject({ kept: false });
  });

  test.skipIf(spawnSync('mkfifo', ['--version']).status !== 0)('a pipe in its place is not waited for', async () => {
    expect(await unpackedInCache(kernel, cache)).toMatchObject({ kept: true });
    const path = placeInCache(cache, kernel);
    rmSync(path);
    spawnSync('mkfifo', [path]);
    expect(await readKept(path, kernel)).toBeNull();
    expect(await unpackedInCache(kernel, cache)).toMatchObject({ kept: true });
    expect(isElf((await readKept(path, kernel))!)).toBe(true);
  });

  test('not if it is no kernel', async () => {
    const none = packedKernel(zlib.gzipSync(Buffer.alloc(200)));
    await expect(unpackedInCache(none, cache)).rejects.toThrow(LoadError);
    expect(await readKept(placeInCache(cache, none), none)).toBeNull();
  });
});

test('why there is none, or why it cannot be entered', async () => {
  const at = join(folder, 'vmlinux');
  expect(await unpackedKernel(packedKernel(XZ, { version: 0x206 }), at)).toEqual({
    vmlinux: null, why: 'its header, of boot protocol 2.06, does not tell where it is packed',
  });
  expect(await unpackedKernel(packedKernel(XZ, { offset: 0 }), at)).toEqual({ vmlinux: null, why: '' });
  expect(obstacle(packedKernel(XZ), ELF, 'quiet')).toBe('');
  expect(obstacle(packedKernel(XZ), ELF, 'kaslr')).toContain('kaslr');
});
