/** The sum of 16-bit words, big-endian (RFC 1071: the Internet checksum); an odd end is padded. */
export function onesSum(bytes: Uint8Array, from: number, to: number): number {
  let sum = 0;
  for (let k = from; k + 1 < to; k += 2) sum += (bytes[k] << 8) | bytes[k + 1];
  if (from < to && (to - from) % 2 === 1) sum += bytes[to - 1] << 8;
  return sum;
}

/** A sum folded to 16 bits. */
export function fold(sum: number): number {
  let s = sum;
  while (s > 0xffff) s = (s % 0x10000) + Math.floor(s / 0x10000);
  return s;
}

/**
 * Puts the checksum of `from` to `to` at `at` (§3.5.3 and §3.3.3.2): what software has left there,
 * the pseudo-header's sum, is summed with the rest.
 */
export function insertChecksum(frame: Uint8Array, length: number, from: number, to: number, at: number): void {
  if (from >= length || at + 1 >= length) return;
  const sum = ~fold(onesSum(frame, from, Math.min(to, length))) & 0xffff;
  frame[at] = sum >> 8;
  frame[at + 1] = sum & 0xff;
}

export function word(frame: Uint8Array, at: number): number {
  return (frame[at] << 8) | frame[at + 1];
}

export function setWord(frame: Uint8Array, at: number, value: number): void {
  frame[at] = (value >> 8) & 0xff;
  frame[at + 1] = value & 0xff;
}
