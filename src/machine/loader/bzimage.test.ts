import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { refusal } from '../../../test/benches/load-refusal.ts';
import type { FirmwareScreen } from '../firmware/vga-setup.ts';
import { BOOT_PARAMS_ADDRESS, COMMAND_LINE_ADDRESS, KERNEL_ADDRESS, parseBzImage, planLinux } from './bzimage.ts';
import { LoadError } from './load-error.ts';
import type { LoadSegment, MemoryRange } from './plan.ts';

const MiB = 2 ** 20;

interface Shape {
  setupSects?: number;
  version?: number;
  paragraphs?: number;
  initSize?: number;
  preferred?: number;
  initrdMax?: number;
  relocatable?: boolean;
}

/** A hand-made bzImage whose kernel is 0, 1, 2, … */
function bzImage({
  setupSects = 1,
  version = 0x20f,
  paragraphs = 4,
  initSize = 0,
  preferred = KERNEL_ADDRESS,
  initrdMax = 0x7fffffff,
  relocatable = false,
}: Shape = {}): Uint8Array {
  const setup = ((setupSects || 4) + 1) * 512;
  const bytes = new Uint8Array(setup + paragraphs * 16);
  const view = new DataView(bytes.buffer);
  bytes[0x1f1] = setupSects;
  view.setUint32(0x1f4, paragraphs, true);
  view.setUint16(0x1fe, 0xaa55, true);
  bytes.set([0xeb, 0x6a], 0x200);
  view.setUint32(0x202, 0x53726448, true);
  view.setUint16(0x206, version, true);
  bytes[0x211] = 0x81;
  view.setUint32(0x22c, initrdMax, true);
  view.setUint32(0x230, 0x1000000, true);
  bytes[0x234] = relocatable ? 1 : 0;
  view.setUint32(0x238, 2047, true);
  view.setUint32(0x258, preferred, true);
  view.setUint32(0x260, initSize, true);
  for (let i = setup; i < bytes.length; i++) bytes[i] = i - setup;
  return bytes;
}

/** The map of a PC with `size` bytes of RAM. */
const pc = (size: number): MemoryRange[] => [
  { base: 0, size: 0x9fc00, type: 1 },
  { base: 0x9fc00, size: 0x400, type: 2 },
  { base: 0xf0000, size: 0x10000, type: 2 },
  { base: MiB, size: size - MiB, type: 1 },
];

const find = (segments: readonly LoadSegment[], name: string): LoadSegment => segments.find((s) => s.name === name)!;

describe('boot.rst, The Real-Mode Kernel Header', () => {
  test('setup_sects 0 means 4', () => {
    expect(parseBzImage(bzImage({ setupSects: 0 })).setup).toHaveLength(5 * 512);
    expect(parseBzImage(bzImage({ setupSects: 3 })).setup).toHaveLength(4 * 512);
  });

  test('syssize counts paragraphs: the last one need not be full', () => {
    const image = bzImage({ paragraphs: 4 });
    for (const missing of [1, 15]) {
      const { kernel } = parseBzImage(image.subarray(0, image.length - missing));
      expect(kernel).toHaveLength(64 - missing);
    }
    expect(refusal(() => parseBzImage(image.subarray(0, image.length - 16))).message).toContain('truncated');
  });

  test('xloadflags, XLF_KERNEL_64 (protocol 2.12 on): a kernel for x86-64 is refused', () => {
    const image = bzImage();
    image[0x236] = 1;
    expect(refusal(() => parseBzImage(image)).message).toMatch(/this kernel is for x86-64 .*processor is IA-32/);
    const older = bzImage({ version: 0x20b });
    older[0x236] = 1; // not yet defined
    expect(parseBzImage(older).kernel).toHaveLength(64);
  });

  test('what follows the kernel in the file is not part of it', () => {
    const image = bzImage();
    const signed = new Uint8Array(image.length + 100);
    signed.set(image);
    expect(parseBzImage(signed).kernel).toHaveLength(64);
  });

  test.each<[string, (image: Uint8Array) => Uint8Array, number]>([
    ['empty file', () => new Uint8Array(0), 0],
    ['boot flag', (i) => { i[0x1fe] = 0; return i; }, 0x1fe],
    ['HdrS', (i) => { i[0x202] = 0; return i; }, 0x202],
    ['protocol 2.02', (i) => { i[0x206] = 2; return i; }, 0x206],
    ['zImage', (i) => { i[0x211] = 0; return i; }, 0x211],
    ['header end', (i) => { i[0x201] = 0xff; return i; }, 0x201],
    ['no kernel', (i) => { i[0x1f4] = 0; return i; }, 0x1f4],
    ['setup_sects 255 in a short file', (i) => { i[0x1f1] = 255; return i; }, 0x440],
    ['truncated kernel', (i) => i.subarray(0, i.length - 16), 0x430],
    ['truncated setup', (i) => i.subarray(0, 0x267), 0x267],
    ['syssize FFFFFFFFh', (i) => { i.fill(0xff, 0x1f4, 0x1f8); return i; }, 0x440],
  ])('refused: %s', (_name, damage, offset) => {
    expect(refusal(() => parseBzImage(damage(bzImage()))).offset).toBe(offset);
  });
});

