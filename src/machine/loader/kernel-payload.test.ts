import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { elfKernel, LINKED, packedKernel } from '../../../test/benches/packed-kernel.ts';
import { refusal } from '../../../test/benches/load-refusal.ts';
import { BOOT_PARAMS_ADDRESS, planLinux } from './bzimage.ts';
import { findKernelPayload } from './kernel-payload.ts';
import { LoadError } from './load-error.ts';
import type { LoadPlan, MemoryRange } from './plan.ts';

const MiB = 2 ** 20;
const HALT = [0xfa, 0xf4];
const ELF = elfKernel(HALT);
const GZIP = gzipSync(ELF);
const ram = (size: number): MemoryRange[] => [
  { base: 0, size: 0x9fc00, type: 1 }, { base: MiB, size: size - MiB, type: 1 },
];

describe('boot.rst, payload_offset and payload_length', () => {
  test('gzip has its size in itself (RFC 1952, ISIZE)', () => {
    const found = findKernelPayload(packedKernel(GZIP))!;
    expect(found).toMatchObject({ method: 'gzip', size: ELF.length });
    expect(Buffer.from(found.bytes).equals(GZIP)).toBe(true);
  });

  test.each([
    ['bzip2', [0x42, 0x5a, 0x68]], ['lzma', [0x5d, 0, 0]], ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]],
    ['lzo', [0x89, 0x4c, 0x5a]], ['lz4', [0x02, 0x21, 0x4c, 0x18]], ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ] as const)('%s is told by its magic; the four bytes behind it are the size', (method, magic) => {
    const file = Uint8Array.from([...magic, 1, 2, 3, 4, 5, 6, 7, 8]);
    const found = findKernelPayload(packedKernel(file, { says: 5000 }))!;
    expect(found).toMatchObject({ method, size: 5000 });
    expect([...found.bytes]).toEqual([...file]);
  });

  test('a kernel that is not packed is its own payload', () => {
    expect(findKernelPayload(packedKernel(ELF))).toMatchObject({ method: 'none', size: ELF.length });
  });

  test('before protocol 2.08, and where the offset is 0, the header names none', () => {
    expect(findKernelPayload(packedKernel(GZIP, { version: 0x207 }))).toBeNull();
    expect(findKernelPayload(packedKernel(GZIP, { version: 0x208 }))).not.toBeNull();
    expect(findKernelPayload(packedKernel(GZIP, { offset: 0 }))).toBeNull();
  });

  test.each([
    ['outside of the file', { offset: 2 ** 31 }, /ends behind the kernel's/],
    ['longer than the file', { length: 0xffff_ffff }, /ends behind the kernel's/],
    ['empty', { length: 0 }, /packed kernel of 0 bytes/],
    ['of an unknown method', { offset: 8 }, /unknown method \(it begins with 00 00 00 00\)/],
    ['larger than init_size', { initSize: ELF.length - 1 }, /4096 bytes unpacked, .* above its 4095/],
    ['smaller than a header', { says: 51 }, /51 bytes unpacked, .* no kernel/],
    ['of gigabytes', { says: 0xffff_ffff }, /4294967295 bytes unpacked/],
    ['of gigabytes, as init_size', { says: 0xffff_fff0, initSize: 0xffff_ffff }, /above its 536870912/],
    ['of gigabytes, with a header before 2.10', { says: 0xffff_ffff, version: 0x209 }, /above its 536870912/],
  ])('refused before it is unpacked: one %s', (_what, shape, reason) => {
    const file = 'says' in shape ? Uint8Array.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 0]) : GZIP;
    expect(refusal(() => findKernelPayload(packedKernel(file, shape))).message).toMatch(reason);
  });

  test('any damage of the header or the packed bytes ends in a payload or a LoadError', () => {
    const good = packedKernel(GZIP);
    const changes = fc.array(fc.tuple(fc.integer({ min: 0x1f1, max: good.length - 1 }), fc.nat(255)), { maxLength: 8 });
    fc.assert(fc.property(changes, fc.nat(good.length), fc.boolean(), (list, length, cut) => {
      const image = Buffer.from(good.subarray(0, cut ? length : good.length));
      for (const [at, value] of list) if (at < image.length) image[at] = value;
      try {
        const found = findKernelPayload(image);
        if (found !== null) expect(found.size).toBeLessThanOrEqual(512 * MiB);
      } catch (error) {
        expect(error).toBeInstanceOf(LoadError);
      }
    }), { numRuns: 1000, seed: 4 });
  });
});

