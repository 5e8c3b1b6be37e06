import { reg, regs, ro, wo, type Fields, type Register } from '../../../reg/layout.ts';
import { headerRows, ioBar, memoryBar, subsystemRows } from '../../pci/spec.ts';

/** QEMU's PCI test device: docs/specs/pci-testdev.rst, the header `PCITestDevHdr`. */

/** Bytes behind BAR0 (memory) and BAR1 (ports). */
export const TEST_MEMORY_BYTES = 4096, TEST_PORT_BYTES = 256;
/** What the test writes, one byte. */
export const TEST_DATA = 0xfa;
/** Bytes from the header's beginning to the name's. */
const NAME = 0x10, NAME_REGISTERS = 5;

/**
 * The header, of whatever test was started last; 0 while none was. `target`: where its byte goes.
 */
function header(target: number) {
  const names = Object.fromEntries(
    Array.from({ length: NAME_REGISTERS }, (_, n): [string, Register] => [
      `NAME${n}`, reg(NAME + 4 * n, { TEXT: ro(31, 0) }, { doc: 'Name, 0-terminated' }),
    ]),
  ) as Record<`NAME${0 | 1 | 2 | 3 | 4}`, Register<{ TEXT: Fields[string] }>>;
  return {
    TEST: reg(0x00, { NUMBER: wo(7, 0) }, { width: 8, doc: 'Starts a test' }),
    WIDTH: reg(0x01, { BYTES: ro(7, 0) }, { width: 8, doc: 'Width of its accesses; 0: there is no such test' }),
    OFFSET: reg(0x04, { BYTES: ro(31, 0) }, { doc: 'Where to write' }),
    DATA: reg(0x08, { VALUE: ro(31, 0) }, { doc: 'What to write' }),
    COUNT: reg(0x0c, { WRITES: ro(31, 0) }, { doc: 'Writes that were detected' }),
    ...names,
    TARGET: reg(target, { DATA: wo(7, 0) }, { width: 8, doc: 'Where the test writes' }),
  };
}

/** Where test 0 writes, in memory and in ports. */
export const TEST_MEMORY_OFFSET = 2048, TEST_PORT_OFFSET = 131;

export const TEST_MEMORY_REGISTERS = regs(32, header(TEST_MEMORY_OFFSET));
export const TEST_PORT_REGISTERS = regs(32, header(TEST_PORT_OFFSET));

export const TESTDEV_CONFIG = regs(32, {
  ...headerRows({ vendor: 0x1b36, device: 0x0005, revision: 0, classCode: 0x00ff00 }),
  BAR0: memoryBar(0x10, TEST_MEMORY_BYTES),
  BAR1: ioBar(0x14, TEST_PORT_BYTES),
  ...subsystemRows(0x1af4, 0x1100),
});
