import type { Guard, Target, Transaction } from '../../mem/transaction.ts';

/** The card's memory: behaves as memory does, for single accesses and for bursts. */
export class CardBuffer implements Target {
  readonly name: string;
  readonly guard: Guard;
  readonly bytes: Uint8Array;
  private readonly view: DataView;

  constructor(name: string, bytes: Uint8Array, guard: Guard) {
    this.name = name;
    this.bytes = bytes;
    this.guard = guard;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  read(offset: number, size: number, _tx?: Transaction): number {
    return size === 1
      ? this.view.getUint8(offset)
      : size === 2
        ? this.view.getUint16(offset, true)
        : this.view.getUint32(offset, true);
  }

  write(offset: number, size: number, value: number, _tx?: Transaction): void {
    if (size === 1) this.view.setUint8(offset, value);
    else if (size === 2) this.view.setUint16(offset, value, true);
    else this.view.setUint32(offset, value, true);
  }

  block(offset: number, buffer: Uint8Array, at: number, length: number, write: boolean): void {
    if (write) this.bytes.set(buffer.subarray(at, at + length), offset);
    else buffer.set(this.bytes.subarray(offset, offset + length), at);
  }
}
