import type { Identity, Simulation } from '../../../sim/component.ts';
import type { BankHooks } from '../../../reg/bank.ts';
import { PciFunction } from '../../pci/pci-function.ts';
import {
  TESTDEV_CONFIG, TEST_DATA, TEST_MEMORY_OFFSET, TEST_MEMORY_REGISTERS, TEST_PORT_OFFSET, TEST_PORT_REGISTERS,
} from './spec.ts';

/** A test that a guest can start. */
interface PortTest {
  readonly name: string;
  readonly offset: number;
}

/** Test 0, by memory and by ports. */
const TESTS = [
  { name: 'mmio-no-eventfd', offset: TEST_MEMORY_OFFSET }, { name: 'portio-no-eventfd', offset: TEST_PORT_OFFSET },
] as const satisfies readonly PortTest[];
const NONE = -1;

/**
 * QEMU's PCI test device: counts writes of one byte to memory and to a port. See README.md.
 */
export class PciTestDevice extends PciFunction {
  /** Number in TESTS of the test that was started last, and the writes that it saw. */
  private readonly s = this.cells('test', { current: NONE, count: 0 });
  readonly memoryRegisters = this.regs('memory', TEST_MEMORY_REGISTERS, this.header(0), { unclaimedValue: 'zero' });
  readonly portRegisters = this.regs('ports', TEST_PORT_REGISTERS, this.header(1), { unclaimedValue: 'zero' });
  readonly config = this.configSpace(TESTDEV_CONFIG);

  constructor(name: string, sim: Simulation) {
    super(name, sim);
    this.bar('BAR0', this.memoryRegisters);
    this.bar('BAR1', this.portRegisters);
  }

  override describe(): Identity {
    return {
      compatible: 'qemu,pci-testdev',
      title: 'QEMU\'s PCI test device: counts writes to memory and to a port',
      datasheet: 'QEMU docs/specs/pci-testdev.rst',
      absent: ['tests 1 and 2, of KVM\'s eventfds', 'BAR2 (membar)'],
    };
  }

  /** Hooks of one of the two headers; both tell of the test that runs. */
  private header(own: 0 | 1): BankHooks<typeof TEST_MEMORY_REGISTERS.registers> {
    const told = (value: (test: PortTest) => number) => (): number => {
      const test: PortTest | undefined = TESTS[this.s.current];
      return test === undefined ? 0 : value(test);
    };
    const name = (n: number) => ({ get: { TEXT: told((test) => textAt(test.name, 4 * n)) } });
    return {
      TEST: { write: (w) => this.start(w.NUMBER === 0 ? own : NONE) },
      WIDTH: { get: { BYTES: told(() => 1) } },
      OFFSET: { get: { BYTES: told((test) => test.offset) } },
      DATA: { get: { VALUE: told(() => TEST_DATA) } },
      COUNT: { get: { WRITES: told(() => this.s.count) } },
      NAME0: name(0), NAME1: name(1), NAME2: name(2), NAME3: name(3), NAME4: name(4),
      TARGET: { write: (w) => { if (w.DATA === TEST_DATA && this.s.current === own) this.counted(); } },
    };
  }

  private start(test: number): void {
    this.s.current = test;
    this.s.count = 0;
  }

  private counted(): void {
    this.s.count = (this.s.count + 1) >>> 0;
  }
}

/** Four characters of a text, the first in the lowest byte. */
function textAt(text: string, at: number): number {
  let word = 0;
  for (let k = 3; k >= 0; k--) word = word * 256 + (at + k < text.length ? text.charCodeAt(at + k) : 0);
  return word;
}
