import { PciFunction } from '../../src/hw/pci/pci-function.ts';
import { commandRow, identityRows, interruptRows, ioBar, memoryBar, statusRow } from '../../src/hw/pci/spec.ts';
import { Ram } from '../../src/mem/ram.ts';
import type { Target } from '../../src/mem/transaction.ts';
import type { Bank } from '../../src/reg/bank.ts';
import { reg, regs, rw, type Registers } from '../../src/reg/layout.ts';
import type { Simulation } from '../../src/sim/component.ts';

const MiB = 2 ** 20;

export interface PciCardOptions {
  /** Bytes behind the memory BAR, a power of two (1 MiB by default). */
  memory?: number;
  /** INTA# to INTD# as 1 to 4 (INTA# by default). */
  pin?: 1 | 2 | 3 | 4;
}

/**
 * A PCI card for tests of boards and firmware: BAR0 is memory that remembers its first bytes, BAR1
 * is 64 bytes of I/O whose first register asserts the interrupt while it is not 0, and one DMA port.
 */
export class PciCard extends PciFunction {
  readonly irq;
  readonly mem = this.dmaPort('mem', { burst: 64, buffer: 64 });
  readonly ports = this.regs('ports', regs(32, { IRQ: reg(0, { ON: rw(0) }), DATA: reg(4, { VALUE: rw(31, 0) }) }), {});
  readonly config: Bank<Registers>;

  constructor(name: string, sim: Simulation, options: PciCardOptions = {}) {
    super(name, sim);
    const pin = options.pin ?? 1, size = options.memory ?? MiB;
    this.irq = this.intxOut(pin);
    const config = this.configSpace(
      regs(8, {
        ...identityRows({ vendor: 0x1234, device: 0x5678, revision: 1, classCode: 0xff0000 }),
        COMMAND: commandRow(),
        STATUS: statusRow(),
        BAR0: memoryBar(0x10, size),
        BAR1: ioBar(0x14, 64),
        ...interruptRows(pin),
      }),
      {},
    );
    this.config = config;
    this.bar('BAR0', firstBytes(`${name}.memory`, 4096));
    this.bar('BAR1', this.ports);
  }

  protected override outputs(): void {
    this.irq.set(this.ports.r.IRQ.ON === 1);
  }
}

/** Memory of any length that remembers its first bytes; beyond them it reads as 0. */
function firstBytes(name: string, bytes: number): Target {
  const ram = new Ram(name, new Uint8Array(bytes));
  return {
    name,
    read: (offset, size, tx) => (offset + size <= bytes ? ram.read(offset, size, tx) : 0),
    write: (offset, size, value, tx) => {
      if (offset + size <= bytes) ram.write(offset, size, value, tx);
    },
  };
}
