import { crc32 } from '../../../bits/crc32.ts';
import { Component, type Identity, type Simulation } from '../../../sim/component.ts';
import type { Ticks } from '../../../sim/time.ts';
import { ETHERTYPE_AT, HEADER_BYTES, type EthernetLink, type EthernetStation } from '../ethernet.ts';
import { FRAME_LEAST, FRAME_MOST } from '../link/wire.ts';
import { fillPayload } from '../payload.ts';

/** The source's station address; locally administered. */
export const SOURCE_ADDRESS = Uint8Array.of(0x02, 0x00, 0x0a, 0x00, 0x02, 0x03);
/** Local experimental Ethertype 1 (IEEE 802 §9.2.4). */
export const SOURCE_ETHERTYPE = 0x88b5;

export interface SourceOptions {
  /** Where the frames go. */
  readonly destination: Uint8Array;
  /** Frames of a series. */
  readonly frames: number;
  /** Bytes of each, without FCS: 60 to 1514. */
  readonly size: number;
  /** From the first bit of a frame to that of the next; what the wire does not allow is later. */
  readonly interval: Ticks;
  /** The series begins so long after reset; 0: when a frame arrives. */
  readonly delay: Ticks;
  readonly seed: number;
}

/**
 * A station that sends a series of numbered frames at a set rate, and takes what is sent to it as
 * the wish for another series, unless one is under way. Contents: `fillPayload`.
 */
export class PacketSource extends Component implements EthernetStation {
  private readonly options: SourceOptions;
  private readonly link: EthernetLink;
  private readonly s = this.cells('source', { left: 0, sequence: 0, digest: 0, received: 0 });
  private readonly next = this.event('next', () => this.sendOne());
  private readonly frame: Uint8Array;

  constructor(name: string, sim: Simulation, link: EthernetLink, options: SourceOptions) {
    super(name, sim);
    this.options = options;
    this.link = link;
    this.frame = new Uint8Array(Math.max(FRAME_LEAST, Math.min(options.size, FRAME_MOST)));
    this.frame.set(options.destination, 0);
    this.frame.set(SOURCE_ADDRESS, 6);
    this.frame[ETHERTYPE_AT] = SOURCE_ETHERTYPE >> 8;
    this.frame[ETHERTYPE_AT + 1] = SOURCE_ETHERTYPE & 0xff;
    this.counter('sourceFrames', '', 'frames that the packet source sent', () => this.s.sequence);
  }

  /** Frames of the series that were sent. */
  get sent(): number {
    return this.s.sequence;
  }
  /** CRC-32 of their payloads, one after the other. */
  get digest(): number {
    return this.s.digest;
  }
  /** All of the series was sent, or none was begun. */
  get idle(): boolean {
    return this.s.left === 0;
  }

  override describe(): Identity {
    return { compatible: 'northbridge,packet-source', title: 'Source of Ethernet frames at a set rate', datasheet: '' };
  }

  override resetExit(): void {
    super.resetExit();
    if (this.options.delay > 0) this.begin(this.options.delay);
  }

  frameArrived(): void {
    this.s.received++;
    if (this.s.left === 0) this.begin(0);
  }

  private begin(delay: Ticks): void {
    const s = this.s;
    s.left = this.options.frames;
    s.sequence = 0;
    s.digest = 0;
    if (s.left > 0) this.next.after(delay);
  }

  private sendOne(): void {
    const { s, frame, options } = this;
    fillPayload(frame, HEADER_BYTES, frame.length, options.seed, s.sequence);
    s.digest = crc32(frame.subarray(HEADER_BYTES), s.digest);
    s.sequence++;
    s.left--;
    const free = this.link.send(this, frame, frame.length);
    if (s.left > 0) this.next.at(Math.max(free, this.sim.scheduler.now + options.interval));
  }
}
