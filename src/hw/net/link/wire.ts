import { xorshift32 } from '../../../bits/xorshift32.ts';
import type { FrameTap } from '../../../host/frames.ts';
import { Component, type Identity, type Simulation } from '../../../sim/component.ts';
import type { SimEvent } from '../../../sim/scheduler.ts';
import type { LiveCells } from '../../../sim/state.ts';
import { TICKS_PER_SECOND, type Ticks } from '../../../sim/time.ts';
import type { EthernetLink, EthernetStation } from '../ethernet.ts';

/** Longest frame without FCS: 1514 bytes, and a VLAN tag (IEEE 802.3 §3.2.7, 802.1Q). */
export const FRAME_MOST = 1518;
/** Shortest one that a station takes for a frame (IEEE 802.3 §4.4.2: 64 with the FCS). */
export const FRAME_LEAST = 60;
/** Bytes of time before a frame: preamble and start delimiter (IEEE 802.3 §3.1.1). */
const PREAMBLE = 8;
/** Bytes of time behind it: FCS, and the interframe gap of 96 bit times (§4.4.2). */
const FCS = 4, GAP = 12;
/** Frames that may wait for the wire in each direction. */
const WAITING = 16;
const MILLION = 1e6;

export interface WireOptions {
  /** Bits per second: 10, 100 or 1000 million. */
  readonly rate: number;
  /** From one end to the other, equipment between included (ticks). */
  readonly latency: Ticks;
  /** Of a million frames so many are lost, drawn from `seed`; none if absent. */
  readonly loss?: number;
  readonly seed?: number;
}

/** One direction: the frames that are on it or wait for it, the oldest first. */
interface Lane {
  readonly c: LiveCells<{
    frames: Uint8Array; lengths: Uint16Array; starts: Float64Array; arrivals: Float64Array;
    first: number; count: number; free: number;
  }>;
  readonly arrival: SimEvent;
  to: EthernetStation | null;
}

/**
 * A full-duplex Ethernet link between two stations. A frame takes the sender's side for preamble,
 * frame, FCS and gap, and is there `latency` after its last bit has left; frames in flight are
 * state. One that is sent while another is leaving waits behind it.
 */
export class EthernetWire extends Component implements EthernetLink {
  readonly rate: number;
  /** Sees every frame as it arrives. */
  tap: FrameTap | null = null;
  private readonly byteTime: Ticks;
  private readonly latency: Ticks;
  private readonly loss: number;
  private readonly capacity: number;
  private readonly draw: { value: number };
  private readonly toFar: Lane;
  private readonly toNear: Lane;
  private readonly carried = this.counter('framesCarried', '', 'frames that a wire brought to its other end');
  private readonly lost = this.counter('framesLost', '', 'frames that a wire lost');

  constructor(name: string, sim: Simulation, options: WireOptions) {
    super(name, sim);
    this.rate = options.rate;
    this.byteTime = (8 * TICKS_PER_SECOND) / options.rate;
    if (!Number.isInteger(this.byteTime))
      throw new Error(`${name}: a byte at ${options.rate} bit/s is no whole number of ticks`);
    this.latency = options.latency;
    this.loss = options.loss ?? 0;
    this.capacity = WAITING + 1 + Math.ceil(this.latency / (this.byteTime * (PREAMBLE + 1 + FCS + GAP)));
    this.draw = this.cells('loss', { value: (options.seed ?? 0) | 1 });
    this.toFar = this.lane('far');
    this.toNear = this.lane('near');
  }

  private lane(to: string): Lane {
    const { capacity } = this;
    const lane: Lane = {
      c: this.cells(`to-${to}`, {
        frames: new Uint8Array(capacity * FRAME_MOST), lengths: new Uint16Array(capacity),
        starts: new Float64Array(capacity), arrivals: new Float64Array(capacity), first: 0, count: 0, free: 0,
      }),
      arrival: this.event(`arrival-${to}`, () => this.arrive(lane)),
      to: null,
    };
    return lane;
  }

  /** Says who is at the ends. */
  connect(near: EthernetStation, far: EthernetStation): void {
    this.toFar.to = far;
    this.toNear.to = near;
  }

  override describe(): Identity {
    return {
      compatible: 'ieee,802.3-link', title: 'Full-duplex Ethernet link', datasheet: 'IEEE 802.3-2002',
      figures: [
        {
          what: 'before and behind a frame', value: '8 bytes of preamble; FCS and a gap of 12 bytes',
          source: 'IEEE 802.3 §3.1.1, §4.4.2', verified: 'second-hand',
        },
      ],
      absent: ['half duplex: no collisions, no backoff', 'bit errors: a frame arrives whole or not at all'],
    };
  }

  send(from: EthernetStation, frame: Uint8Array, length: number): Ticks {
    const lane = from === this.toFar.to ? this.toNear : this.toFar, { c } = lane;
    const start = Math.max(this.sim.scheduler.now, c.free);
    const left = start + (PREAMBLE + length + FCS) * this.byteTime, free = left + GAP * this.byteTime;
    if (length < 1 || length > FRAME_MOST) {
      this.note('frame-length', `${from.name} sends a frame of ${length} bytes; it is lost`);
      c.free = free;
      this.lost.value++;
      return free;
    }
    if (c.count === this.capacity) {
      this.note('frames-waiting', `${from.name} sends while ${this.capacity} frames are under way; it is lost`);
      this.lost.value++;
      return c.free;
    }
    const slot = (c.first + c.count) % this.capacity;
    const at = slot * FRAME_MOST;
    for (let k = 0; k < length; k++) c.frames[at + k] = frame[k];
    c.lengths[slot] = length;
    c.starts[slot] = start;
    c.arrivals[slot] = left + this.latency;
    c.free = free;
    if (c.count++ === 0) lane.arrival.at(c.arrivals[slot]);
    return free;
  }

  private arrive(lane: Lane): void {
    const { c } = lane, slot = c.first;
    const at = slot * FRAME_MOST;
    const frame = c.frames.subarray(at, at + c.lengths[slot]);
    const lost = this.loses();
    if (lost) this.lost.value++;
    else this.carried.value++;
    this.tap?.frame(this.name, frame, c.starts[slot], this.sim.scheduler.now, lost);
    if (!lost) lane.to?.frameArrived(frame);
    // Only now may another take the frame's place.
    c.first = (slot + 1) % this.capacity;
    c.count--;
    if (c.count > 0) lane.arrival.at(c.arrivals[c.first]);
  }

  private loses(): boolean {
    if (this.loss === 0) return false;
    this.draw.value = xorshift32(this.draw.value);
    return (this.draw.value >>> 0) % MILLION < this.loss;
  }

  private note(what: string, detail: string): void {
    this.sim.trace.note(this.sim.scheduler.now, this.name, what, detail);
  }
}
