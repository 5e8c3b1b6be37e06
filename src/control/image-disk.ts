import type { BlockBackend } from '../host/block.ts';

/** A read-only disk over bytes in memory. */
export class ImageDisk implements BlockBackend {
  readonly name: string;
  readonly size: number;
  readonly readOnly = true;
  readonly identity: string;
  private readonly bytes: Uint8Array;

  /** @param identity if the caller knows one: `BlockBackend.identity` */
  constructor(name: string, bytes: Uint8Array, identity = '') {
    if (bytes.length % 512 !== 0) throw new Error(`disk ${name}: ${bytes.length} bytes are no whole number of sectors`);
    this.name = name;
    this.bytes = bytes;
    this.size = bytes.length;
    this.identity = identity;
  }

  read(offset: number, buffer: Uint8Array, at: number, length: number): void {
    buffer.set(this.bytes.subarray(offset, offset + length), at);
  }

  write(): void {
    throw new Error(`disk ${this.name} is read-only`);
  }

  flush(): void {}
}

const PSEUDO_RANDOM_SEED = 0x4e42_0001;

/** A disk of `pseudoRandomImage`; only the program can change what is on it. */
export function generatedDisk(size: number): ImageDisk {
  return new ImageDisk('generated', pseudoRandomImage(size), `xorshift32 ${PSEUDO_RANDOM_SEED} of ${size} bytes`);
}

/**
 * Fills a disk with numbers that look random and are the same every time: xorshift32 (G. Marsaglia,
 * "Xorshift RNGs", 2003: 13, 17, 5), one little-endian word after the other. A sector that is
 * missing, doubled or shifted changes the checksum.
 */
export function pseudoRandomImage(size: number, seed = PSEUDO_RANDOM_SEED): Uint8Array {
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  let x = seed | 0;
  for (let at = 0; at + 4 <= size; at += 4) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    view.setInt32(at, x, true);
  }
  return bytes;
}
