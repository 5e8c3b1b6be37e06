import type { BlockBackend } from '../../host/block.ts';

/**
 * A read-only drive whose contents follow from its number and the place: a word is the finalizer of
 * MurmurHash3 (A. Appleby) of its index, so that any part is made without the rest.
 */
export class GeneratedDrive implements BlockBackend {
  readonly name: string;
  readonly size: number;
  readonly readOnly = true;
  readonly identity: string;
  private readonly seed: number;

  /** @param seed other contents; the experiments know those of 0 */
  constructor(drive: number, bytes: number, seed = 0) {
    this.name = `generated-${drive}`;
    this.size = bytes;
    this.identity = `murmur3 finalizer, drive ${drive} of ${bytes} bytes${seed === 0 ? '' : `, seed ${seed}`}`;
    this.seed = ((drive + 1) << 28) + Math.imul(seed, 0x9e37_79b9);
  }

  read(offset: number, buffer: Uint8Array, at: number, length: number): void {
    for (let k = 0; k < length; k++) {
      const place = offset + k;
      buffer[at + k] = word(this.seed + Math.floor(place / 4)) >>> (8 * (place % 4));
    }
  }

  write(): void {
    throw new Error(`drive ${this.name} is read-only`);
  }

  flush(): void {}
}

function word(index: number): number {
  let x = index | 0;
  x = Math.imul(x ^ (x >>> 16), 0x85eb_ca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2_ae35);
  return x ^ (x >>> 16);
}
