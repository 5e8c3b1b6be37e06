import type { Bank } from '../../../reg/bank.ts';
import { Clock } from '../../../sim/clock.ts';
import type { Identity, Simulation } from '../../../sim/component.ts';
import { Device } from '../../device.ts';
import { I8254Counter } from './counter.ts';
import { I8254_REGISTERS, PORT_61_REGISTERS, REFRESH_CLOCKS } from './spec.ts';

/** The usual clock, that of a PC's timer: 14.31818 MHz (315/22 MHz exactly) divided by 12. */
export const PIT_CLOCK = new Clock('pit', 315e6, 264);

export interface I8254Options {
  /** CLK of all three counters; `PIT_CLOCK` by default. */
  clock?: Clock;
}

/**
 * The 8254 timer of a PC with port 61h, which gates counter 2 and shows its output. Counter 0
 * drives IRQ0; counter 1's output is not used. Events take place only when OUT0 changes.
 */
export class I8254 extends Device {
  /** OUT of counter 0 (IRQ0). */
  readonly out0 = this.irqOut('out0');
  override readonly clock: Clock;
  private readonly counters = [new I8254Counter(), new I8254Counter(), new I8254Counter()] as const;
  private readonly change = this.event('out0', () => this.counters[0].settle(this.clocks));
  /** Ports 40h to 43h. */
  readonly ports: Bank<(typeof I8254_REGISTERS)['registers']>;
  /** Port 61h. */
  readonly port61: Bank<(typeof PORT_61_REGISTERS)['registers']>;

  constructor(name: string, sim: Simulation, options: I8254Options = {}) {
    super(name, sim);
    this.clock = options.clock ?? PIT_CLOCK;
    this.counters[2].state.gate = false;
    this.counters.forEach((c, i) => this.cells(`counter${i}`, c.state));
    const hooks = (c: I8254Counter) => ({
      value: () => c.peekByte(this.clocks),
      read: () => c.afterRead(),
      write: (w: { readonly COUNT: number }) => c.writeByte(this.clocks, w.COUNT),
    });
    this.ports = this.regs('ports', I8254_REGISTERS, {
      COUNTER0: hooks(this.counters[0]),
      COUNTER1: hooks(this.counters[1]),
      COUNTER2: hooks(this.counters[2]),
      CONTROL: { write: (w) => this.counters[w.SC].program(this.clocks, w.RW, w.M, w.BCD === 1) },
      LATCH: { write: (w) => this.counters[w.SC].latchCount(this.clocks) },
      READ_BACK: { write: (w) => this.readBack([w.CNT0, w.CNT1, w.CNT2], w.NO_COUNT === 0, w.NO_STATUS === 0) },
    });
    this.port61 = this.regs('port61', PORT_61_REGISTERS, {
      NMISC: {
        get: {
          REFRESH: () => Math.floor(this.clocks / REFRESH_CLOCKS) & 1,
          OUT2: () => +this.counters[2].out(this.clocks),
        },
        write: (w) => this.counters[2].setGate(this.clocks, w.GATE2 === 1),
      },
    });
  }

  /** Level at the speaker: OUT2 and the speaker data bit of port 61h. */
  get speaker(): boolean {
    return this.port61.r.NMISC.SPKR === 1 && this.counters[2].out(this.clocks);
  }

  private get clocks(): number {
    return this.clock.cyclesAt(this.sim.scheduler.now);
  }

  /** Read-back command: the selected counters latch count, status or both (§Read-Back Command). */
  private readBack(selected: readonly number[], count: boolean, status: boolean): void {
    this.counters.forEach((c, i) => {
      if (selected[i] === 0) return;
      if (count) c.latchCount(this.clocks);
      if (status) c.latchStatus(this.clocks);
    });
  }

  override describe(): Identity {
    return {
      compatible: 'intel,i8254',
      title: '8254 programmable interval timer, with port 61h',
      datasheet: 'Intel 231164-005 (September 1993)',
    };
  }

  protected override outputs(): void {
    const now = this.clocks;
    const counter = this.counters[0];
    this.out0.set(counter.out(now));
    const next = counter.nextChange(now);
    if (next === Infinity) {
      this.change.cancel();
      return;
    }
    const due = this.clock.timeOf(next);
    if (!this.change.pending || this.change.time !== due) this.change.at(due);
  }
}
