import type { Bank } from '../../../reg/bank.ts';
import { reg, regs, rw } from '../../../reg/layout.ts';
import type { Identity, Simulation } from '../../../sim/component.ts';
import { us } from '../../../sim/time.ts';
import { Device } from '../../device.ts';

/**
 * Port 92h: IBM PS/2 Hardware Interface Technical Reference (1988), System Control Port A, bits 0
 * and 1.
 */
export const PORT_92_REGISTERS = regs(8, {
  CONTROL: reg(0, { FAST_INIT: rw(0), FAST_A20: rw(1) }),
});

/** The fast way to gate A20 and to reset the processor. */
export class Port92 extends Device {
  /** High lets address line 20 through; the board ORs it with the keyboard controller's gate. */
  readonly a20 = this.irqOut('a20');
  /** High for a moment when the processor is to be initialized. */
  readonly init = this.irqOut('init');
  private readonly s = this.cells('state', { before: 0, pulse: false });
  private readonly pulseEnd = this.event('pulse-end', () => {
    this.s.pulse = false;
  });
  readonly ports: Bank<(typeof PORT_92_REGISTERS)['registers']>;

  constructor(name: string, sim: Simulation) {
    super(name, sim);
    this.ports = this.regs('ports', PORT_92_REGISTERS, {
      CONTROL: {
        write: (w) => {
          // Only the change from 0 to 1 resets.
          if (w.FAST_INIT === 1 && this.s.before === 0) {
            this.s.pulse = true;
            this.pulseEnd.after(us(6));
          }
          this.s.before = w.FAST_INIT;
        },
      },
    });
  }

  override describe(): Identity {
    return {
      compatible: 'ibm,port92',
      title: 'System control port A: fast A20 and reset',
      datasheet: 'IBM PS/2 Hardware Interface Technical Reference (1988), System Control Port A',
    };
  }

  protected override outputs(): void {
    this.a20.set(this.ports.r.CONTROL.FAST_A20 === 1);
    this.init.set(this.s.pulse);
  }
}
