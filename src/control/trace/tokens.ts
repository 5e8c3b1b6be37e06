import { TraceFormatError } from './format.ts';

/**
 * Numbers as bytes. Two kinds: plain unsigned numbers (7 bits a byte, the lowest first, bit 7 =
 * more follow), and the tokens of a column, which say how its numbers differ from what was
 * predicted:
 *
 *     bit 0 = 0: run of n + 1 numbers as predicted; bits 6:1 are the lowest bits of n
 *     bit 0 = 1: a difference other than 0: bit 1 its sign, bits 6:2 the lowest bits of its size
 *
 * with further bits, 7 a byte, while bit 7 is set. Sizes go up to 2^53.
 */
export class ByteWriter {
  bytes: Uint8Array;
  length = 0;

  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity);
  }

  /** Makes room for `count` further bytes. */
  reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.bytes.length, this.length + count));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }

  /** Bytes as they are. */
  append(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** An unsigned number; takes at most 8 bytes. */
  unsigned(value: number): void {
    let v = value;
    while (v >= 0x80) {
      this.bytes[this.length++] = (v % 0x80) | 0x80;
      v = Math.floor(v / 0x80);
    }
    this.bytes[this.length++] = v;
  }

  /** A run of `count` (at least 1) numbers as predicted. */
  run(count: number): void {
    const n = count - 1;
    if (n < 0x40) {
      this.bytes[this.length++] = n << 1;
      return;
    }
    this.bytes[this.length++] = ((n & 0x3f) << 1) | 0x80;
    this.unsigned(n >>> 6);
  }

  /** A difference that is not 0; takes at most 9 bytes. */
  difference(value: number): void {
    const negative = value < 0 ? 3 : 1;
    let size = value < 0 ? -value : value;
    if (size < 0x20) {
      this.bytes[this.length++] = (size << 2) | negative;
      return;
    }
    if (size < 0x4000_0000) {
      const { bytes } = this;
      let at = this.length;
      bytes[at++] = ((size & 0x1f) << 2) | negative | 0x80;
      size >>>= 5;
      while (size >= 0x80) {
        bytes[at++] = (size & 0x7f) | 0x80;
        size >>>= 7;
      }
      bytes[at++] = size;
      this.length = at;
      return;
    }
    this.bytes[this.length++] = (size % 0x20 << 2) | negative | 0x80;
    this.unsigned(Math.floor(size / 0x20));
  }

  /** A text: its length in bytes of UTF-8, then the bytes. */
  text(text: string): void {
    this.reserve(8 + 3 * text.length);
    const bytes: number[] = [];
    for (const c of text) {
      const code = c.codePointAt(0) as number;
      if (code < 0x80) bytes.push(code);
      else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 0x3f));
      else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
      else
        bytes.push(
          0xf0 | (code >> 18), 0x80 | ((code >> 12) & 0x3f), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f),
        );
    }
    this.unsigned(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }
}

/** Reads back what `ByteWriter` wrote. Never reads behind the end: throws TraceFormatError. */
export class ByteReader {
  private readonly bytes: Uint8Array;
  private at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  byte(): number {
    if (this.at >= this.bytes.length) throw new TraceFormatError('a block ends too early');
    return this.bytes[this.at++];
  }

  /** An unsigned number, from the bit `scale` (a power of two) on. */
  unsigned(scale = 1): number {
    let value = 0, unit = scale;
    for (;;) {
      const byte = this.byte();
      value += (byte & 0x7f) * unit;
      if (!Number.isSafeInteger(value)) throw new TraceFormatError('a number is too large');
      if (byte < 0x80) return value;
      unit *= 0x80;
    }
  }

  /** An unsigned number of at most `most`. */
  upTo(most: number, what: string): number {
    const value = this.unsigned();
    if (value > most) throw new TraceFormatError(`${what} ${value} is out of range`);
    return value;
  }

  /** Fills `into` with the differences of a column of `count` numbers; 0: as predicted. */
  column(into: Float64Array, count: number): void {
    for (let row = 0; row < count;) {
      const byte = this.byte();
      const more = byte >= 0x80;
      if ((byte & 1) === 0) {
        const end = row + 1 + ((byte >> 1) & 0x3f) + (more ? this.unsigned(0x40) : 0);
        if (end > count) throw new TraceFormatError('a run is too long');
        into.fill(0, row, end);
        row = end;
      } else {
        const size = ((byte >> 2) & 0x1f) + (more ? this.unsigned(0x20) : 0);
        into[row++] = (byte & 2) !== 0 ? -size : size;
      }
    }
  }

  text(): string {
    const length = this.upTo(this.left, 'a text length');
    const end = this.at + length;
    let text = '';
    while (this.at < end) {
      const first = this.byte();
      const more = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
      let code = more === 0 ? first : first & (0x3f >> more);
      for (let k = 0; k < more; k++) code = (code << 6) | (this.byte() & 0x3f);
      if (code > 0x10ffff) throw new TraceFormatError('a text is damaged');
      text += String.fromCodePoint(code);
    }
    if (this.at !== end) throw new TraceFormatError('a text is damaged');
    return text;
  }
}
