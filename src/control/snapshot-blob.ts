import type { CellValue } from '../sim/state.ts';
import { SnapshotError } from './snapshot-error.ts';

/**
 * Typed arrays in a snapshot. Contents go in pages of 4096 bytes: a bitmap says which pages are not
 * all zero, and only those follow. Most of a guest's RAM is zero, so this keeps files small without
 * a compressor. Elements are little-endian, as WebAssembly memory is.
 */
const PAGE = 4096;
/** More than this is refused before anything is allocated: the largest RAM is below 4 GiB. */
const MAX_BYTES = 2 ** 32;

type TypedArray = Exclude<CellValue, number | boolean | string>;

export interface BlobInfo {
  /** Name of the typed array's class. */
  type: string;
  /** Elements. */
  length: number;
  /** Bytes in the file. */
  packed: number;
}

const MAKE: Record<string, { size: number; make: (buffer: ArrayBuffer) => TypedArray }> = {
  Uint8Array: { size: 1, make: (b) => new Uint8Array(b) },
  Uint16Array: { size: 2, make: (b) => new Uint16Array(b) },
  Uint32Array: { size: 4, make: (b) => new Uint32Array(b) },
  Int32Array: { size: 4, make: (b) => new Int32Array(b) },
  Float64Array: { size: 8, make: (b) => new Float64Array(b) },
};

function typeName(value: TypedArray): string {
  const name = value.constructor.name;
  if (MAKE[name] === undefined) throw new SnapshotError(`a cell of type ${name} cannot be saved`);
  return name;
}

export function blobInfo(value: TypedArray): { type: string; length: number } {
  return { type: typeName(value), length: value.length };
}

/** Text to bytes; characters outside ASCII become \uXXXX, which JSON reads back. */
export function asciiBytes(text: string): Uint8Array {
  const ascii = text.replace(/[^\0-\x7f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const bytes = new Uint8Array(ascii.length);
  for (let i = 0; i < ascii.length; i++) bytes[i] = ascii.charCodeAt(i);
  return bytes;
}

/** Bitmap of the pages that are not all zero, then those pages; the last page may be short. */
export function packBlob(value: TypedArray): Uint8Array {
  const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  const pages = Math.ceil(bytes.length / PAGE);
  const bitmap = new Uint8Array(Math.ceil(pages / 8));
  let size = bitmap.length;
  for (let p = 0; p < pages; p++) {
    const page = bytes.subarray(p * PAGE, (p + 1) * PAGE);
    if (isZero(page)) continue;
    bitmap[p >> 3] |= 1 << (p & 7);
    size += page.length;
  }
  const packed = new Uint8Array(size);
  packed.set(bitmap);
  let at = bitmap.length;
  for (let p = 0; p < pages; p++) {
    if ((bitmap[p >> 3] & (1 << (p & 7))) === 0) continue;
    const page = bytes.subarray(p * PAGE, (p + 1) * PAGE);
    packed.set(page, at);
    at += page.length;
  }
  return packed;
}

/** The array whose packed form begins at `at` and must end by `end`. */
export function unpackBlob(
  file: Uint8Array, at: number, end: number, info: BlobInfo,
): { value: TypedArray; used: number } {
  const kind = MAKE[info.type];
  if (kind === undefined) throw new SnapshotError(`damaged: unknown type ${info.type}`);
  const length = info.length * kind.size;
  if (!Number.isInteger(length) || length > MAX_BYTES) throw new SnapshotError(`damaged: an array of ${length} bytes`);
  const pages = Math.ceil(length / PAGE);
  const bitmapBytes = Math.ceil(pages / 8);
  if (!Number.isInteger(info.packed) || info.packed < bitmapBytes || at + info.packed > end)
    throw new SnapshotError("damaged: an array ends behind the file's end");
  const bitmap = file.subarray(at, at + bitmapBytes);
  const buffer = new ArrayBuffer(length);
  const bytes = new Uint8Array(buffer);
  let from = at + bitmapBytes;
  for (let p = 0; p < pages; p++) {
    if ((bitmap[p >> 3] & (1 << (p & 7))) === 0) continue;
    const size = Math.min(PAGE, length - p * PAGE);
    if (from + size > at + info.packed) throw new SnapshotError('damaged: an array is shorter than its bitmap says');
    bytes.set(file.subarray(from, from + size), p * PAGE);
    from += size;
  }
  if (from !== at + info.packed) throw new SnapshotError('damaged: an array is longer than its bitmap says');
  return { value: kind.make(buffer), used: info.packed };
}

function isZero(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if (bytes[i] !== 0) return false;
  return true;
}
