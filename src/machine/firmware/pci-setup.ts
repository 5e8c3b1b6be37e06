import type { I440FX } from '../../hw/pci/i440fx/i440fx.ts';
import { Transaction } from '../../mem/transaction.ts';
import { assignPci, scanPci, type PciFound } from './pci-enumerate.ts';
import { freeIrqs, routeInterrupts, routingTable, type PciRouting } from './pci-routing.ts';

const MiB = 2 ** 20;
/** I/O addresses that firmware gives to PCI; no chip of the board is there. */
const IO_WINDOWS = [{ base: 0xc000, end: 0x10000 }, { base: 0x1000, end: 0x10000 }] as const;
/** The usual place of PCI memory: below where APICs and the BIOS ROM of later boards are. */
const MEMORY_WINDOW = { base: 0xe0000000, end: 0xfec00000 } as const;
/** Where the routing table lies: in the BIOS area, which the memory map reserves. */
export const ROUTING_TABLE_ADDRESS = 0xfde00;

/** The PIIX in device 1 as interrupt router (82371SB §PIRQRC). */
const PIIX = { device: 1, fn: 0, registers: [0x60, 0x61, 0x62, 0x63] } as const;
/** IRQs for the PIRQs, unless a part on ISA has one of them. */
const PIRQ_IRQS = [11, 10, 9, 5] as const;

/** Configuration registers (PCI 2.2 §6.1; 82371SB §2.3). */
const PAM = [0x59, 0x5a, 0x5b, 0x5c, 0x5d, 0x5e, 0x5f] as const;
const COMMAND = 0x04, INTERRUPT_LINE = 0x3c, IDETIM = 0x40;
const BUS_MASTER_ENABLE = 4;
/** IDE Decode Enable; all timings at their slowest. */
const IDE_DECODE = 0x8000;
const CLASS_IDE = 0x0101;

/** What firmware works on. */
export interface PciSetup {
  readonly bridge: I440FX;
  /** Main memory; index = physical address. */
  readonly ram: Uint8Array;
  /** Switches the inputs of these IRQs (one bit each) to level triggering: writes the ELCR. */
  levelTriggered(irqs: number): void;
  /** IRQs that parts on ISA drive, edge triggered: PCI must not share them. */
  readonly isaIrqs: readonly number[];
}

/**
 * What a PC's firmware does before it starts an operating system, as far as software relies on it:
 * every function of PCI bus 0 gets its addresses and decodes them, interrupts are routed, and where
 * a function has an interrupt pin, a routing table says so. The IDE function decodes its legacy
 * ports on both channels and may master the bus; its timings are left slow: drivers set them.
 * @throws LoadError if a card's ranges do not fit
 */
export function setUpPci({ bridge, ram, levelTriggered, isaIrqs }: PciSetup): void {
  const tx = new Transaction('firmware');
  // C0000h-FFFFFh is RAM (290549 §3.2.18).
  PAM.forEach((register, n) => bridge.writeConfig(0, 0, register, 1, n === 0 ? 0x30 : 0x33, tx));
  const found = scanPci(bridge, tx);
  const afterRam = Math.ceil(ram.length / (16 * MiB)) * 16 * MiB;
  assignPci(bridge, found, { io: IO_WINDOWS, memory: [MEMORY_WINDOW, { base: afterRam, end: 2 ** 32 }] }, tx);
  for (const f of found) if (f.classCode >>> 8 === CLASS_IDE) setUpIde(bridge, f, tx);

  const routing: PciRouting = {
    ...PIIX, irqs: freeIrqs(PIRQ_IRQS, isaIrqs),
    id: bridge.readConfig(PIIX.device, PIIX.fn, 0, 4, tx),
    input: (device, pin) => bridge.pci.router(device, pin),
  };
  const irqs = routeInterrupts(bridge, found, routing, tx);
  if (irqs === 0) return;
  levelTriggered(irqs);
  ram.set(routingTable(found, routing), ROUTING_TABLE_ADDRESS);
}

function setUpIde(bridge: I440FX, { device, fn }: PciFound, tx: Transaction): void {
  bridge.writeConfig(device, fn, IDETIM, 2, IDE_DECODE, tx);
  bridge.writeConfig(device, fn, IDETIM + 2, 2, IDE_DECODE, tx);
  bridge.writeConfig(device, fn, INTERRUPT_LINE, 1, 0, tx);
  const command = bridge.readConfig(device, fn, COMMAND, 2, tx);
  bridge.writeConfig(device, fn, COMMAND, 2, command | BUS_MASTER_ENABLE | 1, tx);
}
