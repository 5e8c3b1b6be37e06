import type { Identity, Simulation } from '../../../sim/component.ts';
import type { ValuesOf } from '../../../sim/parameter.ts';
import { PciFunction } from '../../pci/pci-function.ts';
import { Uart16550 } from '../uart16550/uart16550.ts';
import { PCI_SERIAL_CONFIG, type PCI_SERIAL_OPTIONS } from './spec.ts';

/**
 * A PCI card with two 16550A: the first behind an I/O base address register, the second behind a
 * memory one. Both ask for one interrupt.
 */
export class PciSerial extends PciFunction {
  readonly inta = this.intxOut(1);
  readonly config = this.configSpace(PCI_SERIAL_CONFIG);
  /** By ports, by memory. */
  readonly uarts: readonly [Uart16550, Uart16550];
  private readonly s = this.cells('state', { irq: new Uint8Array(2) });

  constructor(name: string, sim: Simulation, options: ValuesOf<typeof PCI_SERIAL_OPTIONS>) {
    super(name, sim);
    const connected = options.cable === 'null-modem';
    const uart = (n: 0 | 1): Uart16550 => new Uart16550(`${name}-port${n}`, sim, {
      transmit: (byte) => {
        // What finds the other end's queue full was sent faster than anybody's line goes.
        if (connected) this.uarts[1 - n].receive(byte);
      },
    }, { connected });
    this.uarts = [uart(0), uart(1)];
    this.bar('BAR0', this.uarts[0].ports);
    this.bar('BAR1', this.uarts[1].ports);
    const asked = this.irqIn((input, level) => {
      this.s.irq[input] = +level;
    });
    this.parts = this.uarts;
    this.partWires = this.uarts.map((u, input) => ({ line: u.irq, pin: { sink: asked, input }, to: name }));
  }

  override describe(): Identity {
    return {
      compatible: 'lava,dserial',
      title: 'PCI serial card: two 16550A, one behind ports, one behind memory',
      datasheet: 'National Semiconductor PC16550D, TL/C/8652 (June 1995); PCI 2.2',
      absent: ['what the real card has beside its two UARTs, if anything: no document of it was at hand'],
    };
  }

  protected override outputs(): void {
    this.inta.set((this.s.irq[0] | this.s.irq[1]) !== 0 && !this.intxDisabled);
  }
}
