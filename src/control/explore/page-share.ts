/** Bytes of a page of what states keep once: as large as a page of RAM and of a disk's overlay. */
export const PAGE = 4096;

/** Stands for each page of zeros, as most of a large memory is: it belongs to no state. */
export const ZEROS: Uint8Array = new Uint8Array(PAGE);

/** Cells of a state in pages; those that two states have alike are kept once. */
export interface Paged {
  /** Bytes of the pages that it has for itself. */
  readonly ownBytes: number;
  /** Bytes of pages that it shares with `other`, and `other` not with `older`. */
  sharedOnlyWith(other: Paged, older: Paged | null): number;
}

/** Does this page have the bytes that stand from a word on? */
export function samePage(page: Uint8Array, words: Int32Array, from: number): boolean {
  const own = new Int32Array(page.buffer, page.byteOffset, PAGE / 4);
  for (let n = 0, at = from; n < own.length; n += 4, at += 4) {
    const low = (own[n] ^ words[at]) | (own[n + 1] ^ words[at + 1]);
    if ((low | (own[n + 2] ^ words[at + 2]) | (own[n + 3] ^ words[at + 3])) !== 0) return false;
  }
  return true;
}

/** The page of zeros, if that is what stands from a word on. */
export function zeroPage(words: Int32Array, from: number): Uint8Array | null {
  return words[from] === 0 && samePage(ZEROS, words, from) ? ZEROS : null;
}
