import { nonzeroPages } from '../bits/zero.ts';
import type { CellValue } from '../sim/state.ts';
import { SnapshotError } from './snapshot-error.ts';

/**
 * Typed arrays in a snapshot, each from a multiple of 8 bytes on, so that it can be looked at where
 * it lies. As it is (dense), or without the pages of 4096 bytes that are all zero (sparse): then a
 * bitmap says which pages follow. Elements are little-endian, as WebAssembly memory is.
 */
const PAGE = 4096;
const ALIGNMENT = 8;
/**
 * A sparse array of more bytes is refused before anything is allocated: it could claim any size.
 */
const MAX_SPARSE_BYTES = 2 ** 30;

type TypedArray = Exclude<CellValue, number | boolean | string>;

/** What the file's structure says of an array. */
export interface BlobInfo {
  /** Name of the typed array's class. */
  type: string;
  /** Elements. */
  length: number;
  /** Bytes in the file if it is sparse, else null. */
  packed: number | null;
}

/** An array that is to be written. */
export interface Blob {
  readonly info: BlobInfo;
  /** Bytes in the file. */
  readonly size: number;
  readonly bytes: Uint8Array;
  /** Pages that are not all zero; null: all, it is dense. */
  readonly pages: readonly number[] | null;
}

const MAKE: Record<string, { size: number; view: (buffer: ArrayBufferLike, at: number, n: number) => TypedArray }> = {
  Uint8Array: { size: 1, view: (b, at, n) => new Uint8Array(b, at, n) },
  Uint16Array: { size: 2, view: (b, at, n) => new Uint16Array(b, at, n) },
  Uint32Array: { size: 4, view: (b, at, n) => new Uint32Array(b, at, n) },
  Int32Array: { size: 4, view: (b, at, n) => new Int32Array(b, at, n) },
  Float64Array: { size: 8, view: (b, at, n) => new Float64Array(b, at, n) },
};

/** Where an array begins that comes after `at` bytes of the file. */
export function blobStart(at: number): number {
  return Math.ceil(at / ALIGNMENT) * ALIGNMENT;
}

/** How an array is written; nothing is copied yet. @throws SnapshotError for an unknown type */
export function blobOf(value: TypedArray): Blob {
  // What Node reads is a Buffer, which is a Uint8Array with another name.
  const type = value instanceof Uint8Array ? 'Uint8Array' : value.constructor.name;
  if (MAKE[type] === undefined) throw new SnapshotError(`a cell of type ${type} cannot be saved`);
  const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  const pages = nonzeroPages(bytes, PAGE), all = Math.ceil(bytes.length / PAGE);
  const info = { type, length: value.length };
  if (pages.length === all) return { info: { ...info, packed: null }, size: bytes.length, bytes, pages: null };
  let size = Math.ceil(all / 8);
  for (const p of pages) size += Math.min(PAGE, bytes.length - p * PAGE);
  return { info: { ...info, packed: size }, size, bytes, pages };
}

/** Writes an array into the file (all zero as yet) at a place that `blobStart` gave. */
export function writeBlob({ bytes, pages }: Blob, file: Uint8Array, start: number): void {
  if (pages === null) {
    file.set(bytes, start);
    return;
  }
  let at = start + Math.ceil(Math.ceil(bytes.length / PAGE) / 8);
  for (const p of pages) {
    file[start + (p >> 3)] |= 1 << (p & 7);
    const page = bytes.subarray(p * PAGE, (p + 1) * PAGE);
    file.set(page, at);
    at += page.length;
  }
}

/**
 * The array that begins at `at` in the file and must end by `end`, and its bytes there. A dense one
 * is a view into the file, unless the file itself lies askew in its buffer.
 * @throws SnapshotError
 */
export function readBlob(
  file: Uint8Array, at: number, end: number, info: BlobInfo,
): { value: TypedArray; used: number } {
  const kind = Object.hasOwn(MAKE, info.type) ? MAKE[info.type] : undefined;
  if (kind === undefined) throw new SnapshotError(`damaged: unknown type ${info.type}`);
  const length = info.length * kind.size;
  const used = info.packed ?? length;
  if (!Number.isInteger(length) || !Number.isInteger(used) || at + used > end)
    throw new SnapshotError("damaged: an array ends behind the file's end");
  if (info.packed === null) {
    const start = file.byteOffset + at;
    if (start % kind.size === 0) return { value: kind.view(file.buffer, start, info.length), used };
    return { value: kind.view(file.slice(at, at + length).buffer, 0, info.length), used };
  }
  if (length > MAX_SPARSE_BYTES) throw new SnapshotError(`damaged: an array of ${length} bytes`);
  const bytes = unpacked(file.subarray(at, at + used), length);
  return { value: kind.view(bytes.buffer, 0, info.length), used };
}

/** The contents of a sparse array of `length` bytes. */
function unpacked(packed: Uint8Array, length: number): Uint8Array {
  const pages = Math.ceil(length / PAGE);
  let from = Math.ceil(pages / 8);
  if (from > packed.length) throw new SnapshotError('damaged: an array is shorter than its bitmap');
  const bytes = new Uint8Array(length);
  for (let p = 0; p < pages; p++) {
    if ((packed[p >> 3] & (1 << (p & 7))) === 0) continue;
    const size = Math.min(PAGE, length - p * PAGE);
    if (from + size > packed.length) throw new SnapshotError('damaged: an array is shorter than its bitmap says');
    bytes.set(packed.subarray(from, from + size), p * PAGE);
    from += size;
  }
  if (from !== packed.length) throw new SnapshotError('damaged: an array is longer than its bitmap says');
  return bytes;
}

/** Text to bytes; characters outside ASCII become \uXXXX, which JSON reads back. */
export function asciiBytes(text: string): Uint8Array {
  const ascii = text.replace(/[^\0-\x7f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const bytes = new Uint8Array(ascii.length);
  for (let i = 0; i < ascii.length; i++) bytes[i] = ascii.charCodeAt(i);
  return bytes;
}
