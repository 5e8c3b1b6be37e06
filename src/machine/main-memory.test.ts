import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Ram } from '../mem/ram.ts';
import { Board } from './board.ts';
import { MainMemory } from './main-memory.ts';

const PAGE = 4096, PAGES = 6;

/** Bytes of RAM by their addresses: first and last of a page, and between. */
const CONTENTS = fc.array(
  fc.tuple(fc.nat(PAGES - 1), fc.constantFrom(0, 1, 4, 2047, PAGE - 4, PAGE - 1), fc.integer({ min: 0, max: 255 })),
  { maxLength: 8 },
);

function memory(contents: readonly [number, number, number][]) {
  // Among other memory, as guest RAM is.
  const bytes = new Uint8Array(new ArrayBuffer((PAGES + 2) * PAGE), PAGE, PAGES * PAGE);
  for (const [page, at, value] of contents) bytes[page * PAGE + at] = value;
  const chip = new Ram('ram', bytes);
  return { ram: new MainMemory('ram', new Board('b'), chip), bytes, chip };
}

test('RAM that was used before is after a load as fresh RAM is', () => {
  fc.assert(fc.property(CONTENTS, CONTENTS, (here, there) => {
    const from = memory(here), fresh = memory([]), used = memory(there);
    const saved = from.ram.save();
    fresh.ram.load(saved);
    used.ram.load(saved);
    expect(Buffer.compare(fresh.bytes, from.bytes)).toBe(0);
    expect(Buffer.compare(used.bytes, from.bytes)).toBe(0);
    expect(used.ram.save()).toEqual(saved);
  }));
});

test('only pages that are not all zero are saved, and they are copies', () => {
  const { ram, bytes } = memory([[4, PAGE - 1, 9], [1, 0, 7]]);
  const { pages, data } = ram.save()['contents'] as { pages: Uint32Array; data: Uint8Array };
  expect([...pages]).toEqual([1, 4]);
  expect(data.length).toBe(2 * PAGE);
  bytes[PAGE] = 0;
  expect(data[0]).toBe(7);
});

test('contents of another shape are refused, and nothing is written', () => {
  const { ram, bytes } = memory([[2, 5, 1]]);
  const before = bytes.slice();
  const { contents } = ram.save();
  const data = new Uint8Array(2 * PAGE).fill(1);
  for (const [change, words] of [
    [{ size: 4096 }, 'it is of 4096 bytes'],
    [{ data }, 'another shape'],
    [{ pages: Uint32Array.of(3, 2), data }, 'not in order'],
    [{ pages: Uint32Array.of(2, 2), data }, 'not in order'],
    [{ pages: Uint32Array.of(2, PAGES), data }, 'a page lies outside'],
    [{ pages: Uint32Array.of(2, 2 ** 31), data }, 'a page lies outside'],
  ] as const)
    expect(() => ram.load({ contents: { ...contents, ...change } })).toThrow(words);
  expect(Buffer.compare(bytes, before)).toBe(0);
});

test('what is saved in place says where the same pages lie', () => {
  const { ram, bytes } = memory([[4, PAGE - 1, 9], [1, 0, 7]]);
  const { size, pages, data } = ram.save()['contents'];
  const { memory: whole, ...others } = ram.saveInPlace()['contents'];
  expect(others).toEqual({ size, pages });
  expect(whole).toBe(bytes);
  [...pages as Uint32Array].forEach((page, n) => {
    const at = page * PAGE;
    expect((whole as Uint8Array).slice(at, at + PAGE)).toEqual((data as Uint8Array).slice(n * PAGE, (n + 1) * PAGE));
  });
});
