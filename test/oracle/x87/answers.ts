/**
 * Recorded vectors: the stream of `vectors.c` with what came out written as its difference (XOR)
 * from what went in, so that it compresses.
 */
const HEADER = 240, IMAGE = 108, IN = 24, OUT = 132;

/** Turns a stream into its packed form, and back. */
export function packVectors(stream: Uint8Array): Uint8Array {
  const packed = stream.slice();
  for (let at = 0; at < stream.length;) {
    const memoryBytes = stream[at + 6] | (stream[at + 7] << 8);
    for (let i = 0; i < IMAGE; i++) packed[at + OUT + i] ^= stream[at + IN + i];
    const memory = at + HEADER;
    for (let i = 0; i < memoryBytes; i++) packed[memory + memoryBytes + i] ^= stream[memory + i];
    at = memory + 2 * memoryBytes;
  }
  return packed;
}
