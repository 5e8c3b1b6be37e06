import type { I440FX } from '../../hw/pci/i440fx/i440fx.ts';
import { Transaction } from '../../mem/transaction.ts';

/** I/O ports that the firmware gives to the IDE function's bus master (BAR4, 16 ports). */
export const BUS_MASTER_BASE = 0xc000;

/** Configuration registers (PCI 2.2 §6.1; 82371SB §2.3). */
const COMMAND = 0x04, BAR4 = 0x20, INTERRUPT_LINE = 0x3c, IDETIM = 0x40;
/** IDE Decode Enable; all timings at their slowest. */
const IDE_DECODE = 0x8000;

/**
 * What a PC's firmware does before it starts an operating system, as far as software relies on it:
 * the IDE function decodes its legacy ports on both channels, its bus master has an address, I/O
 * space and Bus Master Enable are on. Timings are left slow: drivers set them.
 */
export function setUpPci(bridge: I440FX): void {
  const tx = new Transaction('firmware');
  bridge.writeConfig(1, 1, BAR4, 4, BUS_MASTER_BASE | 1, tx);
  bridge.writeConfig(1, 1, IDETIM, 2, IDE_DECODE, tx);
  bridge.writeConfig(1, 1, IDETIM + 2, 2, IDE_DECODE, tx);
  bridge.writeConfig(1, 1, INTERRUPT_LINE, 1, 0, tx);
  bridge.writeConfig(1, 1, COMMAND, 2, 0x0005, tx);
}
