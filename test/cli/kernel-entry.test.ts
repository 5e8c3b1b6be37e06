import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { elfKernel, packedKernel, type Shape } from '../benches/packed-kernel.ts';
import { bzImage, CODE } from './kernels.ts';
import { northbridge, scratch, type Result } from './northbridge.ts';

const dir = scratch();
afterAll(() => dir.remove());

/** A kernel whose decompressor prints `packed`, and which itself prints `direct`. */
const ELF = elfKernel(CODE.printing('direct'), { size: 0x2000, memorySize: 0x3000 });
const file = (name: string, image: Uint8Array): string => {
  writeFileSync(dir.path(name), image);
  return dir.path(name);
};
const packed = (payload: Uint8Array, shape: Shape = {}): Buffer => packedKernel(payload, shape, CODE.printing('packed'));
const GOOD = file('good', packed(gzipSync(ELF)));
const OLD = file('old', packed(gzipSync(ELF), { version: 0x207 }));
const LZO = file('lzo', packed(Uint8Array.from([0x89, 0x4c, 0x5a, 0, 0, 0, 0, 0]), { says: 5000 }));
const damaged = gzipSync(ELF);
damaged[40] ^= 1;
const DAMAGED = file('damaged', packed(damaged));
const UNKNOWN = file('unknown', packed(Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8])));

const run = (kernel: string, ...more: string[]): Result =>
  northbridge(['run', 'pc', '--memory', '32MiB', '--kernel', kernel, ...more], {
    env: { NORTHBRIDGE_CACHE: dir.path('cache') },
  });

describe('--kernel-entry', () => {
  test('without it, the kernel is entered unpacked, and kept so', () => {
    for (let i = 0; i < 2; i++) {
      const r = run(GOOD, '--quiet');
      expect(r).toEqual({ status: 0, stdout: 'direct', stderr: '' });
    }
    expect(readdirSync(dir.path('cache/kernels'))).toHaveLength(2);
  });

  test('one that lies beside it, as a prepared guest has it, is taken if it was made from it', () => {
    const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
    const kernel = packed(gzipSync(ELF), { says: ELF.length });
    mkdirSync(dir.path('guest'));
    const place = file('guest/vmlinuz', kernel), env = { NORTHBRIDGE_CACHE: dir.path('beside') };
    file('guest/vmlinux', ELF);
    const start = (): string => northbridge(['run', 'pc', '--kernel', place, '--quiet'], { env }).stdout;
    writeFileSync(dir.path('guest/vmlinux.sha256'), `${sha256(kernel)}  vmlinuz\n${sha256(ELF)}  vmlinux\n`);
    expect(start()).toBe('direct');
    expect(existsSync(dir.path('beside'))).toBe(false);
    writeFileSync(dir.path('guest/vmlinux'), 'another');
    expect(start()).toBe('direct');
    expect(readdirSync(dir.path('beside/kernels'))).toHaveLength(2);
  });

  test('decompressor, vmlinux', () => {
    expect(run(GOOD, '--quiet', '--kernel-entry', 'decompressor').stdout).toBe('packed');
    expect(run(GOOD, '--quiet', '--kernel-entry', 'vmlinux').stdout).toBe('direct');
  });

  test.each([
    ['its header does not tell', OLD, /of boot protocol 2\.07, does not tell where it is packed/],
    ['no decoder', LZO, /it is packed by lzo, for which there is no decoder here/],
  ])('where it is not possible, the kernel unpacks itself, which one line tells: %s', (_what, kernel, why) => {
    const told = run(kernel);
    expect(told).toMatchObject({ status: 0, stdout: 'packed' });
    expect(told.stderr).toMatch(/^northbridge: the kernel unpacks itself, which takes longer: [^\n]+\nnorthbridge: /);
    expect(told.stderr).toMatch(why);
    expect(run(kernel, '--quiet')).toEqual({ status: 0, stdout: 'packed', stderr: '' });
    const asked = run(kernel, '--kernel-entry', 'vmlinux');
    expect(asked).toMatchObject({ status: 2, stdout: '' });
    expect(asked.stderr).toMatch(/^northbridge: --kernel-entry vmlinux: kernel '[^\n]+' cannot be entered directly: [^\n]+\n$/);
    expect(asked.stderr).toMatch(why);
  });

  test('a kernel in which nothing is packed is none to speak of', () => {
    const plain = file('plain', bzImage(CODE.printing('plain')));
    expect(run(plain, '--quiet', '--kernel-entry', 'decompressor')).toMatchObject({ status: 0, stdout: 'plain' });
    expect(run(plain).stderr).not.toContain('unpacks itself');
    expect(run(plain, '--kernel-entry', 'vmlinux').stderr).toContain('nothing is packed in it');
  });

  test.each([
    ['damaged', DAMAGED, /the kernel packed in it is damaged: /], ['unknown', UNKNOWN, /packed by an unknown method/],
    ['no kernel', file('none', packed(gzipSync(Buffer.alloc(99)))), /vmlinux: ELF, offset 0x0: no ELF magic/],
    ['ELF64', file('elf64', packed(gzipSync(ELF.map((b, i) => (i === 4 ? 2 : b))))), /class 2 \(64 bit\)/],
    ['large', file('large', packed(Uint8Array.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0]), { says: 2 ** 32 - 1 })), /4294967295/],
  ])('a bad payload is one line and status 2: %s; with decompressor it is the kernel\'s own affair', (_what, kernel, why) => {
    for (const entry of [[], ['--kernel-entry', 'vmlinux']]) {
      const r = run(kernel, ...entry);
      expect(r).toMatchObject({ status: 2, stdout: '' });
      expect(r.stderr).toMatch(/^northbridge: kernel '[^\n]+\n$/);
      expect(r.stderr).toMatch(why);
    }
    expect(run(kernel, '--quiet', '--kernel-entry', 'decompressor')).toEqual({ status: 0, stdout: 'packed', stderr: '' });
  });

  test('it is for Linux', () => {
    const bare = northbridge(['compare', 'disk-read', '--kernel-entry', 'vmlinux']);
    expect(bare).toMatchObject({ status: 2, stderr: 'northbridge: --kernel-entry is for --guest debian\n' });
    const program = fileURLToPath(new URL('../../guest/images/disk-read.elf', import.meta.url));
    expect(northbridge(['compare', 'paths', '--kernel-entry', 'vmlinux']).status).toBe(2);
    expect(run(program, '--kernel-entry', 'vmlinux').stderr).toMatch(/is a program/);
  });
});
