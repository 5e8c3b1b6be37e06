import type { Bank } from '../../../reg/bank.ts';
import { reg, regs, rw } from '../../../reg/layout.ts';
import type { Identity, Simulation } from '../../../sim/component.ts';
import { Device } from '../../device.ts';

/**
 * Port 80h: in a PC/AT a spare register of the DMA page register file, which reads back (IBM PC/AT
 * Technical Reference, I/O address map).
 */
export const POST_REGISTERS = regs(8, {
  CODE: reg(0, { CODE: rw(7, 0) }, { doc: 'Power-on self-test code' }),
});

/** The POST code latch that firmware reports its progress on. */
export class PostLatch extends Device {
  readonly ports: Bank<(typeof POST_REGISTERS)['registers']>;

  /** @param onPost tells the host of every code written. */
  constructor(name: string, sim: Simulation, onPost: (code: number) => void = () => {}) {
    super(name, sim);
    this.ports = this.regs('ports', POST_REGISTERS, { CODE: { write: (w) => onPost(w.CODE) } });
  }

  override describe(): Identity {
    return {
      compatible: 'ibm,post',
      title: 'POST code latch',
      datasheet: 'IBM PC/AT Technical Reference, I/O address map',
    };
  }

  /** The last code written. */
  get code(): number {
    return this.ports.r.CODE.CODE;
  }
}
