import type { Target, Transaction } from './transaction.ts';

/**
 * Plain memory over a window of an array buffer (guest RAM in the engine's WebAssembly memory, or a
 * ROM).
 */
export class Ram implements Target {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly readOnly: boolean;
  /**
   * Called before anything but the processor's own fast path writes: (first byte offset, length).
   * The engine retires decoded code there.
   */
  onWrite: (offset: number, length: number) => void = () => {};

  constructor(name: string, bytes: Uint8Array, readOnly = false) {
    this.name = name;
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.readOnly = readOnly;
  }

  read(offset: number, size: number, _tx: Transaction): number {
    return size === 1
      ? this.view.getUint8(offset)
      : size === 2
        ? this.view.getUint16(offset, true)
        : this.view.getUint32(offset, true);
  }

  write(offset: number, size: number, value: number, _tx: Transaction): void {
    if (this.readOnly) return;
    this.onWrite(offset, size);
    if (size === 1) this.view.setUint8(offset, value);
    else if (size === 2) this.view.setUint16(offset, value, true);
    else this.view.setUint32(offset, value, true);
  }
}
