import type { SimEvent } from '../../../sim/scheduler.ts';
import type { LiveCells } from '../../../sim/state.ts';
import { TICKS_PER_SECOND, type Ticks } from '../../../sim/time.ts';
import type { EthernetLink, EthernetStation } from '../ethernet.ts';
import type { FrameFifo } from '../frame-fifo.ts';

/** Of a frame that is looped back: preamble, FCS and gap take the time of so many bytes. */
const FRAME_COST = 24;

/** What the sender needs of the chip. */
export interface SendControl {
  /** The link is up, and the transmitter on. */
  enabled(): boolean;
  /** Bits per second of the PHY's loopback; 0: frames go to the wire. */
  loopRate(): number;
  now(): Ticks;
  /** A frame and the gap behind it are over. */
  left(frame: Uint8Array, length: number): void;
  /** The PHY brings a frame back. */
  loop(frame: Uint8Array): void;
}

export interface SenderCells extends Record<string, boolean> {
  leaving: boolean;
  /** What leaves comes back. */
  looped: boolean;
}

export function senderCells(): SenderCells {
  return { leaving: false, looped: false };
}

/** From the packet memory to the wire, a frame after the other, or back by the PHY's loopback. */
export class Sender {
  private readonly c: LiveCells<SenderCells>;
  private readonly fifo: FrameFifo;
  private readonly station: EthernetStation;
  private readonly link: EthernetLink | null;
  private readonly control: SendControl;
  private readonly frame = new Uint8Array(2048);
  /** Set by the chip, which declares it. */
  sent: SimEvent | null = null;

  constructor(
    cells: LiveCells<SenderCells>, fifo: FrameFifo, station: EthernetStation, link: EthernetLink | null,
    control: SendControl,
  ) {
    this.c = cells;
    this.fifo = fifo;
    this.station = station;
    this.link = link;
    this.control = control;
  }

  reset(): void {
    this.fifo.clear();
    this.sent?.cancel();
    this.c.leaving = this.c.looped = false;
  }

  /** Sends the oldest frame if nothing is leaving. */
  next(): void {
    const { c, fifo, link, control } = this;
    if (c.leaving || fifo.count === 0 || !control.enabled()) return;
    const { length } = fifo, loopRate = control.loopRate();
    if (loopRate > 0) {
      c.looped = true;
      this.sent?.at(control.now() + ((length + FRAME_COST) * 8 * TICKS_PER_SECOND) / loopRate);
    } else if (link !== null) {
      fifo.copy(0, length, this.frame, 0);
      this.sent?.at(link.send(this.station, this.frame, length));
    } else return;
    c.leaving = true;
  }

  /** The frame and the gap behind it are over. */
  left(): void {
    const { c, fifo, frame, control } = this, { length } = fifo, { looped } = c;
    fifo.copy(0, length, frame, 0);
    fifo.shift();
    c.leaving = c.looped = false;
    control.left(frame, length);
    if (looped) control.loop(frame.subarray(0, length));
    this.next();
  }
}
