/** Bytes that are fetched at a time. */
const CHUNK = 256 * 1024;
const CHUNKS_KEPT = 64;

/**
 * What has been read of something large, by chunks of 256 KiB, of which the 64 used last are kept.
 */
export class ChunkCache {
  private readonly size: number;
  private readonly fetch: (offset: number, length: number) => Uint8Array;
  private readonly chunks = new Map<number, Uint8Array>();

  /** @param fetch gives exactly so many bytes at an offset, or throws */
  constructor(size: number, fetch: (offset: number, length: number) => Uint8Array) {
    this.size = size;
    this.fetch = fetch;
  }

  /** Copies `length` bytes at `offset` to `buffer` from `at` on. */
  read(offset: number, buffer: Uint8Array, at: number, length: number): void {
    for (let done = 0; done < length; ) {
      const chunk = Math.floor((offset + done) / CHUNK);
      const inChunk = (offset + done) % CHUNK;
      const part = Math.min(length - done, CHUNK - inChunk);
      buffer.set(this.chunk(chunk).subarray(inChunk, inChunk + part), at + done);
      done += part;
    }
  }

  private chunk(number: number): Uint8Array {
    let bytes = this.chunks.get(number);
    if (bytes !== undefined) {
      // The one used last is the last of the map; as long as there is room, the order says nothing.
      if (this.chunks.size < CHUNKS_KEPT) return bytes;
      this.chunks.delete(number);
    } else {
      bytes = this.fetch(number * CHUNK, Math.min(CHUNK, this.size - number * CHUNK));
      if (this.chunks.size >= CHUNKS_KEPT) this.chunks.delete(this.chunks.keys().next().value as number);
    }
    this.chunks.set(number, bytes);
    return bytes;
  }
}