describe('the unpacked kernel in place of its decompressor', () => {
  const image = packedKernel(GZIP);
  const plan = (vmlinux: Uint8Array | null, { kernel = image, size = 64 * MiB, commandLine = '' } = {}): LoadPlan =>
    planLinux(kernel, {
      memoryMap: ram(size), commandLine, initrd: new Uint8Array(5000), ...(vmlinux === null ? {} : { vmlinux }),
    });

  test('is entered at its physical entry as the decompressor does (compressed/head_32.S)', () => {
    const direct = plan(ELF);
    expect(direct.entry).toBe(LINKED);
    expect(direct.registers).toMatchObject({ esi: BOOT_PARAMS_ADDRESS, ebx: 0 });
    const kernel = direct.segments.find((s) => s.name === 'kernel segment 0')!;
    expect([...kernel.bytes.subarray(0, 2)]).toEqual(HALT);
    expect([kernel.address, kernel.bytes.length + kernel.zeroBytes]).toEqual([LINKED, 0x2000]);
  });

  test('boot_params, initrd and all else are as with the decompressor', () => {
    const others = (p: LoadPlan) => p.segments.filter((s) => !s.name.startsWith('kernel'));
    expect(others(plan(ELF))).toEqual(others(plan(null)));
    expect(plan(ELF).registers).toEqual(plan(null).registers);
  });

  test('loadflags: KASLR is the decompressor\'s to set', () => {
    const kernel = Buffer.from(image);
    kernel[0x211] |= 2;
    const page = plan(ELF, { kernel }).segments.find((s) => s.name === 'boot_params')!;
    expect(page.bytes[0x211]).toBe(1);
  });

  test.each<[string, Uint8Array, Parameters<typeof plan>[1], RegExp]>([
    ['no ELF file', new Uint8Array(100), {}, /^vmlinux: ELF, offset 0x0: no ELF magic/],
    ['ELF64', ELF.map((b, i) => (i === 4 ? 2 : b)), {}, /class 2 \(64 bit\)/],
    ['another machine', ELF.map((b, i) => (i === 18 ? 40 : b)), {}, /it is for Arm, wanted IA-32/],
    ['nothing to load', ELF.map((b, i) => (i === 52 ? 4 : b)), {}, /no segment to load/],
    ['an entry outside', ELF.map((b, i) => (i === 27 ? 0xc1 : b)), {}, /entry .* lies in no loaded segment/],
    ['cut off', ELF.subarray(0, 300), {}, /behind the file's end/],
    ['more than the memory that the header tells', elfKernel(HALT, { memorySize: 2 * MiB }), {}, /lies outside of/],
    ['linked elsewhere', elfKernel(HALT, { address: 17 * MiB }), {}, /would move it to 0x1000000/],
    ['moved by its alignment', ELF, { kernel: packedKernel(GZIP, { alignment: 32 * MiB }) }, /move it to 0x2000000/],
    ['asked for another address', ELF, { commandLine: 'quiet kaslr' }, /by chance \(kaslr\)/],
    ['without RAM where it was linked', ELF, { size: 16 * MiB }, /no RAM for 5000 bytes/],
    [
      'over boot_params', elfKernel(HALT, { address: 0x1_0000 }),
      { kernel: packedKernel(GZIP, { relocatable: false, version: 0x209 }) }, /overlaps/,
    ],
  ])('refused: %s', (_what, vmlinux, given, reason) => {
    expect(refusal(() => plan(vmlinux, given)).message).toMatch(reason);
  });

  test('nokaslr is no wish for it', () => {
    expect(plan(ELF, { commandLine: 'nokaslr' }).entry).toBe(LINKED);
  });

  test('a kernel that is not relocatable goes where it was linked', () => {
    const kernel = packedKernel(GZIP, { relocatable: false, version: 0x209 });
    expect(plan(elfKernel(HALT, { address: 4 * MiB }), { kernel }).entry).toBe(4 * MiB);
  });

  test('any damage of the ELF file\'s headers ends in a plan or a LoadError', () => {
    const changes = fc.array(fc.tuple(fc.nat(83), fc.nat(255)), { minLength: 1, maxLength: 6 });
    fc.assert(fc.property(changes, (list) => {
      const vmlinux = Uint8Array.from(ELF);
      for (const [at, value] of list) vmlinux[at] = value;
      try {
        plan(vmlinux);
      } catch (error) {
        expect(error).toBeInstanceOf(LoadError);
      }
    }), { numRuns: 500, seed: 5 });
  });
});
