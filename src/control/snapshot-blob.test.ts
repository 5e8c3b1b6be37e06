import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blobOf, blobStart, readBlob, writeBlob, type BlobInfo } from './snapshot-blob.ts';

const PAGE = 4096;
type Typed = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array;
const TYPES = [Uint8Array, Uint16Array, Uint32Array, Int32Array, Float64Array] as const;

/** Lengths about the edges of pages, in bytes; some bytes that are not zero, edges among them. */
const SPARSE = fc.record({
  type: fc.constantFrom(...TYPES),
  bytes: fc.oneof(fc.nat(40), fc.tuple(fc.nat(3), fc.integer({ min: -9, max: 9 })).map(([p, d]) =>
    Math.max(0, p * PAGE + d))),
  set: fc.array(
    fc.oneof(fc.nat(4 * PAGE), fc.constantFrom(0, PAGE - 1, PAGE, 2 * PAGE - 1, 3 * PAGE)), { maxLength: 4 },
  ),
});

function arrayOf({ type, bytes, set }: { type: (typeof TYPES)[number]; bytes: number; set: number[] }): Typed {
  const array: Typed = new type(Math.floor(bytes / type.BYTES_PER_ELEMENT));
  const raw = new Uint8Array(array.buffer);
  for (const at of set) if (at < raw.length) raw[at] = 0x81;
  return array;
}

/** Writes arrays behind one another, from `before` bytes on. */
function written(arrays: readonly Typed[], before: number): { file: Uint8Array; infos: BlobInfo[]; starts: number[] } {
  const blobs = arrays.map(blobOf);
  let at = before;
  const starts = blobs.map((b) => {
    const start = blobStart(at);
    at = start + b.size;
    return start;
  });
  const file = new Uint8Array(at);
  blobs.forEach((b, i) => writeBlob(b, file, starts[i]));
  return { file, infos: blobs.map((b) => b.info), starts };
}

const raw = (a: Typed): Uint8Array => new Uint8Array(a.buffer, a.byteOffset, a.byteLength);

describe('arrays in a snapshot', () => {
  test('come back as they were, of any type, length and sparseness, wherever the file lies in its buffer', () => {
    const cases = [fc.array(SPARSE, { minLength: 1, maxLength: 4 }), fc.nat(20), fc.nat(8)] as const;
    fc.assert(fc.property(...cases, (specs, before, skew) => {
      const arrays = specs.map(arrayOf);
      const { file, infos, starts } = written(arrays, before);
      const moved = new Uint8Array(file.length + skew).subarray(skew);
      moved.set(file);
      arrays.forEach((array, i) => {
        const { value, used } = readBlob(moved, starts[i], moved.length, infos[i]);
        expect(value.constructor).toBe(array.constructor);
        expect(Buffer.compare(raw(value), raw(array))).toBe(0);
        expect(starts[i] + used).toBeLessThanOrEqual(starts[i + 1] ?? file.length);
        // Nothing is copied that can be looked at where it is.
        if (infos[i].packed === null && skew % 8 === 0) expect(value.buffer).toBe(moved.buffer);
      });
    }));
  });

  test('take no room for pages of zeros', () => {
    const array = new Uint8Array(100 * PAGE + 7);
    array[50 * PAGE] = 1;
    expect(blobOf(array).size).toBe(13 + PAGE);
    array[100 * PAGE + 6] = 1;
    expect(blobOf(array).size).toBe(13 + PAGE + 7);
  });

  test('that end behind the file, or claim what they have not, are refused', () => {
    const array = new Uint8Array(3 * PAGE);
    array[PAGE] = 1;
    const { file, infos: [info] } = written([array], 0);
    const read = (change: Partial<BlobInfo>, end = file.length) => () => readBlob(file, 0, end, { ...info, ...change });
    expect(read({})).not.toThrow();
    expect(read({}, file.length - 1)).toThrow("an array ends behind the file's end");
    expect(read({ packed: file.length - 1 })).toThrow('shorter than its bitmap says');
    expect(read({ packed: 0 })).toThrow('shorter than its bitmap');
    expect(read({ length: 1 })).toThrow('longer than its bitmap says');
    expect(read({ length: 2 ** 40 })).toThrow('an array of 1099511627776 bytes');
    expect(read({ length: 2 ** 40, packed: null })).toThrow("an array ends behind the file's end");
    expect(read({ type: 'constructor' })).toThrow('unknown type constructor');
  });
});
