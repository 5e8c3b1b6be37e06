import type { InputPin } from '../../../irq/line.ts';
import type { Bank } from '../../../reg/bank.ts';
import type { Identity, Simulation } from '../../../sim/component.ts';
import { Device } from '../../device.ts';
import { I8259Chip, type I8259Bank } from './chip.ts';
import { ELCR_REGISTERS, I8259_REGISTERS } from './spec.ts';

/** Input of the master that the slave's INT drives in a PC/AT. */
const CASCADE = 2;
/**
 * So often in a row an input is acknowledged without having fallen in between, until it is called a
 * storm: nobody serves what asks there.
 */
const STORM = 10_000;
/** What an undriven data bus gives as a vector. */
const UNDRIVEN = 0xff;

/**
 * The two cascaded 8259As of a PC/AT as the PIIX contains them, with its edge/level control
 * registers: IRQ0-7 on the master, IRQ8-15 on the slave, whose INT drives IR2 of the master.
 */
export class I8259Pair extends Device {
  /** INTR to the processor. */
  readonly intr = this.irqOut('intr');
  private readonly masterChip: I8259Chip = new I8259Chip({
    master: true,
    level: () => this.elcr.values[0],
    ltim: false,
    acknowledged: () => this.intr.set(false),
  });
  private readonly slaveChip: I8259Chip = new I8259Chip({
    master: false,
    level: () => this.elcr.values[1],
    ltim: false,
    acknowledged: () => this.masterChip.setLine(CASCADE, false),
  });
  private readonly sink = this.irqIn((input, level) => {
    const chip = input < 8 ? this.masterChip : this.slaveChip;
    if (level) chip.edges[input & 7] = this.sim.trace.cause;
    else this.storm.served[input] = 0;
    chip.setLine(input & 7, level);
  });
  /** Acknowledgements of each input since it fell last. */
  private readonly storm = this.cells('storm', { served: new Uint16Array(16) });
  /** Who drives each input, as the board says. */
  private readonly drivers: ((() => readonly string[]) | null)[] = Array.from({ length: 16 }, () => null);
  /** For the trace: the edge that made the request acknowledged last, 0 if there was none. */
  acknowledgedEdge = 0;
  /** Ports 20h and 21h. */
  readonly master: I8259Bank;
  /** Ports A0h and A1h. */
  readonly slave: I8259Bank;
  /** Ports 4D0h and 4D1h. */
  readonly elcr: Bank<(typeof ELCR_REGISTERS)['registers']>;

  constructor(name: string, sim: Simulation) {
    super(name, sim);
    const declare = (which: string, chip: I8259Chip): I8259Bank => {
      this.cells(which, chip.state);
      this.state.declare(`${which}.pins`, chip.pins, true);
      const bank = this.regs(which, I8259_REGISTERS, chip.hooks, { page: (offset, write) => chip.page(offset, write) });
      chip.attach(bank);
      return bank;
    };
    this.master = declare('master', this.masterChip);
    this.slave = declare('slave', this.slaveChip);
    this.elcr = this.regs('elcr', ELCR_REGISTERS, {});
  }

  /** Input IRQ0 to IRQ15, without IRQ2, which is the cascade. */
  input(n: number): InputPin {
    if (!(Number.isInteger(n) && n >= 0 && n <= 15) || n === CASCADE)
      throw new Error(`${this.name}: there is no input IRQ${n}`);
    return {
      sink: this.sink, input: n, requests: true,
      drivenBy: (lines) => { this.drivers[n] = lines; },
    };
  }

  /**
   * The two INTA cycles of the processor: the master freezes priorities and names a slave on the
   * cascade lines; the chip that is addressed gives the vector (§Interrupt Sequence, §Cascade
   * Mode). Without a request it is the default IR7 of the chip asked.
   */
  acknowledge(): number {
    const vector = this.acknowledgeMaster();
    this.outputs();
    return vector;
  }

  private acknowledgeMaster(): number {
    const input = this.masterChip.serve();
    this.acknowledgedEdge = input < 0 ? 0 : this.masterChip.edges[input];
    if (input < 0) {
      this.note('spurious-interrupt', 'acknowledged without a request: default IR7 of the master');
      return this.masterChip.vector(-1);
    }
    if (!this.masterChip.hasSlave(input)) {
      this.count(input);
      return this.masterChip.vector(input);
    }
    if (input !== CASCADE || this.slaveChip.id !== input) {
      this.note('no-slave', `no slave answers to identification ${input}`);
      return UNDRIVEN;
    }
    const slaveInput = this.slaveChip.serve();
    this.acknowledgedEdge = slaveInput < 0 ? 0 : this.slaveChip.edges[slaveInput];
    if (slaveInput < 0) this.note('spurious-interrupt', 'acknowledged without a request: default IR7 of the slave');
    else this.count(slaveInput + 8);
    return this.slaveChip.vector(slaveInput);
  }

  /** An input was acknowledged; a storm is noted once, until the line has fallen. */
  private count(input: number): void {
    const { served } = this.storm;
    if (served[input] >= STORM) return;
    if (++served[input] < STORM) return;
    const lines = this.drivers[input]?.() ?? [];
    this.note(
      'interrupt-storm',
      `IRQ ${input} was acknowledged ${STORM} times and did not fall; driven by ${lines.join(', ') || 'nobody'}`,
    );
  }

  override describe(): Identity {
    return {
      compatible: 'intel,i8259',
      title: 'Two cascaded 8259A interrupt controllers, with ELCR',
      datasheet: 'Intel 231468-003 (December 1988)',
    };
  }

  protected override outputs(): void {
    this.masterChip.setLine(CASCADE, this.slaveChip.int);
    this.intr.set(this.masterChip.int);
  }
}
