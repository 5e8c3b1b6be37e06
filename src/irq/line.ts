import type { Simulation } from '../sim/component.ts';
import { KIND } from '../sim/trace.ts';

/** What a line drives: input `input` of a chip. */
export interface IrqSink {
  irqLevel(input: number, level: boolean): void;
}

/** An input of a chip: what a line is wired to. */
export interface InputPin {
  readonly sink: IrqSink;
  readonly input: number;
  /** It is an input of an interrupt controller that devices request interrupts at. */
  readonly requests?: boolean;
  /** The board says who drives it high at a moment: names of lines, for a storm of interrupts. */
  readonly drivenBy?: (lines: () => readonly string[]) => void;
}

/**
 * An output line of a device. `set` is called with the level computed from state; only changes
 * travel. The level itself is derived state: after a restore it is taken over silently with
 * `restore`, so that no edge is seen.
 */
export class IrqLine {
  readonly name: string;
  level = false;
  /** Told of each edge before the sink: a measuring instrument, which changes nothing. */
  probe: ((level: boolean) => void) | null = null;
  private sink: IrqSink | null = null;
  private input = 0;
  private readonly sim: Simulation | null;
  private readonly shape: number;

  /** `sim`: whose trace gets a record of each edge; without it the edges are not recorded. */
  constructor(name: string, sim: Simulation | null = null) {
    this.name = name;
    this.sim = sim;
    this.shape = sim === null ? -1 : sim.trace.shape(KIND.EDGE, name);
  }

  connect(sink: IrqSink, input: number): void {
    if (this.sink !== null) throw new Error(`line ${this.name} is wired twice; use an OrGate`);
    this.sink = sink;
    this.input = input;
  }

  get wired(): boolean {
    return this.sink !== null;
  }

  set(level: boolean): void {
    if (level === this.level) return;
    this.level = level;
    if (this.probe !== null) this.probe(level);
    if (this.sim !== null && this.sim.trace.enabled) this.setTraced(this.sim, level);
    else if (this.sink !== null) this.sink.irqLevel(this.input, level);
  }

  /** The edge is the cause of what the sink does with it. */
  private setTraced(sim: Simulation, level: boolean): void {
    const trace = sim.trace, before = trace.cause;
    trace.cause = trace.add(this.shape, before, sim.scheduler.now, 0, level ? 1 : 0);
    if (this.sink !== null) this.sink.irqLevel(this.input, level);
    trace.cause = before;
  }

  /** Takes over a level without telling anybody. */
  restore(level: boolean): void {
    this.level = level;
  }
}

/** Several lines on one input: the level is the OR of all. Its only state is the level of `out`. */
export class OrGate implements IrqSink {
  readonly out: IrqLine;
  private readonly lines: IrqLine[] = [];

  constructor(name: string, sim: Simulation | null = null) {
    this.out = new IrqLine(name, sim);
  }

  /** Wires a further line to the gate; returns the gate's input. */
  add(line: IrqLine): InputPin {
    this.lines.push(line);
    const input = this.lines.length - 1;
    line.connect(this, input);
    return { sink: this, input };
  }

  irqLevel(): void {
    this.out.set(this.lines.some((l) => l.level));
  }
}
