/** The cells that a `ByteQueue` of so many bytes keeps its state in. */
export function queueCells(size: number) {
  return { bytes: new Uint8Array(size), head: 0, count: 0 };
}

/** Bytes that wait in a keyboard or mouse, first in, first out; its state is in cells. */
export class ByteQueue {
  private readonly cells: ReturnType<typeof queueCells>;

  constructor(cells: ReturnType<typeof queueCells>) {
    this.cells = cells;
  }

  get count(): number {
    return this.cells.count;
  }

  /** Places that are free. */
  get room(): number {
    return this.cells.bytes.length - this.cells.count;
  }

  /** False, and nothing put in, if there is no room. */
  put(byte: number): boolean {
    const { bytes, head, count } = this.cells;
    if (count === bytes.length) return false;
    bytes[(head + count) % bytes.length] = byte;
    this.cells.count++;
    return true;
  }

  /** The first byte, out of the queue; 0 if there is none. */
  take(): number {
    const { bytes, head, count } = this.cells;
    if (count === 0) return 0;
    this.cells.head = (head + 1) % bytes.length;
    this.cells.count--;
    return bytes[head];
  }

  clear(): void {
    this.cells.head = 0;
    this.cells.count = 0;
  }
}
