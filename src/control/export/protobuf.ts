import { ByteWriter } from '../trace/tokens.ts';

/** Wire types of Protocol Buffers. */
const VARINT = 0, FIXED64 = 1, LENGTH = 2;

/** The bytes of one message of Protocol Buffers, field by field (protobuf.dev, Encoding). */
export class ProtoMessage {
  private readonly writer = new ByteWriter(256);

  /** Bytes written; used again after `clear`. */
  get bytes(): Uint8Array {
    return this.writer.bytes.subarray(0, this.writer.length);
  }

  get empty(): boolean {
    return this.writer.length === 0;
  }

  clear(): this {
    this.writer.length = 0;
    return this;
  }

  /** uint32, uint64, int64 that is not negative, enum, or bool. */
  unsigned(field: number, value: number): this {
    this.key(field, VARINT);
    this.writer.unsigned(value);
    return this;
  }

  /** fixed64 of a whole number below 2^64. */
  fixed64(field: number, value: number): this {
    this.key(field, FIXED64);
    const { writer } = this;
    let v = value;
    for (let k = 0; k < 8; k++) {
      writer.bytes[writer.length++] = v % 0x100;
      v = Math.floor(v / 0x100);
    }
    return this;
  }

  /** string, or bytes that are UTF-8. */
  text(field: number, text: string): this {
    this.key(field, LENGTH);
    this.writer.text(text);
    return this;
  }

  /** A message within this one. */
  message(field: number, inner: ProtoMessage): this {
    const { bytes } = inner;
    this.key(field, LENGTH);
    this.writer.unsigned(bytes.length);
    this.writer.append(bytes);
    return this;
  }

  private key(field: number, type: number): void {
    // A key of up to 5 bytes and a number of up to 10.
    this.writer.reserve(16);
    this.writer.unsigned(field * 8 + type);
  }
}
