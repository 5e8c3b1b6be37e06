import { regs } from '../../../reg/layout.ts';
import { choice } from '../../../sim/parameter.ts';
import { headerRows, ioBar, memoryBar, subsystemRows } from '../../pci/spec.ts';

/** A UART's registers, behind either base address register. */
export const PORT_BYTES = 8;
/** The least that a memory base address register asks for (PCI 2.2 §6.2.5.1). */
export const MEMORY_BYTES = 16;

/**
 * Configuration space: identification of the Lava DSerial-PCI (1407:0100), two 16550 behind
 * successive base address registers, as drivers know it (Linux 8250_pci, two ports of 115200 baud);
 * class 0700h, programming interface 02h: 16550-compatible (PCI 2.2 appendix D).
 *
 * DEVIATES: the second register asks for memory, so that the same rows are reached both ways.
 */
export const PCI_SERIAL_CONFIG = regs(32, {
  ...headerRows({ vendor: 0x1407, device: 0x0100, revision: 0, classCode: 0x070002, pin: 1 }),
  BAR0: ioBar(0x10, PORT_BYTES),
  BAR1: memoryBar(0x14, MEMORY_BYTES),
  ...subsystemRows(0x1407, 0x0100),
});

export const PCI_SERIAL_OPTIONS = {
  cable: choice(['null-modem', 'none'], 'null-modem', {
    doc: 'What joins its two ports: a null-modem cable, or nothing', source: 'a choice',
  }),
};
