import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Cells } from '../../sim/state.ts';
import { PAGE } from './page-share.ts';
import { PagedArrays } from './paged-arrays.ts';

const KiB = 1024;
/** Cells in the order of their names, arrays by kind and digest. */
const text = (cells: Cells): unknown[] => Object.keys(cells).sort().map((name) => {
  const value = cells[name];
  if (!ArrayBuffer.isView(value)) return [name, value];
  const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return [name, value.constructor.name, value.length, createHash('sha256').update(bytes).digest('hex')];
});

test('cells with a large array are kept by pages, and come back as they were', () => {
  const write = fc.tuple(fc.integer({ min: 0, max: 70 * KiB }), fc.integer({ min: 0, max: 255 }));
  fc.assert(fc.property(fc.array(fc.array(write, { maxLength: 8 }), { minLength: 1, maxLength: 5 }), (rounds) => {
    // Neither a whole number of pages nor of words.
    const live = new Uint8Array(70 * KiB + 3), pixels = new Uint32Array(20 * KiB);
    const kept: PagedArrays[] = [], copies: unknown[][] = [];
    for (const writes of rounds) {
      for (const [at, value] of writes) {
        live[Math.min(at, live.length - 1)] = value;
        pixels[at % pixels.length] = 0x0101_0101 * value;
      }
      const cells = { live, pixels, line: writes.length, small: Uint8Array.of(1) };
      kept.push(PagedArrays.of(cells, kept.at(-1) ?? null)!);
      copies.push(text(cells));
    }
    expect(kept.map((k) => text(k.whole()))).toEqual(copies);
  }), { numRuns: 30 });
});

test('a page that is alike in two states is kept once, a page of zeros takes nothing', () => {
  const bytes = new Uint8Array(64 * PAGE);
  bytes.fill(1, 2 * PAGE, 5 * PAGE);
  const first = PagedArrays.of({ bytes }, null)!;
  expect(first.ownBytes).toBe(3 * PAGE);
  bytes[3 * PAGE] = 2;
  const second = PagedArrays.of({ bytes }, first)!;
  expect(second.ownBytes).toBe(PAGE);
  expect(second.sharedOnlyWith(first, null)).toBe(2 * PAGE);
  expect(second.sharedOnlyWith(first, first)).toBe(0);
  expect(PagedArrays.of({ bytes: new Uint8Array(4 * PAGE) }, null)).toBeNull();
});
