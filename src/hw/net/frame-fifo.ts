import type { LiveCells } from '../../sim/state.ts';

/** Bytes that a frame takes beside its own: its length and a word of the owner's. */
const HEAD = 4;

/** State of a `FrameFifo`, declared by the device that has it. */
export interface FrameFifoCells extends Record<string, number | Uint8Array> {
  bytes: Uint8Array;
  /** Where the oldest frame begins, and bytes that are taken. */
  first: number;
  used: number;
  count: number;
}

export function frameFifoCells(capacity: number): FrameFifoCells {
  return { bytes: new Uint8Array(capacity), first: 0, used: 0, count: 0 };
}

/**
 * Packet memory inside a network chip: whole frames, the oldest first, each with a word of the
 * owner's (receive status). Each takes four bytes more than its own: what a chip keeps about it.
 */
export class FrameFifo {
  private readonly c: LiveCells<FrameFifoCells>;

  constructor(cells: LiveCells<FrameFifoCells>) {
    this.c = cells;
  }

  get count(): number {
    return this.c.count;
  }

  get used(): number {
    return this.c.used;
  }

  /** Bytes of the oldest frame; 0 if there is none. */
  get length(): number {
    return this.c.count === 0 ? 0 : this.half(0);
  }

  /** The owner's word of the oldest frame. */
  get word(): number {
    return this.c.count === 0 ? 0 : this.half(2);
  }

  /** Whether a frame of `length` bytes has room among `most` bytes. */
  fits(length: number, most: number = this.c.bytes.length): boolean {
    return this.c.used + HEAD + length <= Math.min(most, this.c.bytes.length);
  }

  /** Adds a frame that fits; `word` has 16 bits. */
  push(frame: Uint8Array, length: number, word: number): void {
    const c = this.c, size = c.bytes.length;
    let at = (c.first + c.used) % size;
    const put = (byte: number): void => {
      c.bytes[at] = byte;
      at = at + 1 === size ? 0 : at + 1;
    };
    put(length & 0xff);
    put(length >> 8);
    put(word & 0xff);
    put(word >> 8);
    for (let k = 0; k < length; k++) put(frame[k]);
    c.used += HEAD + length;
    c.count++;
  }

  /** Copies bytes of the oldest frame from `from` on to `target` at `at`. */
  copy(from: number, length: number, target: Uint8Array, at: number): void {
    const c = this.c, size = c.bytes.length;
    let source = (c.first + HEAD + from) % size;
    for (let k = 0; k < length; k++) {
      target[at + k] = c.bytes[source];
      source = source + 1 === size ? 0 : source + 1;
    }
  }

  /** Takes the oldest frame out. */
  shift(): void {
    const c = this.c;
    if (c.count === 0) return;
    const taken = HEAD + this.length;
    c.first = (c.first + taken) % c.bytes.length;
    c.used -= taken;
    c.count--;
  }

  clear(): void {
    this.c.first = 0;
    this.c.used = 0;
    this.c.count = 0;
  }

  private half(offset: number): number {
    const c = this.c, size = c.bytes.length;
    return c.bytes[(c.first + offset) % size] | (c.bytes[(c.first + offset + 1) % size] << 8);
  }
}
