import { Device } from '../../hw/device.ts';
import type { Simulation } from '../../sim/component.ts';
import type { Ticks } from '../../sim/time.ts';
import { draw, firstState, gap } from './draws.ts';
import type { Fault } from './rows.ts';

/**
 * A fault of a machine as a part of it: its draws and counts are state like all others, so it is
 * the same each time, and goes on from a snapshot.
 */
export abstract class FaultUnit extends Device {
  readonly fault: Fault;
  protected readonly draws: { random: number; left: number };
  protected readonly injected = this.counter('faults', '', 'faults that the hardware was given');
  private readonly of: string;
  private readonly begins: Ticks;
  private readonly mean: number;

  constructor(name: string, sim: Simulation, fault: Fault) {
    super(name, sim);
    this.fault = fault;
    this.of = String(fault.values['of'] ?? '');
    this.begins = Number(fault.values['from'] ?? 0);
    this.mean = Math.round(1 / Number(fault.values['rate'] ?? 1));
    const random = firstState(Number(fault.values['seed'] ?? 1));
    this.draws = this.cells('draws', { random, left: 0 });
  }

  /** What the fault was asked to be of, or ''. */
  get wanted(): string {
    return this.of;
  }

  /** Whether the fault is one of this component, port or line. */
  hits(name: string): boolean {
    return this.of === '' || name === this.of || name.startsWith(`${this.of}.`);
  }

  /** It has begun. */
  protected get begun(): boolean {
    return this.sim.scheduler.now >= this.begins;
  }

  /** A number from 0 to `n` - 1. */
  protected pick(n: number): number {
    return draw(this.draws) % n;
  }

  /** One more of what can go wrong: whether it does. */
  protected strikes(): boolean {
    return this.strikeWithin(1) === 0;
  }

  /**
   * Whether one of the next `n` of what can go wrong does: its index, or -1. Those up to it, or
   * all, are used up.
   */
  protected strikeWithin(n: number): number {
    const d = this.draws;
    if (!this.begun) return -1;
    if (d.left === 0) d.left = gap(d, this.mean);
    if (d.left > n) {
      d.left -= n;
      return -1;
    }
    const index = d.left - 1;
    d.left = 0;
    return index;
  }

  /** Tells that the hardware was faulty now. */
  protected tell(what: string): void {
    this.injected.value++;
    this.note('fault', what);
  }
}
