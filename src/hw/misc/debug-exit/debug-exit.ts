import type { Bank } from '../../../reg/bank.ts';
import { reg, regs, wo } from '../../../reg/layout.ts';
import type { Identity, Simulation } from '../../../sim/component.ts';
import { Device } from '../../device.ts';

/**
 * A port of QEMU's `isa-debug-exit` (QEMU, docs of the device: iobase, iosize): a write of up to
 * four bytes ends the emulator. It stands for no chip; test programs of operating systems use it.
 */
export const DEBUG_EXIT_REGISTERS = regs(32, {
  VALUE: reg(0, { VALUE: wo(31, 0) }, { dir: 'w', partial: 'whole', doc: 'Ends the run; what it means is agreed' }),
  NOTHING: reg(0, {}, { dir: 'r', partial: 'whole', doc: 'Reads as 0' }),
});

/** Where it stands by custom: four ports from F4h. */
export const DEBUG_EXIT_PORT = 0xf4;

/** Ends the run when software writes to it. */
export class DebugExit extends Device {
  readonly ports: Bank<(typeof DEBUG_EXIT_REGISTERS)['registers']>;

  /** @param onExit gets the value written; callable inside an access */
  constructor(name: string, sim: Simulation, onExit: (value: number) => void) {
    super(name, sim);
    this.ports = this.regs('ports', DEBUG_EXIT_REGISTERS, { VALUE: { write: (w) => onExit(w.value >>> 0) } });
  }

  override describe(): Identity {
    return {
      compatible: 'qemu,isa-debug-exit', title: 'Exit port for test programs', datasheet: 'QEMU, isa-debug-exit',
    };
  }
}

/** Exit status that QEMU gives for a value: always odd, so never 0; the system keeps 8 bits. */
export function qemuExitStatus(value: number): number {
  return ((value << 1) | 1) & 0xff;
}
