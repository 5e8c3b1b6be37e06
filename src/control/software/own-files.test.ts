import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { HEAD_BYTES, roleOf } from './own-files.ts';

const bytes = (...list: number[]): Uint8Array => Uint8Array.from(list);
const text = (t: string): Uint8Array => Uint8Array.from(t, (c) => c.charCodeAt(0));
const padded = (head: Uint8Array, size: number): Uint8Array => {
  const all = new Uint8Array(size);
  all.set(head);
  return all;
};
/** 20 sectors with a volume descriptor at sector 16. */
const iso = (): Uint8Array => {
  const all = new Uint8Array(20 * 2048);
  all.set(text('\x01CD001'), 16 * 2048);
  return all;
};
const role = (name: string, all: Uint8Array, size = all.length): string =>
  roleOf(name, size, all.subarray(0, HEAD_BYTES), () => all);

describe('what a file is for', () => {
  test.each([
    ['a program', 'a.elf', readFileSync(new URL('../../../guest/images/cpu-loop.elf', import.meta.url)), 'program'],
    ['an initrd', 'initrd', text('070701000'), 'initrd'],
    ['a packed initrd', 'initrd.gz', bytes(0x1f, 0x8b, 8), 'initrd'],
    ['a CD', 'a.iso', iso(), 'cd'],
    ['sectors', 'disk.img', padded(bytes(0xeb, 0x3c), 1024), 'disk'],
    ['empty sectors', 'disk', new Uint8Array(512), 'disk'],
    ['a source', 'card.ts', text('export default 1;'), 'device'],
  ])('%s', (_, name, all, expected) => {
    expect(role(name, all)).toBe(expected);
  });

  test.each([
    ['nothing', 'x', new Uint8Array(0), 0, "'x' is empty"],
    ['a text', 'x.txt', text('hello\n'), 6, "'x.txt' is a text; what a machine can use is"],
    ['a part of a sector', 'x', bytes(0, 1, 2), 3, 'and it has 3 bytes'],
    ['a CD that is none', 'x.iso', new Uint8Array(40960), 40960,
      "'x.iso' has no ISO 9660 volume descriptor at sector 16"],
    ['a disk that is too large', 'x.img', new Uint8Array(512), 2 ** 42,
      "'x.img' has 4.0 TiB; a disk has at most 2 TiB"],
    ['a cut ELF file', 'x.elf', bytes(0x7f, 0x45, 0x4c, 0x46, 1), 5, "'x.elf' cannot be used: ELF"],
  ])('%s is refused', (_, name, all, size, why) => {
    expect(() => role(name, all, size)).toThrow(why);
  });
});
