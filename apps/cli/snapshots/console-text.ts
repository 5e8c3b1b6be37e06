/**
 * Finds a text among bytes that come one by one, wherever they are cut: by the method of Knuth,
 * Morris and Pratt, so a byte costs a step on average and nothing is kept of what went by.
 */
export class ConsoleText {
  private readonly bytes: Uint8Array;
  /** Length of the longest beginning that is also an end of the first n + 1 bytes. */
  private readonly back: Int32Array;
  private matched = 0;

  /** @param text not empty; found as UTF-8 */
  constructor(text: string) {
    const bytes = Buffer.from(text, 'utf8');
    this.bytes = bytes;
    this.back = new Int32Array(bytes.length);
    for (let n = 1, length = 0; n < bytes.length; n++) {
      while (length > 0 && bytes[n] !== bytes[length]) length = this.back[length - 1];
      if (bytes[n] === bytes[length]) length++;
      this.back[n] = length;
    }
  }

  /** Takes the next byte; true if it is the last one of the text. */
  take(byte: number): boolean {
    const { bytes, back } = this;
    while (this.matched > 0 && byte !== bytes[this.matched]) this.matched = back[this.matched - 1];
    if (byte === bytes[this.matched]) this.matched++;
    if (this.matched < bytes.length) return false;
    this.matched = back[this.matched - 1];
    return true;
  }
}
