/** Bytes of the WebAssembly binary format, with LEB128 numbers, and its number types. */

/** One growing Uint8Array. */
export class ByteSink {
  bytes: Uint8Array<ArrayBuffer>;
  length = 0;

  constructor(capacity = 1024) {
    this.bytes = new Uint8Array(capacity);
  }

  u8(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  /** Unsigned LEB128 of a u32. */
  unsigned(value: number): void {
    this.reserve(5);
    const { bytes } = this;
    let rest = value >>> 0;
    while (rest >= 0x80) {
      bytes[this.length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    bytes[this.length++] = rest;
  }

  /** Signed LEB128 of an i32. */
  signed(value: number): void {
    this.reserve(5);
    const { bytes } = this;
    let rest = value | 0;
    while (rest < -0x40 || rest > 0x3f) {
      bytes[this.length++] = (rest & 0x7f) | 0x80;
      rest >>= 7;
    }
    bytes[this.length++] = rest & 0x7f;
  }

  /** Signed LEB128 of an i64. */
  signed64(value: bigint): void {
    this.reserve(10);
    const { bytes } = this;
    let rest = BigInt.asIntN(64, value);
    while (rest < -0x40n || rest > 0x3fn) {
      bytes[this.length++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    bytes[this.length++] = Number(rest & 0x7fn);
  }

  /** A name: length, then its ASCII bytes. */
  name(text: string): void {
    this.unsigned(text.length);
    for (let i = 0; i < text.length; i++) this.u8(text.charCodeAt(i));
  }

  append(other: ByteSink): void {
    this.reserve(other.length);
    this.bytes.set(other.bytes.subarray(0, other.length), this.length);
    this.length += other.length;
  }

  /** The bytes written so far (a copy). */
  take(): Uint8Array<ArrayBuffer> {
    return this.bytes.slice(0, this.length);
  }

  /** Makes room for `more` bytes. */
  private reserve(more: number): void {
    if (this.length + more > this.bytes.length) this.grow(more);
  }

  private grow(more: number): void {
    const bigger = new Uint8Array(Math.max(this.bytes.length * 2, this.length + more));
    bigger.set(this.bytes);
    this.bytes = bigger;
  }
}

export const I32 = 0x7f;
export const I64 = 0x7e;
export type ValueType = typeof I32 | typeof I64;
