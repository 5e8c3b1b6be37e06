import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { refusal } from '../../../test/benches/load-refusal.ts';
import { readElf32Symbols } from './elf32-symbols.ts';
import { parseElf32 } from './elf32.ts';
import { LoadError } from './load-error.ts';

interface Header { vaddr?: number; paddr: number; offset: number; fileSize: number; memorySize: number; type?: number }

/** A hand-made executable: header, program headers, then bytes to `size`. */
function elf(headers: readonly Header[], size = 512, entry = 0x100000): Uint8Array {
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  view.setUint16(16, 2, true);
  view.setUint16(18, 3, true);
  view.setUint32(24, entry, true);
  view.setUint32(28, 52, true);
  view.setUint16(42, 32, true);
  view.setUint16(44, headers.length, true);
  headers.forEach((h, i) => {
    const at = 52 + i * 32;
    [h.type ?? 1, h.offset, h.vaddr ?? h.paddr, h.paddr, h.fileSize, h.memorySize, 7].forEach((v, k) => {
      view.setUint32(at + k * 4, v, true);
    });
  });
  return bytes;
}

const GOOD: Header = { paddr: 0x100000, offset: 256, fileSize: 16, memorySize: 64 };

describe('ELF32 program headers', () => {
  test('a segment gives its bytes, its memory size and the entry', () => {
    const image = elf([GOOD]);
    image[256] = 0x90;
    const parsed = parseElf32(image);
    expect(parsed.entry).toBe(0x100000);
    expect(parsed.segments).toHaveLength(1);
    expect(parsed.segments[0].bytes).toHaveLength(16);
    expect(parsed.segments[0].bytes[0]).toBe(0x90);
    expect(parsed.segments[0].memorySize).toBe(64);
  });

  test('the entry is a physical address, also where the virtual address differs', () => {
    expect(parseElf32(elf([{ ...GOOD, vaddr: 0xc0100000 }], 512, 0xc0100004)).entry).toBe(0x100004);
  });

  test('a view in the middle of a larger buffer is read from its own beginning', () => {
    const image = elf([GOOD]);
    const room = new Uint8Array(image.length + 7);
    room.set(image, 7);
    expect(parseElf32(room.subarray(7)).entry).toBe(0x100000);
  });

  test('headers that are not PT_LOAD, and empty segments, are left out', () => {
    expect(
      parseElf32(elf([{ ...GOOD, type: 4, offset: 9999 }, GOOD, { ...GOOD, fileSize: 0, memorySize: 0 }])).segments,
    ).toHaveLength(1);
  });

  test.each<[string, Uint8Array, number, RegExp]>([
    ['empty file', new Uint8Array(0), 0, /less than a header/],
    ['no magic', new Uint8Array(64), 0, /magic/],
    ['segment behind the end of the file', elf([{ ...GOOD, offset: 500 }]), 52 + 4, /behind the file's end/],
    ['offset near 4 GiB', elf([{ ...GOOD, offset: 0xfffffff8 }]), 52 + 4, /behind the file's end/],
    ['file size above memory size', elf([{ ...GOOD, memorySize: 8 }]), 52 + 16, /more than memory size/],
    ['memory that wraps at 4 GiB', elf([{ ...GOOD, paddr: 0xfffffff0 }], 512, 0xfffffff0), 52 + 12, /above 4 GiB/],
    ['memory size FFFFFFFFh', elf([{ ...GOOD, memorySize: 0xffffffff }]), 52 + 12, /above 4 GiB/],
    ['overlapping segments', elf([GOOD, { ...GOOD, paddr: 0x10003f }]), 84, /overlaps/],
    ['entry outside', elf([GOOD], 512, 0x100040), 24, /entry/],
    ['no segment', elf([{ ...GOOD, type: 0 }]), 52, /no segment/],
    ['table behind the end of the file', elf([GOOD], 512).subarray(0, 60), 28, /program header table/],
  ])('refused: %s', (_name, image, offset, reason) => {
    const error = refusal(() => parseElf32(image));
    expect(error.message).toMatch(reason);
    expect(error.offset).toBe(offset);
  });

  test.each<[string, number, number]>([
    ['class 64', 4, 2], ['big-endian', 5, 2], ['version', 6, 0], ['type', 16, 3], ['machine', 18, 62],
    ['header size', 42, 56],
  ])('refused: wrong %s', (_name, offset, value) => {
    const image = elf([GOOD]);
    image[offset] = value;
    expect(refusal(() => parseElf32(image)).offset).toBe(offset);
  });

  test('65535 program headers are refused before any is read', () => {
    const image = elf([GOOD]);
    image[44] = image[45] = 0xff;
    expect(refusal(() => parseElf32(image)).offset).toBe(44);
  });
});

describe('hostile files', () => {
  const prebuilt = new Uint8Array(readFileSync(new URL('../../../guest/images/disk-read.elf', import.meta.url)));
  const harmless = (image: Uint8Array): void => {
    for (const read of [parseElf32, readElf32Symbols]) {
      try {
        read(image);
      } catch (error) {
        expect(error).toBeInstanceOf(LoadError);
      }
    }
  };

  test('any bytes behind a good identification end in a result or a LoadError', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (tail) => {
      harmless(Uint8Array.from([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 3, 0, ...tail]));
    }), { numRuns: 500, seed: 1 });
  });

  test('a good file with any bytes of its headers replaced, or cut anywhere, does too', () => {
    const replaced = fc.array(fc.tuple(fc.nat(83), fc.nat(255)), { minLength: 1, maxLength: 6 });
    fc.assert(fc.property(replaced, fc.nat(prebuilt.length), (changes, length) => {
      const image = prebuilt.slice();
      for (const [at, value] of changes) image[at] = value;
      harmless(image);
      harmless(prebuilt.subarray(0, length));
    }), { numRuns: 500, seed: 2 });
  });
});

describe('symbols', () => {
  /** Appends section headers: null, symbol table, string table. */
  function withSymbols(name: number, link = 2): Uint8Array {
    const bytes = elf([GOOD], 1024);
    const view = new DataView(bytes.buffer);
    view.setUint32(32, 600, true);
    view.setUint16(46, 40, true);
    view.setUint16(48, 3, true);
    [0, 2, 0, 0, 320, 32, link].forEach((v, i) => { view.setUint32(640 + i * 4, v, true); });
    [0, 3, 0, 0, 400, 8].forEach((v, i) => { view.setUint32(680 + i * 4, v, true); });
    [name, 0x100010, 5].forEach((v, i) => { view.setUint32(336 + i * 4, v, true); });
    bytes[336 + 12] = 0x12;
    view.setUint16(336 + 14, 1, true);
    bytes.set([0, 0x72, 0x75, 0x6e, 0], 400);
    return bytes;
  }

  test('a function has name, value and size', () => {
    expect(readElf32Symbols(withSymbols(1))).toEqual([{ name: 'run', value: 0x100010, size: 5, kind: 'function' }]);
  });

  test('a stripped file has none', () => {
    expect(readElf32Symbols(elf([GOOD]))).toEqual([]);
  });

  test('names and links outside their tables are refused', () => {
    expect(refusal(() => readElf32Symbols(withSymbols(8))).message).toMatch(/outside the string table/);
    expect(refusal(() => readElf32Symbols(withSymbols(1, 9))).message).toMatch(/section 9 of 3/);
  });
});
