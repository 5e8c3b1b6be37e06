import type { IrqLine } from '../../../irq/line.ts';
import type { Bank } from '../../../reg/bank.ts';
import type { Registers } from '../../../reg/layout.ts';
import type { Identity, Simulation } from '../../../sim/component.ts';
import { PciFunction } from '../pci-function.ts';
import { isaBridgeConfig, RESET_CONTROL } from './spec-isa.ts';

export interface Piix3IsaOptions {
  /** 'piix3' is 8086:7000, 'piix4' 8086:7110. */
  variant?: 'piix3' | 'piix4';
  /**
   * Software wrote the reset control register: a soft reset of the processor, or a hard reset of
   * the board. Runs inside the access.
   */
  onReset?: (hard: boolean) => void;
}

const CHIPS = {
  piix3: { chip: '82371sb', name: '82371SB (PIIX3)' },
  piix4: { chip: '82371ab', name: '82371AB (PIIX4)' },
} as const;

/** IRQ numbers that PIRQRC can route to (82371SB §PIRQRC). */
const PIRQ_TARGETS = [3, 4, 5, 6, 7, 9, 10, 11, 12, 14, 15] as const;

/**
 * ISA bridge: PIRQ routing and the reset control register. The interrupt controllers, timers, ELCR
 * and so on of the chip are devices of their own.
 */
export class Piix3Isa extends PciFunction {
  private readonly pins = { pirq: 0 };
  private readonly options: Piix3IsaOptions;
  /** Outputs to the interrupt controller, by IRQ number: the PIRQs that are routed there. */
  readonly irq: ReadonlyMap<number, IrqLine>;
  /** PIRQA#-PIRQD#, inputs 0-3 (true is asserted). */
  readonly pirq = this.irqIn((input, level) => {
    this.pins.pirq = level ? this.pins.pirq | (1 << input) : this.pins.pirq & ~(1 << input);
  });
  readonly config: Bank<Registers>;
  private readonly routes: readonly { readonly value: number }[];
  /**
   * The reset control register at 0CF9h; goes behind the bridge's configuration ports
   * (`ConfigurationPorts.behind`).
   */
  readonly resetControl = this.regs('reset', RESET_CONTROL, {
    RC: { write: (w) => this.requestReset(w.RCPU === 1, w.SRST === 1) },
  });

  constructor(name: string, sim: Simulation, options: Piix3IsaOptions = {}) {
    super(name, sim);
    this.options = options;
    // Pin levels are the outside world's: no reset touches them.
    this.state.declare('pins', this.pins, true);
    this.state.declare('reset', this.latch);
    const bank = this.configSpace(isaBridgeConfig(options.variant === 'piix4' ? 0x7110 : 0x7000));
    this.config = bank;
    this.routes = [bank.r.PIRQRCA, bank.r.PIRQRCB, bank.r.PIRQRCC, bank.r.PIRQRCD];
    this.irq = new Map(PIRQ_TARGETS.map((n) => [n, this.irqOut(`irq${n}`)]));
  }
  private readonly latch = { rcpu: false };

  override describe(): Identity {
    return {
      compatible: `intel,${CHIPS[this.options.variant ?? 'piix3'].chip}`,
      title: `${CHIPS[this.options.variant ?? 'piix3'].name} south bridge: ISA, interrupt routing, reset`,
      datasheet: 'Intel 290550-002 (May 1996), 290562-001 (April 1997)',
    };
  }

  /** The PIRQs of which `irq` is the target, as levels. */
  protected override outputs(): void {
    let lines = 0;
    for (let k = 0; k < 4; k++) {
      const route = this.routes[k].value;
      if ((this.pins.pirq >> k) & 1 && (route & 0x80) === 0) lines |= 1 << (route & 15);
    }
    for (const [n, line] of this.irq) line.set(((lines >> n) & 1) === 1);
  }

  private requestReset(rcpu: boolean, hard: boolean): void {
    const rising = rcpu && !this.latch.rcpu;
    this.latch.rcpu = rcpu;
    if (rising) this.options.onReset?.(hard);
  }
}

