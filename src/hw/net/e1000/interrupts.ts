import type { SimEvent } from '../../../sim/scheduler.ts';
import type { LiveCells } from '../../../sim/state.ts';
import { ns, type Ticks } from '../../../sim/time.ts';
import { CAUSE } from './spec.ts';

/** Unit of ITR (§13.4.18), and of the delays (§13.4.30). */
const THROTTLE_UNIT = ns(256), DELAY_UNIT = ns(1024);

interface Value {
  value: number;
}
interface Delay {
  readonly DELAY: number;
}
/** The registers that it uses. */
export interface InterruptRegisters {
  readonly ICR: Value;
  readonly IMS: Value;
  readonly ITR: { readonly INTERVAL: number };
  readonly RDTR: Delay;
  readonly RADV: Delay;
  readonly TIDV: Delay;
  readonly TADV: Delay;
}

/** Events of the chip, declared by it. */
export interface InterruptEvents {
  readonly throttle: SimEvent;
  readonly receiveDelay: SimEvent;
  readonly receiveMost: SimEvent;
  readonly transmitDelay: SimEvent;
  readonly transmitMost: SimEvent;
}

export interface InterruptCells extends Record<string, number | boolean> {
  asserted: boolean;
  /** No interrupt before this time (ITR). */
  until: number;
  count: number;
}

export function interruptCells(): InterruptCells {
  return { asserted: false, until: 0, count: 0 };
}

/**
 * Causes, mask, and the two ways of having fewer interrupts (§3.2.7, §3.4.3): delays that wait for
 * more of the same, and ITR, which keeps a least time between any two.
 */
export class Interrupts {
  private readonly c: LiveCells<InterruptCells>;
  private readonly r: InterruptRegisters;
  private readonly now: () => Ticks;
  /** Set by the chip, which declares them. */
  events: InterruptEvents | null = null;

  constructor(cells: LiveCells<InterruptCells>, registers: InterruptRegisters, now: () => Ticks) {
    this.c = cells;
    this.r = registers;
    this.now = now;
  }

  get asserted(): boolean {
    return this.c.asserted;
  }
  get count(): number {
    return this.c.count;
  }

  raise(causes: number): void {
    this.r.ICR.value |= causes;
    this.update();
  }

  /** Causes or mask have changed. */
  update(): void {
    const c = this.c, now = this.now();
    if ((this.r.ICR.value & this.r.IMS.value) === 0) {
      c.asserted = false;
      this.events?.throttle.cancel();
    } else if (!c.asserted && now >= c.until) {
      c.asserted = true;
      c.count++;
      c.until = now + this.r.ITR.INTERVAL * THROTTLE_UNIT;
    } else if (!c.asserted) this.events?.throttle.at(c.until);
  }

  /** A frame is in memory (§3.2.7.1): RXT0 at once, or when RDTR or RADV is over. */
  received(): void {
    const { RDTR, RADV } = this.r;
    if (RDTR.DELAY === 0) {
      this.raise(CAUSE.RXT0);
      return;
    }
    this.events?.receiveDelay.after(RDTR.DELAY * DELAY_UNIT);
    if (RADV.DELAY > 0 && this.events !== null && !this.events.receiveMost.pending)
      this.events.receiveMost.after(RADV.DELAY * DELAY_UNIT);
  }

  /** A transmit descriptor was written back (§3.4.3.2); `delayed`: IDE was set in it. */
  transmitted(delayed: boolean): void {
    const { TIDV, TADV } = this.r;
    if (!delayed || TIDV.DELAY === 0) {
      this.raise(CAUSE.TXDW);
      return;
    }
    this.events?.transmitDelay.after(TIDV.DELAY * DELAY_UNIT);
    if (TADV.DELAY > 0 && this.events !== null && !this.events.transmitMost.pending)
      this.events.transmitMost.after(TADV.DELAY * DELAY_UNIT);
  }

  /** A delay of receive is over, or software ends it (FPD). */
  receiveOver(): void {
    const e = this.events;
    if (e === null || !(e.receiveDelay.pending || e.receiveMost.pending)) return;
    e.receiveDelay.cancel();
    e.receiveMost.cancel();
    this.raise(CAUSE.RXT0);
  }

  transmitOver(): void {
    const e = this.events;
    if (e === null || !(e.transmitDelay.pending || e.transmitMost.pending)) return;
    e.transmitDelay.cancel();
    e.transmitMost.cancel();
    this.raise(CAUSE.TXDW);
  }

  reset(): void {
    this.c.asserted = false;
    this.c.until = 0;
    if (this.events === null) return;
    for (const e of Object.values(this.events) as SimEvent[]) e.cancel();
  }
}
