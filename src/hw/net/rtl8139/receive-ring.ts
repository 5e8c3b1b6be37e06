import { crc32 } from '../../../bits/crc32.ts';
import { STATUS } from '../../../mem/transaction.ts';
import type { LiveCells } from '../../../sim/state.ts';
import type { DmaCompletion, DmaPort } from '../../dma-port.ts';
import type { FrameFifo } from '../frame-fifo.ts';

/** Bytes before a frame in the ring, and behind it (§5.1: the length counts the FCS). */
export const HEADER_BYTES = 4, FCS_BYTES = 4;
/** CAPR is the read pointer less this (§5). */
const CAPR_BIAS = 16;

/** What the ring needs of the chip's registers. */
export interface RingRegisters {
  readonly enabled: boolean;
  /** RBSTART. */
  readonly start: number;
  /** Bytes of the ring. */
  readonly length: number;
  /** A frame goes on behind the ring's end (RCR.WRAP). */
  readonly goesOn: boolean;
  /** Longest burst (RCR.MXDMA). */
  readonly burst: number;
  readonly capr: number;
  cbr: number;
}

export interface ReceiveRingCells extends Record<string, number | boolean> {
  writing: boolean;
  /** Bytes of the record that are in memory, and those of the burst under way. */
  done: number;
  chunk: number;
  fcs: number;
}

export function receiveRingCells(): ReceiveRingCells {
  return { writing: false, done: 0, chunk: 0, fcs: 0 };
}

/** What has happened to the frame at the head of the FIFO. */
export type RingEvent = 'stored' | 'full' | 'failed';

/**
 * The receive ring (§9.2): frames go from the FIFO to memory one behind the other, each with a word
 * of status and length before it and its FCS behind it, each at a multiple of four bytes. The chip
 * writes at CBR, software follows with CAPR. A frame that has no room waits in the FIFO.
 */
export class ReceiveRing {
  private readonly c: LiveCells<ReceiveRingCells>;
  private readonly fifo: FrameFifo;
  private readonly port: DmaPort;
  private readonly r: RingRegisters;
  private readonly happened: (event: RingEvent) => void;
  private readonly record = new Uint8Array(HEADER_BYTES + FCS_BYTES);
  private readonly frame: Uint8Array;
  /** Set by the chip, which declares it: the port's completion. */
  stored: DmaCompletion | null = null;

  constructor(
    cells: LiveCells<ReceiveRingCells>, fifo: FrameFifo, port: DmaPort, registers: RingRegisters,
    happened: (event: RingEvent) => void,
  ) {
    this.c = cells;
    this.fifo = fifo;
    this.port = port;
    this.r = registers;
    this.happened = happened;
    this.frame = new Uint8Array(port.buffer.length);
  }

  /** The read pointer: where software reads next. */
  get readAt(): number {
    return (this.r.capr + CAPR_BIAS) % this.r.length;
  }

  /** Where the next record begins: inside the ring, which may have become shorter since. */
  private get writeAt(): number {
    return this.r.cbr % this.r.length;
  }

  /** Nothing is in the ring (CR.BUFE). */
  get empty(): boolean {
    return this.writeAt === this.readAt;
  }

  /** Gives up what is under way. */
  reset(): void {
    this.port.abort();
    this.c.writing = false;
    this.c.done = 0;
    this.fifo.clear();
  }

  /** Begins with the oldest frame of the FIFO if it has room. */
  next(): void {
    const c = this.c, { fifo, r } = this;
    if (c.writing || !r.enabled || fifo.count === 0) return;
    const free = this.empty ? r.length : (this.readAt - this.writeAt + r.length) % r.length;
    // A ring that is filled to its last byte would look empty.
    if (((this.recordBytes() + 3) & ~3) >= free) {
      this.happened('full');
      return;
    }
    c.writing = true;
    c.done = 0;
    fifo.copy(0, fifo.length, this.frame, 0);
    c.fcs = crc32(this.frame.subarray(0, fifo.length));
    this.burst();
  }

  private recordBytes(): number {
    return HEADER_BYTES + this.fifo.length + FCS_BYTES;
  }

  private burst(): void {
    const c = this.c, { r, port } = this;
    let at = this.writeAt + c.done;
    let most = r.burst;
    if (!r.goesOn) {
      at %= r.length;
      most = Math.min(most, r.length - at);
    }
    c.chunk = Math.min(most, this.recordBytes() - c.done);
    this.fill(c.done, c.chunk);
    if (this.stored !== null) port.write((r.start + at) % 2 ** 32, c.chunk, this.stored);
  }

  /** Puts `length` bytes of the record from `from` on into the port's buffer. */
  private fill(from: number, length: number): void {
    const { fifo, port, record, c } = this, frame = fifo.length, size = frame + FCS_BYTES;
    record[0] = fifo.word & 0xff;
    record[1] = fifo.word >> 8;
    record[2] = size & 0xff;
    record[3] = size >> 8;
    for (let k = 0; k < 4; k++) record[4 + k] = c.fcs >>> (8 * k);
    let at = 0;
    for (; at < length && from + at < HEADER_BYTES; at++) port.buffer[at] = record[from + at];
    const inFrame = from + at - HEADER_BYTES, data = Math.min(length - at, frame - inFrame);
    if (data > 0) {
      fifo.copy(inFrame, data, port.buffer, at);
      at += data;
    }
    for (; at < length; at++) port.buffer[at] = record[from + at - frame];
  }

  /** A burst is over. */
  burstDone(status: number): void {
    const c = this.c, { r, fifo } = this;
    if (status !== STATUS.OK) {
      c.writing = false;
      fifo.shift();
      this.happened('failed');
      this.next();
      return;
    }
    c.done += c.chunk;
    const total = this.recordBytes();
    if (c.done < total) {
      this.burst();
      return;
    }
    r.cbr = ((this.writeAt + total + 3) & ~3) % r.length;
    c.writing = false;
    fifo.shift();
    this.happened('stored');
    this.next();
  }
}
