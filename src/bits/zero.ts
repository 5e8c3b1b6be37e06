/** Whether words `from` to `to` (exclusive) are all zero. */
export function zeroWords(words: Int32Array, from: number, to: number): boolean {
  let i = from;
  for (const last = to - 7; i < last; i += 8) {
    const low = words[i] | words[i + 1] | words[i + 2] | words[i + 3];
    if ((low | words[i + 4] | words[i + 5] | words[i + 6] | words[i + 7]) !== 0) return false;
  }
  for (; i < to; i++) if (words[i] !== 0) return false;
  return true;
}

/**
 * Which pages of `pageBytes` (a multiple of 4) are not all zero, in ascending order; the last page
 * may be short.
 */
export function nonzeroPages(bytes: Uint8Array, pageBytes: number): number[] {
  // Words need a place that 4 divides.
  const at = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  const words = new Int32Array(at.buffer, at.byteOffset, at.length >>> 2);
  const step = pageBytes / 4;
  const pages: number[] = [];
  for (let page = 0; page * pageBytes < at.length; page++) {
    const end = Math.min((page + 1) * step, words.length);
    if (!zeroWords(words, page * step, end) || ((page + 1) * pageBytes > at.length && tail(at))) pages.push(page);
  }
  return pages;
}

/** Whether a byte behind the last whole word is not zero. */
function tail(bytes: Uint8Array): boolean {
  for (let i = bytes.length & ~3; i < bytes.length; i++) if (bytes[i] !== 0) return true;
  return false;
}
