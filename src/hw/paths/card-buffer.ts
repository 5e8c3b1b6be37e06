import type { Guard, Target, Transaction } from '../../mem/transaction.ts';

/**
 * The card's memory: behaves as memory does, for single accesses and for bursts. It counts the
 * transactions of processors; a bus master's are counted by its port.
 */
export class CardBuffer implements Target {
  readonly name: string;
  readonly guard: Guard;
  readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly traffic: { bufferAccesses: number };

  constructor(name: string, bytes: Uint8Array, guard: Guard, traffic: { bufferAccesses: number }) {
    this.name = name;
    this.bytes = bytes;
    this.guard = guard;
    this.traffic = traffic;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  read(offset: number, size: number, tx: Transaction): number {
    this.count(tx);
    return this.peek(offset, size);
  }

  /** The value at `offset`, without counting. */
  peek(offset: number, size: number): number {
    return size === 1
      ? this.view.getUint8(offset)
      : size === 2
        ? this.view.getUint16(offset, true)
        : this.view.getUint32(offset, true);
  }

  write(offset: number, size: number, value: number, tx: Transaction): void {
    this.count(tx);
    this.poke(offset, size, value);
  }

  poke(offset: number, size: number, value: number): void {
    if (size === 1) this.view.setUint8(offset, value);
    else if (size === 2) this.view.setUint16(offset, value, true);
    else this.view.setUint32(offset, value, true);
  }

  block(offset: number, buffer: Uint8Array, at: number, length: number, write: boolean, tx: Transaction): void {
    this.count(tx);
    if (write) this.bytes.set(buffer.subarray(at, at + length), offset);
    else buffer.set(this.bytes.subarray(offset, offset + length), at);
  }

  private count(tx: Transaction): void {
    if (!tx.busMaster && !tx.debug) this.traffic.bufferAccesses++;
  }
}
