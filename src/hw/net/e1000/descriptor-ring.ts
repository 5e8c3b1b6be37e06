import type { LiveCells } from '../../../sim/state.ts';
import type { DmaCompletion, DmaPort } from '../../dma-port.ts';
import { DESCRIPTOR_BYTES } from './spec.ts';

/** Descriptors that the chip fetches at a time at most (§3.2.4, §3.4.1: it has room for 64). */
export const FETCHED_MOST = 8;

/** The registers of a ring. */
export interface RingRegisters {
  readonly BASE_LOW: { readonly value: number };
  readonly BASE_HIGH: { readonly value: number };
  readonly LENGTH: { readonly value: number };
  readonly HEAD: { value: number };
  readonly TAIL: { readonly value: number };
}

export interface RingCells extends Record<string, number | boolean | Uint8Array> {
  descriptors: Uint8Array;
  /** Fetched and not used: how many, and which is the first. */
  fetched: number;
  first: number;
  /** Memory or the registers refused: nothing goes on until software writes the tail. */
  stopped: boolean;
  /** Software has changed the ring while a descriptor was in use. */
  stale: boolean;
}

export function ringCells(): RingCells {
  const descriptors = new Uint8Array(FETCHED_MOST * DESCRIPTOR_BYTES);
  return { descriptors, fetched: 0, first: 0, stopped: false, stale: false };
}

/** Descriptors between head and tail (§3.2.6, §3.4), and those that the chip has fetched. */
export class DescriptorRing {
  readonly c: LiveCells<RingCells>;
  private readonly r: RingRegisters;
  readonly view: DataView;

  constructor(cells: LiveCells<RingCells>, registers: RingRegisters) {
    this.c = cells;
    this.r = registers;
    this.view = new DataView(cells.descriptors.buffer);
  }

  /** Descriptors in the ring. */
  get count(): number {
    return Math.floor(this.r.LENGTH.value / DESCRIPTOR_BYTES);
  }

  /** Head and tail are in the ring; without descriptors both can only be 0. */
  get valid(): boolean {
    const { count } = this;
    return (this.r.HEAD.value < count && this.r.TAIL.value < count) ||
      (count === 0 && this.r.HEAD.value === 0 && this.r.TAIL.value === 0);
  }

  /** Descriptors that are the chip's. */
  get available(): number {
    const { count } = this;
    return count === 0 || !this.valid ? 0 : (this.r.TAIL.value - this.r.HEAD.value + count) % count;
  }

  /** Address of the descriptor at the head. */
  get headAddress(): number {
    return this.r.BASE_HIGH.value * 2 ** 32 + this.r.BASE_LOW.value + this.r.HEAD.value * DESCRIPTOR_BYTES;
  }

  /** Offset in `view` of the descriptor at the head. */
  get at(): number {
    return this.c.first * DESCRIPTOR_BYTES;
  }

  /** Begins to fetch what is there, up to the end of the ring. There is something. */
  fetch(port: DmaPort, done: DmaCompletion): void {
    const n = Math.min(this.available, FETCHED_MOST, this.count - this.r.HEAD.value);
    this.c.first = 0;
    this.c.fetched = 0;
    port.read(this.headAddress, n * DESCRIPTOR_BYTES, done);
  }

  /** What was asked for is in the port's buffer. */
  arrived(port: DmaPort): void {
    const bytes = port.cells.length;
    this.c.descriptors.set(port.buffer.subarray(0, bytes));
    this.c.fetched = this.c.stale ? 0 : bytes / DESCRIPTOR_BYTES;
    this.c.stale = false;
  }

  /** The descriptor at the head is done. */
  advance(): void {
    const { count } = this;
    if (this.c.stale) {
      this.forget();
      return;
    }
    this.c.first++;
    this.c.fetched--;
    this.r.HEAD.value = count === 0 ? 0 : (this.r.HEAD.value + 1) % count;
  }

  /** What was fetched is not used: memory refused, or the ring is another one. */
  forget(): void {
    this.c.fetched = 0;
    this.c.first = 0;
    this.c.stale = false;
  }

  /** Software has written base, length or head; `busy`: a descriptor is in use or on its way. */
  changed(busy: boolean): void {
    this.c.stopped = false;
    if (busy) this.c.stale = true;
    else this.forget();
  }
}
