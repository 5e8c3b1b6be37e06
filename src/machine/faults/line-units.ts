import type { InputPin, IrqLine, IrqSink } from '../../irq/line.ts';
import type { Simulation } from '../../sim/component.ts';
import type { SimEvent } from '../../sim/scheduler.ts';
import type { Fault } from './rows.ts';
import { gap } from './draws.ts';
import { FaultUnit } from './unit.ts';

/** A line that goes through a faulty place: in from its device, out to what it was wired to. */
interface Place {
  readonly out: IrqLine;
  readonly cells: { level: boolean; faulty: boolean };
}

/** A fault of interrupt lines: each goes in at one end and comes out, faulty, at the other. */
export abstract class LineFault extends FaultUnit {
  protected readonly places: Place[] = [];
  private readonly sink: IrqSink = this.irqIn((input, level) => {
    const { cells } = this.places[input];
    cells.level = level;
    this.changed(input, level);
  });

  /** Puts the unit into a line's way. */
  insert(line: IrqLine): { pin: InputPin; out: IrqLine } {
    const input = this.places.length;
    this.places.push({ out: this.irqOut(line.name), cells: this.cells(line.name, { level: false, faulty: false }) });
    return { pin: { sink: this.sink, input }, out: this.places[input].out };
  }

  /** A line came in with another level. */
  protected abstract changed(input: number, level: boolean): void;
}

/** Rises that whoever the line leads to does not see. */
export abstract class LostRises extends LineFault {
  protected changed(input: number, level: boolean): void {
    const { cells, out } = this.places[input];
    cells.faulty = level && this.strikes();
    if (cells.faulty) this.tell(`${lineOf(this.name, out)}: a rise is lost`);
  }

  protected override outputs(): void {
    for (const { out, cells } of this.places) out.set(cells.level && !cells.faulty);
  }
}

export class LostInterrupts extends LostRises {}

/** Interrupts that no device asks for. */
export class SpuriousInterrupts extends LineFault {
  private readonly rise: SimEvent;
  private readonly fall: SimEvent;

  constructor(name: string, sim: Simulation, fault: Fault) {
    super(name, sim, fault);
    this.rise = this.event('rise', () => this.raise());
    this.fall = this.event('fall', () => this.lower());
  }

  override resetExit(): void {
    super.resetExit();
    if (this.places.length > 0) this.rise.after(Number(this.fault.values['from']) + this.interval());
  }

  protected changed(): void {}

  protected override outputs(): void {
    for (const { out, cells } of this.places) out.set(cells.level || cells.faulty);
  }

  private raise(): void {
    const { cells, out } = this.places[this.pick(this.places.length)];
    cells.faulty = true;
    this.tell(`${lineOf(this.name, out)}: rises with no reason`);
    this.fall.after(Number(this.fault.values['width']));
  }

  private lower(): void {
    for (const { cells } of this.places) cells.faulty = false;
    this.rise.after(this.interval());
  }

  private interval(): number {
    return gap(this.draws, Number(this.fault.values['every']));
  }
}

/** The name of the line that goes in, of one that comes out. */
function lineOf(unit: string, out: IrqLine): string {
  return out.name.slice(unit.length + 1);
}
