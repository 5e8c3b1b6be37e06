/**
 * A number as C's `strtoull` with base 0 reads it: `10`, `0xa`, `012`; 64 bits, without a sign.
 * @returns null if it is no such number
 */
export function cNumber(text: string): bigint | null {
  let value: bigint;
  if (/^0x[0-9a-f]{1,16}$/i.test(text) || /^(0|[1-9][0-9]{0,19})$/.test(text)) value = BigInt(text);
  else if (/^0[0-7]{1,22}$/.test(text)) value = BigInt(`0o${text.slice(1)}`);
  else return null;
  return value < 1n << 64n ? value : null;
}

const HEX = Array.from({ length: 256 }, (_, n) => n.toString(16).padStart(2, '0'));

/** Two digits a byte. */
export function hexOf(bytes: Uint8Array): string {
  let text = '';
  for (const b of bytes) text += HEX[b];
  return text;
}

/** The bytes of `0x…`, as many as there are pairs of digits; null if it is no such text. */
export function bytesOfHex(text: string): Uint8Array | null {
  if (!/^0x([0-9a-f]{2})*$/i.test(text)) return null;
  return Uint8Array.from({ length: (text.length - 2) / 2 }, (_, i) => parseInt(text.slice(2 + 2 * i, 4 + 2 * i), 16));
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Base 64 (RFC 4648 §4), padded. */
export function base64Of(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const group = (bytes[i] << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    text += DIGITS[group >> 18] + DIGITS[(group >> 12) & 63] +
      (left > 1 ? DIGITS[(group >> 6) & 63] : '=') + (left > 2 ? DIGITS[group & 63] : '=');
  }
  return text;
}

/** The bytes of a padded base 64 text, or null if it is none. */
export function bytesOfBase64(text: string): Uint8Array | null {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  for (let i = 0, at = 0; i < text.length; i += 4) {
    let group = 0;
    for (let k = 0; k < 4; k++) group = (group << 6) | Math.max(0, DIGITS.indexOf(text[i + k]));
    for (let shift = 16; shift >= 0 && at < bytes.length; shift -= 8) bytes[at++] = (group >> shift) & 0xff;
  }
  return bytes;
}
