import { STATUS } from '../../../mem/transaction.ts';
import type { LiveCells } from '../../../sim/state.ts';
import type { DmaCompletion, DmaPort } from '../../dma-port.ts';
import type { DescriptorRing } from './descriptor-ring.ts';
import type { Offload } from './offload.ts';
import { RING_PHASE, RingEngine, type RingControl } from './ring-engine.ts';
import { COMMAND, KIND, TransmitDescriptor } from './transmit-descriptor.ts';

/** Longest frame that is put together; a longer one is lost. */
const FRAME_MOST = 2048, FRAME_LEAST = 60, FCS_BYTES = 4;
const DD = 0x01;
const PHASE = { ...RING_PHASE, data: 2, blocked: 3, write: 4 } as const;

/** What the transmitter needs of the chip. */
export interface TransmitControl extends RingControl {
  /** Short frames are padded (TCTL.PSP). */
  readonly padded: boolean;
  /** Whether the packet memory has room for a frame. */
  fits(length: number): boolean;
  /** Puts a frame that fits there. */
  accept(frame: Uint8Array, length: number): void;
  /** The frame is longer than any that is sent. */
  refused(length: number): void;
  /** A descriptor was written back. */
  reported(delayed: boolean): void;
  /** Head has reached tail. */
  drained(): void;
  /** A context that segments began. */
  segmented(): void;
}

export interface TransmitterCells extends Record<string, number | boolean | Uint8Array> {
  phase: number;
  frame: Uint8Array;
  length: number;
  /** More came than a frame holds. */
  oversize: boolean;
  /** Between the first descriptor of a packet and its last. */
  open: boolean;
  /** Bytes of the descriptor's data that are fetched, of the last fetch, and of it taken. */
  taken: number;
  chunk: number;
  at: number;
}

export function transmitterCells(): TransmitterCells {
  return {
    phase: PHASE.idle, frame: new Uint8Array(FRAME_MOST), length: 0, oversize: false, open: false, taken: 0, chunk: 0,
    at: 0,
  };
}

/**
 * From the buffers of transmit descriptors into the packet memory, a frame at a time (§3.3, §3.4).
 * DEVIATES: a frame leaves when all of it is there; TXDCTL has no effect.
 */
export class Transmitter extends RingEngine {
  private readonly c: LiveCells<TransmitterCells>;
  private readonly offload: Offload;
  private readonly control: TransmitControl;
  private readonly d: TransmitDescriptor;
  override done: { fetched: DmaCompletion; data: DmaCompletion; written: DmaCompletion } | null = null;

  constructor(
    cells: LiveCells<TransmitterCells>, ring: DescriptorRing, offload: Offload, port: DmaPort, control: TransmitControl,
  ) {
    super(cells, ring, port, control);
    this.c = cells;
    this.offload = offload;
    this.control = control;
    this.d = new TransmitDescriptor(ring.view);
  }

  protected override cleared(): void {
    this.forget();
  }

  /** The packet is. */
  protected override lost(): void {
    this.forget();
  }

  private forget(): void {
    const c = this.c;
    c.length = c.taken = c.chunk = c.at = 0;
    c.open = c.oversize = false;
  }

  override next(): void {
    if (this.ready && this.atHand()) this.begin();
  }

  /** The descriptor at the head. */
  private begin(): void {
    const c = this.c, { d, offload } = this;
    d.at = this.ring.at;
    c.taken = c.chunk = c.at = 0;
    if (d.kind === KIND.context) {
      offload.context(this.ring.view, d.at);
      if (d.has(COMMAND.TSE)) this.control.segmented();
      this.end();
      return;
    }
    if (!c.open) {
      c.open = true;
      if (d.kind === KIND.legacy) offload.beginLegacy(d.has(COMMAND.IC), d.css, d.cso);
      else offload.begin(d.has(COMMAND.TSE), d.insertIp, d.insertTcp);
    }
    this.data();
  }

  /** Fetches what is left of the descriptor's data, or ends it. */
  private data(): void {
    const c = this.c, { d, port } = this;
    const left = d.length - c.taken;
    if (left <= 0) {
      this.lastOfPacket();
      return;
    }
    c.phase = PHASE.data;
    c.chunk = Math.min(left, port.buffer.length);
    c.at = 0;
    if (this.done !== null) port.read(d.address + c.taken, c.chunk, this.done.data);
  }

  dataDone(status: number): void {
    if (status !== STATUS.OK) {
      this.stop();
      return;
    }
    this.c.taken += this.c.chunk;
    this.pump();
  }

  /** The packet memory has room again. */
  resume(): void {
    const c = this.c;
    if (c.phase !== PHASE.blocked) return;
    this.d.at = this.ring.at;
    if (c.at < c.chunk) this.pump();
    else this.lastOfPacket();
  }

  /** Moves what was fetched into the frame; a segment that is full goes out when more comes. */
  private pump(): void {
    const c = this.c, { port } = this;
    this.d.at = this.ring.at;
    const limit = Math.min(this.offload.limit, FRAME_MOST);
    while (c.at < c.chunk) {
      const n = Math.min(c.chunk - c.at, limit - c.length);
      if (n > 0) {
        for (let k = 0; k < n; k++) c.frame[c.length + k] = port.buffer[c.at + k];
        c.length += n;
        c.at += n;
      } else if (!this.offload.c.segment || limit <= this.offload.c.headerBytes) {
        c.oversize = true;
        c.at = c.chunk;
      } else if (!this.emit(false)) {
        c.phase = PHASE.blocked;
        return;
      }
    }
    this.data();
  }

  private lastOfPacket(): void {
    const c = this.c, { d } = this;
    if (d.has(COMMAND.EOP)) {
      if (c.oversize) this.control.refused(c.length);
      else if (c.length > 0 && !this.emit(true)) {
        c.phase = PHASE.blocked;
        return;
      }
      c.length = 0;
      c.open = c.oversize = false;
    }
    this.end();
  }

  /** Completes the frame and puts it into the packet memory if it has room. */
  private emit(last: boolean): boolean {
    const c = this.c, { control, offload } = this;
    // §3.3.3, IFCS = 0: software has put the FCS there itself.
    let length = this.d.has(COMMAND.IFCS) ? c.length : Math.max(1, c.length - FCS_BYTES);
    if (control.padded && length < FRAME_LEAST) {
      c.frame.fill(0, length, FRAME_LEAST);
      length = FRAME_LEAST;
    }
    if (!control.fits(length)) return false;
    offload.complete(c.frame, c.length, last);
    control.accept(c.frame, length);
    c.length = offload.next(c.frame, c.length);
    return true;
  }

  /** The descriptor is done: its status goes to memory if it asks for it (RS). */
  private end(): void {
    const c = this.c, { d, port } = this;
    if (!d.has(COMMAND.RS | COMMAND.RPS) || this.done === null) {
      this.advance();
      return;
    }
    c.phase = PHASE.write;
    port.view.setUint32(0, (d.status | DD) >>> 0, true);
    port.write(this.ring.headAddress + 12, 4, this.done.written);
  }

  writtenDone(status: number): void {
    if (status !== STATUS.OK) {
      this.stop();
      return;
    }
    this.d.at = this.ring.at;
    this.control.reported(this.d.has(COMMAND.IDE));
    this.advance();
  }

  private advance(): void {
    this.c.phase = PHASE.idle;
    this.ring.advance();
    if (this.ring.available === 0) this.control.drained();
    this.next();
  }
}
