import type { Ticks } from '../../../sim/time.ts';
import { FIFO_SIZE, LINE_ERROR } from './spec.ts';

/**
 * The receiver's FIFO (or its one buffer register): characters with their error bits (§8.4, §8.11).
 */
export class Receiver {
  readonly state = {
    data: new Uint8Array(FIFO_SIZE),
    errors: new Uint8Array(FIFO_SIZE),
    /** When each came. */
    since: new Float64Array(FIFO_SIZE),
    head: 0,
    count: 0,
    /** Last character taken out: what an empty receiver gives. */
    last: 0,
    /** OE, PE, FE, BI as in LSR: set until LSR is read. */
    status: 0,
  };

  get count(): number {
    return this.state.count;
  }

  /** Pure: the character that a read gives. */
  get top(): number {
    const s = this.state;
    return s.count > 0 ? s.data[s.head] : s.last;
  }

  /** When the character came that a read gives; there must be one. */
  get topSince(): Ticks {
    return this.state.since[this.state.head];
  }

  /** A character arrives. Returns false if it overran. */
  push(character: number, errors: number, fifo: boolean, now: Ticks): boolean {
    const s = this.state;
    if (fifo ? s.count === FIFO_SIZE : s.count === 1) {
      s.status |= LINE_ERROR.OE;
      // With a FIFO the new character is lost; without, it destroys the old one (§8.4 bit 1).
      if (!fifo) {
        s.data[s.head] = character;
        s.errors[s.head] = errors;
        s.since[s.head] = now;
        s.status |= errors;
      }
      return false;
    }
    const at = (s.head + s.count) % FIFO_SIZE;
    s.data[at] = character;
    s.errors[at] = errors;
    s.since[at] = now;
    s.count++;
    // Errors show when their character is at the top.
    if (s.count === 1) s.status |= errors;
    return true;
  }

  /** Effect of reading the top character. */
  pop(): void {
    const s = this.state;
    if (s.count === 0) return;
    s.last = s.data[s.head];
    s.errors[s.head] = 0;
    s.head = (s.head + 1) % FIFO_SIZE;
    s.count--;
    if (s.count > 0) s.status |= s.errors[s.head];
  }

  /** Effect of reading LSR: the errors shown are cleared. */
  statusRead(): void {
    const s = this.state;
    s.status = 0;
    if (s.count > 0) s.errors[s.head] = 0;
  }

  /** Some character in the FIFO has an error. */
  get holdsError(): boolean {
    const s = this.state;
    for (let i = 0; i < s.count; i++) if (s.errors[(s.head + i) % FIFO_SIZE] !== 0) return true;
    return false;
  }

  clear(): void {
    const s = this.state;
    s.errors.fill(0);
    s.head = 0;
    s.count = 0;
  }
}
