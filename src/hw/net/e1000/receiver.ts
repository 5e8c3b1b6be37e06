import { crc32 } from '../../../bits/crc32.ts';
import { STATUS } from '../../../mem/transaction.ts';
import type { LiveCells } from '../../../sim/state.ts';
import type { DmaCompletion, DmaPort } from '../../dma-port.ts';
import type { FrameFifo } from '../frame-fifo.ts';
import { onesSum, fold } from './checksum.ts';
import type { DescriptorRing } from './descriptor-ring.ts';
import { RING_PHASE, RingEngine, type RingControl } from './ring-engine.ts';
import { DESCRIPTOR_BYTES } from './spec.ts';

const FCS_BYTES = 4;
/** Status of a receive descriptor (§3.2.3.1). */
const DD = 0x01, EOP = 0x02, IXSM = 0x04;
const PHASE = { ...RING_PHASE, data: 2, write: 3 } as const;

/** What the receiver needs of the chip. */
export interface ReceiveControl extends RingControl {
  /** Bytes of a buffer (RCTL.BSIZE, BSEX). */
  readonly bufferBytes: number;
  /** The FCS is left out (RCTL.SECRC). */
  readonly stripped: boolean;
  /** Where the packet's checksum begins (RXCSUM.PCSS). */
  readonly checksumFrom: number;
  /** A frame is in memory. */
  stored(length: number): void;
  /** So many descriptors are left of the ring's. */
  left(available: number): void;
}

export interface ReceiverCells extends Record<string, number> {
  phase: number;
  /** Bytes of the oldest frame that are in memory, and of the transfer under way. */
  done: number;
  chunk: number;
  fcs: number;
  sum: number;
}

export function receiverCells(): ReceiverCells {
  return { phase: PHASE.idle, done: 0, chunk: 0, fcs: 0, sum: 0 };
}

/**
 * From the packet memory into the buffers of receive descriptors (§3.2).
 * DEVIATES: begins when a frame has arrived, not while it does; RXDCTL has no effect.
 */
export class Receiver extends RingEngine {
  private readonly c: LiveCells<ReceiverCells>;
  private readonly fifo: FrameFifo;
  private readonly control: ReceiveControl;
  private readonly frame: Uint8Array;
  override done: { fetched: DmaCompletion; stored: DmaCompletion; written: DmaCompletion } | null = null;

  constructor(
    cells: LiveCells<ReceiverCells>, ring: DescriptorRing, fifo: FrameFifo, port: DmaPort, control: ReceiveControl,
  ) {
    super(cells, ring, port, control);
    this.c = cells;
    this.fifo = fifo;
    this.control = control;
    this.frame = new Uint8Array(port.buffer.length);
  }

  protected override cleared(): void {
    this.c.done = 0;
    this.fifo.clear();
  }

  /** The frame is. */
  protected override lost(): void {
    this.c.done = 0;
    this.fifo.shift();
  }

  override next(): void {
    if (!this.ready || this.fifo.count === 0 || !this.atHand()) return;
    if (this.c.done === 0) this.open();
    this.store();
  }

  /** FCS and packet checksum (§3.2.9) of the oldest frame. */
  private open(): void {
    const { fifo, frame } = this, length = fifo.length;
    fifo.copy(0, length, frame, 0);
    this.c.fcs = crc32(frame.subarray(0, length));
    this.c.sum = ~fold(onesSum(frame, this.control.checksumFrom, length)) & 0xffff;
  }

  /** Bytes that go to memory. */
  private total(): number {
    return this.fifo.length + (this.control.stripped ? 0 : FCS_BYTES);
  }

  private store(): void {
    const c = this.c, { ring, fifo, port } = this;
    const low = ring.view.getUint32(ring.at, true), high = ring.view.getUint32(ring.at + 4, true);
    if (low === 0 && high === 0) {
      // §3.2.5: a null descriptor gets no data; but for DD it is written back as it was.
      ring.view.setUint8(ring.at + 12, ring.view.getUint8(ring.at + 12) | DD);
      this.writeBack();
      return;
    }
    c.chunk = Math.max(1, Math.min(this.total() - c.done, this.control.bufferBytes, port.buffer.length));
    const data = Math.max(0, Math.min(c.chunk, fifo.length - c.done));
    fifo.copy(c.done, data, port.buffer, 0);
    for (let k = data; k < c.chunk; k++) port.buffer[k] = c.fcs >>> (8 * (c.done + k - fifo.length));
    c.phase = PHASE.data;
    if (this.done !== null) port.write(high * 2 ** 32 + low, c.chunk, this.done.stored);
  }

  storedDone(status: number): void {
    const c = this.c, { ring } = this;
    if (status !== STATUS.OK) {
      this.stop();
      return;
    }
    c.done += c.chunk;
    const last = c.done >= this.total(), { view, at } = ring;
    view.setUint16(at + 8, c.chunk, true);
    view.setUint16(at + 10, c.sum, true);
    // IXSM: the sum is there, nobody has checked those inside the packet.
    view.setUint32(at + 12, DD | IXSM | (last ? EOP : 0), true);
    this.writeBack();
  }

  /** The descriptor at the head goes to memory as it stands. */
  private writeBack(): void {
    const { ring, port } = this;
    port.buffer.set(ring.c.descriptors.subarray(ring.at, ring.at + DESCRIPTOR_BYTES));
    this.c.phase = PHASE.write;
    if (this.done !== null) port.write(ring.headAddress, DESCRIPTOR_BYTES, this.done.written);
  }

  writtenDone(status: number): void {
    const c = this.c, { ring, fifo } = this;
    c.phase = PHASE.idle;
    if (status !== STATUS.OK) {
      this.stop();
      return;
    }
    ring.advance();
    if (c.done >= this.total()) {
      const { length } = fifo;
      fifo.shift();
      c.done = 0;
      this.control.stored(length);
    }
    this.control.left(ring.available);
    this.next();
  }
}