describe('boot.rst, 32-bit Boot Protocol', () => {
  const initrd = new Uint8Array(5000).fill(7);
  const plan = planLinux(bzImage(), { memoryMap: pc(64 * MiB), commandLine: 'console=ttyS0', initrd });
  const zero = find(plan.segments, 'boot_params').bytes;
  const view = new DataView(zero.buffer);

  test('the kernel begins at 1 MiB with ESI at boot_params, EBX, EDI and EBP zero', () => {
    expect(plan.entry).toBe(0x100000);
    expect(plan.registers).toMatchObject({ esi: BOOT_PARAMS_ADDRESS, ebx: 0, edi: 0, ebp: 0 });
    expect(find(plan.segments, 'kernel').bytes[5]).toBe(5);
  });

  test('__BOOT_CS is 10h and __BOOT_DS is 18h, both flat 4 GiB', () => {
    expect([plan.gdt.cs, plan.gdt.ds, plan.gdt.limit]).toEqual([0x10, 0x18, 31]);
    expect([...plan.gdt.bytes.subarray(0x10)]).toEqual([
      0xff, 0xff, 0, 0, 0, 0x9b, 0xcf, 0, 0xff, 0xff, 0, 0, 0, 0x93, 0xcf, 0,
    ]);
  });

  test('the setup header is copied and the loader fills in its fields', () => {
    expect(view.getUint32(0x202, true)).toBe(0x53726448);
    expect(zero[0x210]).toBe(0xff);
    expect(zero[0x211]).toBe(1);
    expect(view.getUint32(0x214, true)).toBe(KERNEL_ADDRESS);
    expect(view.getUint32(0x228, true)).toBe(COMMAND_LINE_ADDRESS);
    expect(zero.subarray(0x26c, 0x2d0).every((b) => b === 0)).toBe(true);
    expect(zero.subarray(0, 0x1e8).every((b) => b === 0)).toBe(true);
  });

  test('screen_info: text, or where pixels stand (include/uapi/linux/screen_info.h)', () => {
    const told = (screen: FirmwareScreen): DataView => new DataView(find(
      planLinux(bzImage(), { memoryMap: pc(64 * MiB), commandLine: '', screen }).segments, 'boot_params',
    ).bytes.buffer);
    const text = told({ kind: 'text', mode: 3, columns: 80, rows: 25, points: 16 });
    expect([0x06, 0x07, 0x0e, 0x0f, 0x10].map((at) => text.getUint8(at))).toEqual([3, 80, 25, 1, 16]);
    const linear = {
      kind: 'linear', width: 800, height: 600, base: 0xe0000000, bytes: 16 * MiB, lineBytes: 1600,
    } as const;
    const deep = told({ ...linear, bits: 16 });
    expect(deep.getUint8(0x0f)).toBe(0x23);
    expect([0x12, 0x14, 0x16, 0x24].map((at) => deep.getUint16(at, true))).toEqual([800, 600, 16, 1600]);
    expect([0x18, 0x1c].map((at) => deep.getUint32(at, true))).toEqual([0xe0000000, 256]);
    expect([0, 1, 2, 3, 4, 5, 6, 7].map((n) => deep.getUint8(0x26 + n))).toEqual([5, 11, 6, 5, 5, 0, 0, 0]);
    expect(told({ ...linear, bits: 8 }).getUint8(0x26)).toBe(0);
  });

  test('the initrd lies page-aligned at the end of RAM', () => {
    expect(find(plan.segments, 'initrd').address).toBe(64 * MiB - 8192);
    expect(view.getUint32(0x218, true)).toBe(64 * MiB - 8192);
    expect(view.getUint32(0x21c, true)).toBe(5000);
  });

  test('initrd_addr_max is the last byte that it may use', () => {
    const limited = planLinux(bzImage({ initrdMax: 16 * MiB - 1 }), {
      memoryMap: pc(64 * MiB),
      commandLine: '', initrd,
    });
    expect(find(limited.segments, 'initrd').address).toBe(16 * MiB - 8192);
  });

  test('the memory map has all rows, also those above 4 GiB', () => {
    const map = [...pc(64 * MiB), { base: 5 * 2 ** 32, size: 2 ** 33 + 4096, type: 1 }];
    const page = find(planLinux(bzImage(), { memoryMap: map, commandLine: '' }).segments, 'boot_params').bytes;
    const v = new DataView(page.buffer);
    expect(page[0x1e8]).toBe(5);
    expect([0, 4, 8, 12, 16].map((o) => v.getUint32(0x2d0 + 4 * 20 + o, true))).toEqual([0, 5, 4096, 2, 1]);
    expect([0, 8, 16].map((o) => v.getUint32(0x2d0 + 20 + o, true))).toEqual([0x9fc00, 0x400, 2]);
  });

  test('the command line ends with a NUL', () => {
    expect(String.fromCharCode(...find(plan.segments, 'command line').bytes)).toBe('console=ttyS0\0');
  });

  test('a relocatable kernel unpacks itself at its preferred address, and the initrd stays clear of that', () => {
    const shape = { relocatable: true, preferred: 16 * MiB, initSize: 16 * MiB };
    expect(parseBzImage(bzImage(shape))).toMatchObject({ workStart: 16 * MiB, workEnd: 32 * MiB });
    expect(refusal(() => planLinux(bzImage(shape), { memoryMap: pc(31 * MiB), commandLine: '' })).message).toMatch(
      /unpacks itself/,
    );
    expect(
      refusal(() => planLinux(bzImage(shape), { memoryMap: pc(32 * MiB), commandLine: '', initrd })).message,
    ).toMatch(/initrd: no RAM/);
    expect(
      find(planLinux(bzImage(shape), { memoryMap: pc(33 * MiB), commandLine: '', initrd }).segments, 'initrd').address,
    ).toBe(33 * MiB - 8192);
  });

  test.each<[string, () => unknown, RegExp]>([
    ['no RAM at 1 MiB', () => planLinux(bzImage(), { memoryMap: [pc(64 * MiB)[0]], commandLine: '' }), /kernel needs/],
    ['no low RAM', () => planLinux(bzImage(), { memoryMap: [pc(64 * MiB)[3]], commandLine: '' }), /not that much RAM/],
    [
      'long command line',
      () => planLinux(bzImage(), { memoryMap: pc(64 * MiB), commandLine: 'x'.repeat(2048) }),
      /2048 characters/,
    ],
    ['line feed', () => planLinux(bzImage(), { memoryMap: pc(64 * MiB), commandLine: 'a\nb' }), /printable/],
    [
      '129 rows',
      () =>
        planLinux(bzImage(), {
          memoryMap: [
            ...pc(64 * MiB),
            ...Array.from({ length: 125 }, (_, i) => ({ base: 2 ** 40 + i, size: 1, type: 2 })),
          ],
          commandLine: '',
        }),
      /129 rows/,
    ],
    [
      'negative size',
      () => planLinux(bzImage(), { memoryMap: [{ base: 0, size: -1, type: 1 }], commandLine: '' }),
      /no range/,
    ],
  ])('refused: %s', (_name, run, reason) => {
    expect(refusal(run).message).toMatch(reason);
  });
});

test('a damaged or cut image ends in a plan or a LoadError', () => {
  const good = bzImage({ relocatable: true, initSize: MiB });
  const changes = fc.array(fc.tuple(fc.integer({ min: 0x1f1, max: 0x267 }), fc.nat(255)), { maxLength: 8 });
  fc.assert(fc.property(changes, fc.nat(good.length), fc.boolean(), (list, length, cut) => {
    const image = good.slice(0, cut ? length : good.length);
    for (const [at, value] of list) if (at < image.length) image[at] = value;
    try {
      planLinux(image, { memoryMap: pc(64 * MiB), commandLine: 'x', initrd: new Uint8Array(100) });
    } catch (error) {
      expect(error).toBeInstanceOf(LoadError);
    }
  }), { numRuns: 1000, seed: 3 });
});
