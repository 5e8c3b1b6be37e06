/**
 * Which µops miss the TLB again and again. Compiled code leaves at a miss, as an arm that comes
 * back would cost its fast path dear; where misses are the rule (a device, a page with code and
 * data) the arm is the cheaper way, and such a site gets it when it is compiled next (ADR 0007).
 * Only the compiler asks, so nothing here is state.
 */
import { MAP, UOP_BYTES } from './layout.ts';

/** Default of `MissSites.threshold`, and the most that it can be. */
export const MISSES_OFTEN = 1024;

/** Counters, shared by µops that are equal modulo this many: the last that missed has it. */
const COUNTERS = 1024;
const UOP_SHIFT = Math.log2(UOP_BYTES);
/** Epochs are this far apart in a counter: counts have room below. */
const EPOCH = 2 * MISSES_OFTEN;

export class MissSites {
  /** Pairs: IR address of a µop; epoch plus its misses in it, up to the threshold. */
  private readonly counters = new Int32Array(2 * COUNTERS);
  private epoch = 0;
  /**
   * The site that came to the threshold last, in this epoch: loops that poll have but one, and
   * nothing is gained by counting its further misses.
   */
  private polled = 0;
  /** Misses within one epoch at which a site is flagged: 1 to MISSES_OFTEN. */
  threshold: number = MISSES_OFTEN;
  /** A bit for each µop of IR memory. */
  private readonly flags = new Uint8Array((MAP.IR_END - MAP.IR) / UOP_BYTES / 8);
  /** How many are flagged. */
  flagged = 0;

  /** Between two looks at the event queue: misses are counted anew. */
  nextEpoch(): void {
    this.epoch = (this.epoch + EPOCH) | 0;
    this.polled = 0;
    // Numbers of epochs come again: what a counter holds from the first must not.
    if (this.epoch === 0) this.counters.fill(0);
  }

  /** The µop at IR address `ip` was done by a call. Elsewhere than in IR memory it is no site. */
  missed(ip: number): void {
    if (ip === this.polled || ip < MAP.IR) return;
    const { counters, threshold } = this, at = ((ip >>> UOP_SHIFT) & (COUNTERS - 1)) << 1;
    const count = this.missesNow(ip);
    if (count < threshold) {
      counters[at] = ip;
      counters[at + 1] = this.epoch + count + 1;
      if (count + 1 < threshold) return;
      this.flag(ip);
    }
    this.polled = ip;
  }

  private flag(ip: number): void {
    if (this.isFlagged(ip)) return;
    const number = (ip - MAP.IR) >>> UOP_SHIFT;
    this.flags[number >>> 3] |= 1 << (number & 7);
    this.flagged++;
  }

  /**
   * Does the µop at `ip` miss often? It has been flagged, and has missed in this epoch, too: a
   * burst of misses long ago deserves no arm.
   */
  often(ip: number): boolean {
    return this.isFlagged(ip) && (ip === this.polled || this.missesNow(ip) > 0);
  }

  private isFlagged(ip: number): boolean {
    const number = (ip - MAP.IR) >>> UOP_SHIFT;
    return ((this.flags[number >>> 3] >>> (number & 7)) & 1) !== 0;
  }

  /** Misses of the µop at `ip` in this epoch, up to the threshold. */
  private missesNow(ip: number): number {
    const { counters, epoch, threshold } = this, at = ((ip >>> UOP_SHIFT) & (COUNTERS - 1)) << 1;
    const count = (counters[at + 1] - epoch) >>> 0;
    return counters[at] === ip && count <= threshold ? count : 0;
  }

  /** IR memory is used anew. */
  clear(): void {
    if (this.flagged > 0) this.flags.fill(0);
    this.flagged = 0;
    this.polled = 0;
    this.counters.fill(0);
  }
}
