import { nextState } from '../../../hw/dma/pattern-source/spec.ts';
import { WORK_STEPS, WORK_WORDS } from './block.ts';

/** The first `length` bytes that the pattern source gives from its seed 1 on. */
export function patternBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = 1;
  for (let i = 0; i < length; i++) bytes[i] = (state = nextState(state)) >>> 24;
  return bytes;
}

/** The checksum that `units` units of the guest's arithmetic give. */
export function arithmeticChecksum(units: number): number {
  const words = Uint32Array.from({ length: WORK_WORDS }, (_, i) => i);
  let x = 0x12345678, checksum = 0;
  for (let i = 0; i < units * WORK_STEPS; i++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    const at = (x >>> 0) % WORK_WORDS;
    words[at] += x;
    checksum = (checksum + words[at]) | 0;
  }
  return checksum >>> 0;
}

/** The checksum of `units` bytes that were read from the pattern source's port. */
export function transferChecksum(units: number): number {
  let checksum = 0;
  for (const byte of patternBytes(units)) checksum = (((checksum << 5) | (checksum >>> 27)) + byte) | 0;
  return checksum >>> 0;
}
