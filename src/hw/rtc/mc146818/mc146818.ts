import type { Bank } from '../../../reg/bank.ts';
import { Clock } from '../../../sim/clock.ts';
import type { Identity, Simulation } from '../../../sim/component.ts';
import { Device } from '../../device.ts';
import { alarmMatches, setDate, tick, type RtcDate } from './calendar.ts';
import { CENTURY, CYCLES_PER_SECOND, DV_RUNNING, MC146818_REGISTERS, periodicCycles, UIP_CYCLES } from './spec.ts';

/** The usual crystal. */
export const RTC_CLOCK = new Clock('rtc', CYCLES_PER_SECOND);

export interface Mc146818Options {
  /** Date and time at simulated time 0; 2000-01-01 00:00:00 by default. */
  date?: RtcDate;
  /**
   * Contents of the RAM, index = address; bytes 14 to 127 are taken. The century (32h) always
   * follows the date.
   */
  cmos?: Uint8Array;
  /** Time base of 32.768 kHz at OSC1; `RTC_CLOCK` by default. */
  clock?: Clock;
}

/**
 * The real-time clock and CMOS RAM of a PC behind ports 70h and 71h. The clock runs on simulated
 * time from a date that is given, so that every run is the same. One event a second updates the
 * time; the periodic interrupt has an event only while it is enabled and not pending.
 */
export class Mc146818 extends Device {
  /** IRQ (IRQ8), shown active high. */
  readonly irq = this.irqOut('irq');
  override readonly clock: Clock;
  /** RAM by index; bytes 0 to 13 are not used. */
  readonly ram = new Uint8Array(128);
  /** Battery-backed, as time and RAM are: no reset touches it. */
  private readonly battery = this.state.declare('battery', {
    ram: this.ram,
    /** Crystal cycle at which the divider began; whole seconds later are updates. */
    base: 0,
    /** RS and DV before the last write of register A. */
    rs: 6,
    dv: DV_RUNNING,
  }, true);
  private readonly s = this.cells('state', {
    uf: false,
    af: false,
    /** PF as far as it was settled; edges after cycle `since` add to it. */
    pf: false,
    since: 0,
  });
  private readonly update = this.event('update', () => this.updateCycle());
  private readonly periodic = this.event('periodic', () => {});
  /** Ports 70h and 71h. */
  readonly ports: Bank<(typeof MC146818_REGISTERS)['registers']>;

  constructor(name: string, sim: Simulation, options: Mc146818Options = {}) {
    super(name, sim);
    this.clock = options.clock ?? RTC_CLOCK;
    const date = options.date ?? { year: 2000, month: 1, day: 1, hour: 0, minute: 0, second: 0 };
    if (options.cmos !== undefined) this.ram.set(options.cmos.subarray(14, 128), 14);
    const century = Math.floor(date.year / 100);
    this.ram[CENTURY] = (Math.floor(century / 10) << 4) | century % 10;
    this.ports = this.regs('ports', MC146818_REGISTERS, {
      A: { get: { UIP: () => +this.updateInProgress }, write: (w) => this.dividerWritten(w.RS, w.DV) },
      B: {
        write: (w) => {
          if (w.SET === 1) this.ports.r.B.UIE = 0;
        },
      },
      C: {
        get: { UF: () => +this.s.uf, AF: () => +this.s.af, PF: () => +this.periodicFlag, IRQF: () => +this.requesting },
        read: () => this.clearFlags(),
      },
      RAM: {
        value: () => this.ram[this.index],
        write: (w) => {
          this.ram[this.index] = w.DATA;
        },
      },
    }, { page: () => this.index, keep: true });
    setDate(this.ports.r, date);
  }

  override resetEnter(): void {
    super.resetEnter();
    // RESET clears the interrupt enables and flags and nothing else (§RESET).
    const b = this.ports.r.B;
    b.PIE = 0;
    b.AIE = 0;
    b.UIE = 0;
    b.SQWE = 0;
    this.s.since = this.cycles;
  }

  override resetExit(): void {
    this.armUpdate();
  }

  override describe(): Identity {
    return {
      compatible: 'motorola,mc146818',
      title: 'MC146818A real-time clock and CMOS RAM',
      datasheet: 'Motorola MC146818A (1984)',
    };
  }

  protected override outputs(): void {
    this.irq.set(this.requesting);
    const period = periodicCycles(this.battery.rs);
    if (this.ports.r.B.PIE === 0 || period === 0 || !this.running || this.periodicFlag) {
      this.periodic.cancel();
    } else {
      const due = this.clock.timeOf(this.cycles + period - this.dividerAt(this.cycles) % period);
      if (!this.periodic.pending || this.periodic.time !== due) this.periodic.at(due);
    }
  }

  private get index(): number {
    return this.ports.r.INDEX.INDEX;
  }

  private get cycles(): number {
    return this.clock.cyclesAt(this.sim.scheduler.now);
  }

  private get running(): boolean {
    return this.battery.dv === DV_RUNNING;
  }

  private dividerAt(cycle: number): number {
    return cycle - this.battery.base;
  }

  /** Crystal cycles until the next second. */
  private get cyclesToUpdate(): number {
    return CYCLES_PER_SECOND - this.dividerAt(this.cycles) % CYCLES_PER_SECOND;
  }

  private get updateInProgress(): boolean {
    return this.running && this.ports.r.B.SET === 0 && this.cyclesToUpdate <= UIP_CYCLES;
  }

  private get requesting(): boolean {
    const b = this.ports.r.B;
    return (b.UIE === 1 && this.s.uf) || (b.AIE === 1 && this.s.af) || (b.PIE === 1 && this.periodicFlag);
  }

  /**
   * PF: the selected divider tap had an edge since the flags were cleared; whether or not the
   * interrupt is enabled.
   */
  private get periodicFlag(): boolean {
    const period = periodicCycles(this.battery.rs);
    if (this.s.pf || period === 0 || !this.running) return this.s.pf;
    return Math.floor(this.dividerAt(this.cycles) / period) > Math.floor(this.dividerAt(this.s.since) / period);
  }

  private clearFlags(): void {
    this.s.uf = false;
    this.s.af = false;
    this.s.pf = false;
    this.s.since = this.cycles;
  }

  /**
   * End of an update cycle: one second later, update-ended and alarm flags (§Update Cycle). With
   * SET the time stands still.
   */
  private updateCycle(): void {
    this.armUpdate();
    if (this.ports.r.B.SET === 1) return;
    tick(this.ports.r);
    this.s.uf = true;
    if (alarmMatches(this.ports.r)) this.s.af = true;
  }

  private armUpdate(): void {
    if (this.running) this.update.at(this.clock.timeOf(this.cycles + this.cyclesToUpdate));
    else this.update.cancel();
  }

  /** Register A: a new periodic rate, or the divider held in reset and released. */
  private dividerWritten(rs: number, dv: number): void {
    const old = this.battery;
    if (rs === old.rs && dv === old.dv) return;
    this.s.pf = this.periodicFlag;
    this.s.since = this.cycles;
    old.rs = rs;
    if (dv === old.dv) return;
    old.dv = dv;
    if (this.running) old.base = this.cycles - CYCLES_PER_SECOND / 2;
    else if ((dv & 6) !== 6)
      this.note(
        'divider',
        `DV ${dv} is a time base or test mode for which there is no crystal; the clock stands still`,
      );
    this.armUpdate();
  }
}
