/** A field as it stands: a number (varint, fixed64) or bytes. */
export interface Field {
  readonly number: number;
  readonly value: bigint | Uint8Array;
}

/** Reads the fields of a message of Protocol Buffers, in their order. */
export function fields(bytes: Uint8Array): Field[] {
  const found: Field[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const varint = (): bigint => {
    let v = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = view.getUint8(at++);
      v |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return v;
    }
  };
  while (at < bytes.length) {
    const key = varint(), number = Number(key >> 3n);
    if ((key & 7n) === 0n) found.push({ number, value: varint() });
    else if ((key & 7n) === 1n) {
      found.push({ number, value: view.getBigUint64(at, true) });
      at += 8;
    } else if ((key & 7n) === 2n) {
      const length = Number(varint());
      if (at + length > bytes.length) throw new Error(`field ${number} ends behind its message`);
      found.push({ number, value: bytes.subarray(at, at + length) });
      at += length;
    } else throw new Error(`field ${number} has wire type ${key & 7n}`);
  }
  return found;
}

export const messages = (of: readonly Field[], number: number): Field[][] =>
  of.filter((f) => f.number === number).map((f) => fields(f.value as Uint8Array));
export const numbers = (of: readonly Field[], number: number): number[] =>
  of.filter((f) => f.number === number).map((f) => Number(f.value));
export const texts = (of: readonly Field[], number: number): string[] =>
  of.filter((f) => f.number === number).map((f) => new TextDecoder('utf-8', { fatal: true }).decode(f.value as Uint8Array));
