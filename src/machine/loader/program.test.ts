import { describe, expect, test } from 'vitest';
import { LoadError } from './load-error.ts';
import { findMultiboot } from './multiboot.ts';
import type { MemoryRange } from './plan.ts';
import { isProgram, planProgram, PROGRAM_INFORMATION_ADDRESS } from './program.ts';

const MAP: MemoryRange[] = [
  { base: 0, size: 0xa0000, type: 1 }, { base: 0xf0000, size: 0x10000, type: 2 },
  { base: 0x100000, size: 15 * 2 ** 20, type: 1 },
];
const MAGIC = 0x1badb002;

/** An ELF32 executable of one segment at 1 MiB, entered at its begin. */
function elf(contents: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(0x1000 + contents.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  view.setUint16(16, 2, true);
  view.setUint16(18, 3, true);
  view.setUint32(24, 0x100000, true);
  view.setUint32(28, 52, true);
  view.setUint16(42, 32, true);
  view.setUint16(44, 1, true);
  const header = [1, 0x1000, 0x100000, 0x100000, contents.length, contents.length + 64, 7, 0x1000];
  header.forEach((w, i) => view.setUint32(52 + 4 * i, w, true));
  bytes.set(contents, 0x1000);
  return bytes;
}

function words(...list: number[]): Uint8Array {
  const bytes = new Uint8Array(4 * list.length);
  list.forEach((w, i) => new DataView(bytes.buffer).setUint32(4 * i, w >>> 0, true));
  return bytes;
}
const header = (flags: number, ...more: number[]): Uint8Array => words(MAGIC, flags, -(MAGIC + flags), ...more);

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(LoadError);
    return (error as LoadError).message;
  }
  throw new Error('it was accepted');
}

describe('a plain ELF file', () => {
  test('goes to its physical addresses and is entered with EAX = 0', () => {
    const plan = planProgram(elf(words(1, 2, 3)), { memoryMap: MAP, commandLine: '' });
    expect(plan).toMatchObject({ entry: 0x100000, registers: { eax: 0, ebx: 0, esp: 0x9000 } });
    expect(plan.segments.at(-1)).toMatchObject({ address: 0x100000, zeroBytes: 64 });
  });

  test('for another machine, of 64 bits, or cut short is refused by name', () => {
    const other = elf(words(0));
    other[18] = 40;
    expect(refusal(() => planProgram(other, { memoryMap: MAP, commandLine: '' }))).toContain('for Arm, wanted IA-32');
    const long = elf(words(0));
    long[4] = 2;
    long[18] = 62;
    expect(refusal(() => planProgram(long, { memoryMap: MAP, commandLine: '' }))).toContain('(64 bit) for x86-64');
    const image = elf(words(1, 2, 3, 4));
    expect(refusal(() => planProgram(image.subarray(0, image.length - 1), { memoryMap: MAP, commandLine: '' })))
      .toContain("behind the file's end");
  });
});

describe('Multiboot 0.6.96', () => {
  test('§3.2, §3.3: EAX, EBX and the information structure', () => {
    const plan = planProgram(elf(header(3)), { memoryMap: MAP, commandLine: 'kernel a=b' });
    expect(plan.registers).toMatchObject({ eax: 0x2badb002, ebx: PROGRAM_INFORMATION_ADDRESS });
    const { address, bytes } = plan.segments.find((s) => s.name === 'multiboot information')!;
    const view = new DataView(bytes.buffer);
    const word = (at: number): number => view.getUint32(at, true);
    const text = (at: number): string => {
      const from = word(at) - address;
      return String.fromCharCode(...bytes.subarray(from, bytes.indexOf(0, from)));
    };
    expect(word(0)).toBe(0x245);
    expect([word(4), word(8)]).toEqual([640, 15 * 1024]);
    expect([text(16), text(64)]).toEqual(['kernel a=b', 'northbridge']);
    expect(word(44)).toBe(3 * 24);
    const rows = [0, 1, 2].map((i) => [0, 4, 12, 20].map((o) => word(word(48) - address + 24 * i + o)));
    expect(rows).toEqual([[20, 0, 0xa0000, 1], [20, 0xf0000, 0x10000, 2], [20, 0x100000, 15 * 2 ** 20, 1]]);
  });

  test('§3.1: magic, checksum and place; without them there is no header', () => {
    const at = (offset: number, bytes: Uint8Array): Uint8Array => {
      const image = new Uint8Array(9000);
      image.set(bytes, offset);
      return image;
    };
    expect(findMultiboot(at(8180, header(0)))).toMatchObject({ offset: 8180, addresses: null });
    expect(findMultiboot(at(8184, header(0)))).toBeNull();
    expect(findMultiboot(at(2, header(0)))).toBeNull();
    expect(findMultiboot(words(MAGIC, 0, 1))).toBeNull();
    expect(isProgram(at(4, header(0)))).toBe(true);
    expect(isProgram(new Uint8Array(9000))).toBe(false);
  });

  test('§3.1.2: a requirement that is not known is refused', () => {
    expect(refusal(() => findMultiboot(header(0x8000)))).toContain('require what is not known');
  });

  test('§3.1.3: addresses in the header, for an image that is no ELF file', () => {
    const image = header(0x10000, 0x100000, 0x100000, 0, 0x101000, 0x100020, 0xf4, 0xf4);
    const plan = planProgram(image, { memoryMap: MAP, commandLine: '' });
    expect(plan.entry).toBe(0x100020);
    expect(plan.segments[1]).toMatchObject({ address: 0x100000, zeroBytes: 0x1000 - image.length });
    const outside = header(0x10000, 0x200000, 0x100000, 0, 0, 0x100020, 0);
    expect(refusal(() => planProgram(outside, { memoryMap: MAP, commandLine: '' }))).toContain('outside the file');
  });
});
