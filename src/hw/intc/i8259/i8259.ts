import type { InputPin } from '../../../irq/line.ts';
import type { Identity, Simulation } from '../../../sim/component.ts';
import { Device } from '../../device.ts';
import { I8259Chip, type I8259Bank } from './chip.ts';
import { I8259_REGISTERS } from './spec.ts';

/** A single 8259A interrupt controller with eight inputs, as in the IBM PC and XT. */
export class I8259 extends Device {
  /** INT to the processor. */
  readonly intr = this.irqOut('intr');
  private readonly chip = new I8259Chip({
    master: true,
    level: () => 0,
    ltim: true,
    acknowledged: () => this.intr.set(false),
  });
  private readonly sink = this.irqIn((input, level) => {
    if (level) this.chip.edges[input] = this.sim.trace.cause;
    this.chip.setLine(input, level);
  });
  /** For the trace: the edge that made the request acknowledged last, 0 if there was none. */
  acknowledgedEdge = 0;
  /** Two ports: A0 = 0 and A0 = 1. */
  readonly ports: I8259Bank;

  constructor(name: string, sim: Simulation) {
    super(name, sim);
    this.cells('chip', this.chip.state);
    this.state.declare('pins', this.chip.pins, true);
    this.ports = this.regs('ports', I8259_REGISTERS, this.chip.hooks, {
      page: (offset, write) => this.chip.page(offset, write),
    });
    this.chip.attach(this.ports);
  }

  /** Input IR0 to IR7. */
  input(n: number): InputPin {
    if (!(Number.isInteger(n) && n >= 0 && n <= 7)) throw new Error(`${this.name}: there is no input IR${n}`);
    return { sink: this.sink, input: n };
  }

  /**
   * The INTA cycles of the processor: sets the in-service bit and returns the vector (0-255).
   * Without a request it is the default IR7.
   */
  acknowledge(): number {
    const input = this.chip.serve();
    this.acknowledgedEdge = input < 0 ? 0 : this.chip.edges[input];
    if (input < 0) this.note('spurious-interrupt', 'acknowledged without a request: default IR7');
    this.outputs();
    return this.chip.vector(input);
  }

  override describe(): Identity {
    return {
      compatible: 'intel,i8259',
      title: '8259A interrupt controller',
      datasheet: 'Intel 231468-003 (December 1988)',
    };
  }

  protected override outputs(): void {
    this.intr.set(this.chip.int);
  }
}
