import type { Bank } from '../../../reg/bank.ts';
import { reg, regs, ro, wo } from '../../../reg/layout.ts';
import type { Identity, Simulation } from '../../../sim/component.ts';
import { Device } from '../../device.ts';

/**
 * QEMU's `isa-debugcon` at 402h (SeaBIOS, docs/Debugging.md, "Debugging with QEMU"): firmware
 * writes its log there if a read gives E9h. It stands for no chip.
 */
export const DEBUG_CONSOLE_REGISTERS = regs(8, {
  CHARACTER: reg(0, { CHARACTER: wo(7, 0) }, { dir: 'w', doc: 'A character of the log' }),
  PRESENT: reg(0, { PRESENT: ro(7, 0, { reset: 0xe9 }) }, { dir: 'r', doc: 'E9h: somebody listens' }),
});

export const DEBUG_CONSOLE_PORT = 0x402;

/** The port on which firmware tells what it does. */
export class DebugConsole extends Device {
  readonly ports: Bank<(typeof DEBUG_CONSOLE_REGISTERS)['registers']>;

  /** @param onCharacter gets each character */
  constructor(name: string, sim: Simulation, onCharacter: (byte: number) => void) {
    super(name, sim);
    this.ports = this.regs('ports', DEBUG_CONSOLE_REGISTERS, {
      CHARACTER: { write: (w) => onCharacter(w.CHARACTER) },
    });
  }

  override describe(): Identity {
    return {
      compatible: 'qemu,isa-debugcon', title: "Port of the firmware's log", datasheet: 'SeaBIOS, docs/Debugging.md',
      absent: ['QEMU\'s options `iobase` and `readback`: port 402h and E9h'],
    };
  }
}
