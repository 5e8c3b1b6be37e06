import { us, type Ticks } from '../../../sim/time.ts';
import { FIFO_BYTES } from './spec.ts';

/**
 * Service that comes later than this before the deadline is too late (§2.1.6: threshold * 8 / data
 * rate - 1.5 µs).
 */
export const SERVICE_LEAD: Ticks = us(1.5);

/**
 * Without the FIFO (EFIFO = 1) a byte waits for the host while the next one is shifted: a FIFO of
 * two with a threshold of one.
 */
const DISABLED_BYTES = 2;

/**
 * The data FIFO in the execution phase (§4.2): bytes between disk and host, the request for
 * service, and the moment at which nobody served it in time. The threshold counts as in the data
 * sheet: the bytes that the disk can still move once service is asked for.
 */
export class Fifo {
  readonly s = {
    bytes: new Uint8Array(FIFO_BYTES),
    /** Place of the oldest byte, bytes held. */
    first: 0, count: 0,
    /** Bytes it holds at most, and when it asks for service. */
    size: FIFO_BYTES, threshold: 1,
    /** The host reads. */
    reading: false,
    /** DRQ, or in non-DMA mode INT and RQM. */
    request: false,
    /** Bytes that the host may still give. */
    left: 0,
    /** When the host last took or gave the byte without which the next one was lost. */
    relieved: 0,
  };

  /** Empties it for an execution phase. `left`: bytes that the disk takes at most. */
  start(reading: boolean, enabled: boolean, threshold: number, left: number): void {
    const s = this.s;
    s.first = 0;
    s.count = 0;
    s.size = enabled ? FIFO_BYTES : DISABLED_BYTES;
    s.threshold = enabled ? threshold : 1;
    s.reading = reading;
    s.left = left;
    s.relieved = 0;
    s.request = !reading && left > 0;
  }

  /** No more is asked for. */
  stop(): void {
    this.s.request = false;
    this.s.left = 0;
  }

  clear(): void {
    this.stop();
    this.s.first = 0;
    this.s.count = 0;
  }

  /**
   * A byte from the disk. `last`: no byte follows at once, so room for another is not needed, and
   * what is there is offered. False: the host was too late.
   */
  fromDisk(value: number, last: boolean, now: Ticks): boolean {
    const s = this.s;
    if (s.count === s.size) return false;
    s.bytes[(s.first + s.count) % FIFO_BYTES] = value;
    s.count++;
    if (last || s.count >= Math.max(1, s.size - s.threshold)) s.request = true;
    return last || (s.count < s.size && !this.justNow(now));
  }

  /** The host takes a byte; 0 if there is none. */
  toHost(now: Ticks): number {
    const s = this.s;
    if (s.count === 0) return 0;
    if (s.count === s.size - 1) s.relieved = now;
    const value = s.bytes[s.first];
    s.first = (s.first + 1) % FIFO_BYTES;
    s.count--;
    if (s.count === 0) s.request = false;
    return value;
  }

  /** The host gives a byte; false if there is no room. */
  fromHost(value: number, now: Ticks): boolean {
    const s = this.s;
    if (s.count === s.size || s.left === 0) return false;
    if (s.count === 1) s.relieved = now;
    s.bytes[(s.first + s.count) % FIFO_BYTES] = value;
    s.count++;
    s.left--;
    if (s.count === s.size || s.left === 0) s.request = false;
    return true;
  }

  /** What the host would read next. */
  get top(): number {
    return this.s.count === 0 ? 0 : this.s.bytes[this.s.first];
  }

  /** A byte for the disk. -1: the host was too late for it. */
  toDisk(): number {
    const s = this.s;
    if (s.count === 0) return -1;
    const value = s.bytes[s.first];
    s.first = (s.first + 1) % FIFO_BYTES;
    s.count--;
    if (s.count <= s.threshold && s.left > 0) s.request = true;
    return value;
  }

  /**
   * Whether the host has given what is needed in time: the byte that the disk takes now, and,
   * unless it is the last before a pause, the one after it.
   */
  inTime(last: boolean, now: Ticks): boolean {
    return last ? this.s.count > 0 : this.s.count > 1 && !this.justNow(now);
  }

  private justNow(now: Ticks): boolean {
    return this.s.relieved > 0 && now - this.s.relieved < SERVICE_LEAD;
  }
}
