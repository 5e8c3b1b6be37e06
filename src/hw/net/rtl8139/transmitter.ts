import { STATUS } from '../../../mem/transaction.ts';
import type { SimEvent } from '../../../sim/scheduler.ts';
import type { LiveCells } from '../../../sim/state.ts';
import type { Ticks } from '../../../sim/time.ts';
import type { DmaCompletion, DmaPort } from '../../dma-port.ts';

/** Bytes of the transmit FIFO (§9.1), and the longest frame that a descriptor names (§5.2). */
export const TRANSMIT_FIFO = 2048, LONGEST = 1792;

/** What the transmitter needs of the chip. */
export interface TransmitRegisters {
  readonly enabled: boolean;
  /** Longest burst (TCR.MXDMA). */
  readonly burst: number;
  readonly loopback: boolean;
  /** Whether descriptor n waits for the chip (TSD.OWN = 0), its length, its address. */
  waits(n: number): boolean;
  size(n: number): number;
  address(n: number): number;
  /** All of descriptor n's frame is in the FIFO. */
  fetched(n: number): void;
  /** Its frame has left, or cannot be sent. */
  ended(n: number, sent: boolean): void;
  /** Memory refused. */
  failed(): void;
  /** Puts a frame on the wire; returns when the wire is free again. */
  send(frame: Uint8Array, length: number): Ticks;
  /** Loopback: the frame comes back. */
  loop(frame: Uint8Array, length: number): void;
}

export interface TransmitterCells extends Record<string, number | boolean | Uint8Array> {
  frame: Uint8Array;
  /** The descriptor that is next (§9.1: round robin). */
  next: number;
  fetching: boolean;
  /** All of the frame is there, and it waits for the wire. */
  ready: boolean;
  index: number;
  size: number;
  done: number;
  chunk: number;
  /** The frame on the wire: bytes (0: none), and its descriptor. */
  leaving: number;
  leavingIndex: number;
  looping: boolean;
}

export function transmitterCells(): TransmitterCells {
  return {
    frame: new Uint8Array(TRANSMIT_FIFO), next: 0, fetching: false, ready: false, index: 0, size: 0, done: 0, chunk: 0,
    leaving: 0, leavingIndex: 0, looping: false,
  };
}

/**
 * Four descriptors, taken in turn (§9.1): the frame at TSAD goes into the FIFO by bus master and
 * then to the wire, while the next is fetched if the FIFO holds both.
 */
export class Transmitter {
  private readonly c: LiveCells<TransmitterCells>;
  private readonly port: DmaPort;
  private readonly r: TransmitRegisters;
  /** Set by the chip, which declares them. */
  part: DmaCompletion | null = null;
  sent: SimEvent | null = null;

  constructor(cells: LiveCells<TransmitterCells>, port: DmaPort, registers: TransmitRegisters) {
    this.c = cells;
    this.port = port;
    this.r = registers;
  }

  /** Gives up what is under way; the next descriptor is 0. */
  reset(): void {
    const c = this.c;
    this.port.abort();
    this.sent?.cancel();
    c.next = c.leaving = 0;
    c.fetching = c.ready = c.looping = false;
  }

  /** Looks whether there is something to fetch. At most one round. */
  kick(): void {
    const c = this.c, { r } = this;
    for (let n = 0; n < 4; n++) {
      if (c.fetching || c.ready || !r.enabled || !r.waits(c.next)) return;
      const size = r.size(c.next);
      if (size > 0 && size <= LONGEST) {
        if (c.leaving + size <= TRANSMIT_FIFO && !c.looping) this.fetch(size);
        return;
      }
      const index = this.advance();
      r.fetched(index);
      r.ended(index, false);
    }
  }

  private advance(): number {
    const index = this.c.next;
    this.c.next = (index + 1) % 4;
    return index;
  }

  private fetch(size: number): void {
    const c = this.c;
    c.index = this.advance();
    c.size = size;
    c.done = 0;
    c.fetching = true;
    this.burst();
  }

  private burst(): void {
    const c = this.c, { r, port } = this;
    c.chunk = Math.min(r.burst, c.size - c.done);
    if (this.part !== null) port.read((r.address(c.index) + c.done) % 2 ** 32, c.chunk, this.part);
  }

  /** A burst is over. */
  burstDone(status: number): void {
    const c = this.c, { r, port } = this;
    if (status !== STATUS.OK) {
      c.fetching = false;
      r.failed();
      r.fetched(c.index);
      r.ended(c.index, false);
      this.kick();
      return;
    }
    for (let k = 0; k < c.chunk; k++) c.frame[c.done + k] = port.buffer[k];
    c.done += c.chunk;
    if (c.done < c.size) {
      this.burst();
      return;
    }
    // DEVIATES: the chip begins to send at ERTXTH, while it still fetches.
    c.fetching = false;
    c.ready = true;
    r.fetched(c.index);
    this.leave();
  }

  private leave(): void {
    const c = this.c, { r } = this;
    if (!c.ready || c.leaving > 0) return;
    c.ready = false;
    c.leaving = c.size;
    c.leavingIndex = c.index;
    c.looping = r.loopback;
    this.sent?.at(r.send(c.frame, c.size));
    this.kick();
  }

  /** The frame and the gap behind it are over. */
  left(): void {
    const c = this.c, { r } = this, length = c.leaving;
    c.leaving = 0;
    r.ended(c.leavingIndex, true);
    if (c.looping) {
      c.looping = false;
      r.loop(c.frame, length);
    }
    this.leave();
    this.kick();
  }
}
