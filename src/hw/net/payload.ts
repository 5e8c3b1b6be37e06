import { xorshift32 } from '../../bits/xorshift32.ts';

/** Bytes of the sequence number at the head of a numbered payload. */
export const SEQUENCE_BYTES = 4;

/**
 * Fills a payload that whoever gets it can check alone: its number (32 bits, big-endian), then the
 * numbers of xorshift32, little-endian, from a start that `seed` and the number give: seed XOR
 * number · 9E3779B9h, with the lowest bit set. The last of them may be cut short.
 */
export function fillPayload(bytes: Uint8Array, from: number, to: number, seed: number, sequence: number): void {
  for (let k = 0; k < SEQUENCE_BYTES && from + k < to; k++) bytes[from + k] = sequence >>> (24 - 8 * k);
  let x = (seed ^ Math.imul(sequence, 0x9e3779b9)) | 1;
  for (let at = from + SEQUENCE_BYTES; at < to; at += 4) {
    x = xorshift32(x);
    for (let k = 0; k < 4 && at + k < to; k++) bytes[at + k] = x >>> (8 * k);
  }
}
