import type { Bus } from '../../../mem/bus.ts';
import { Component, type Identity, type Simulation } from '../../../sim/component.ts';
import type { SimEvent } from '../../../sim/scheduler.ts';
import type { Ticks } from '../../../sim/time.ts';

export interface RefreshOptions {
  /** From one cycle to the next (ticks). */
  interval: Ticks;
  /** What a cycle takes (ticks). */
  cycle: Ticks;
  /** The buses that a cycle keeps from others. */
  buses: readonly Bus[];
}

/**
 * Refresh cycles on the bus of a PC, XT or AT: timer channel 1 asks for one, and nobody else has
 * the bus meanwhile. Only their time is modelled: the interval is a parameter and not the timer's,
 * and memory forgets nothing without them.
 */
export class Refresh extends Component {
  private readonly options: RefreshOptions;
  private readonly due: SimEvent;
  private readonly granted: SimEvent;
  private held: { hold(until: Ticks): void } | null = null;
  private readonly cycles = this.counter('refreshCycles', '', 'refresh cycles on the bus');

  constructor(name: string, sim: Simulation, options: RefreshOptions) {
    super(name, sim);
    this.options = options;
    this.due = this.event('due', () => this.ask());
    this.granted = this.event('granted', () => this.refresh());
  }

  /** Whose bus it takes by HOLD/HLDA. */
  holds(processor: { hold(until: Ticks): void }): void {
    this.held = processor;
  }

  override describe(): Identity {
    return {
      compatible: 'ibm,at-refresh',
      title: 'Refresh cycles on the bus',
      datasheet: 'IBM PC/AT Technical Reference, §System Timers; IBM PC/XT Technical Reference, p. 1-14',
      absent: ['the request of timer channel 1, and memory that forgets'],
    };
  }

  override resetExit(): void {
    this.due.after(this.options.interval);
  }

  /** Books the buses behind whoever has them. */
  private ask(): void {
    const { buses, cycle, interval } = this.options, { now } = this.sim.scheduler;
    let start = now;
    for (const bus of buses) if (bus.busyUntil > start) start = bus.busyUntil;
    for (const bus of buses) bus.busyUntil = start + cycle;
    this.granted.at(start);
    this.due.at(Math.max(now + interval, start));
  }

  private refresh(): void {
    this.held?.hold(this.sim.scheduler.now + this.options.cycle);
    this.cycles.value++;
  }
}
