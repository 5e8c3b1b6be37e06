import type { Transaction } from '../../mem/transaction.ts';
import type { PciConfigAccess, PciFound } from './pci-enumerate.ts';

/** The interrupt router of a PIIX and how the board's slots are wired to it. */
export interface PciRouting {
  /** Device and function of the router, and its id for the table. */
  readonly device: number;
  readonly fn: number;
  readonly id: number;
  /** Configuration registers PIRQRCA to PIRQRCD. */
  readonly registers: readonly [number, number, number, number];
  /** IRQ that firmware gives to PIRQA# to PIRQD#. */
  readonly irqs: readonly [number, number, number, number];
  /** Which router input a pin 1-4 of a device drives. */
  input(device: number, pin: number): number;
}

type FourIrqs = PciRouting['irqs'];

/**
 * The IRQs of the PIRQs: those that are wished for, but where a part on ISA has one of them, one of
 * the rest, which two PIRQs then share.
 */
export function freeIrqs(wished: FourIrqs, taken: readonly number[]): FourIrqs {
  const free = wished.filter((irq) => !taken.includes(irq));
  return wished.map((irq, n) => (taken.includes(irq) ? free[n % free.length] ?? irq : irq)) as unknown as FourIrqs;
}

/** Interrupt line register (PCI 2.2 §6.2.4). */
const INTERRUPT_LINE = 0x3c;

/**
 * Routes the PIRQs that functions use, writes the interrupt line registers; returns the IRQs in
 * use, one bit each, which must become level triggered (the ELCR).
 */
export function routeInterrupts(
  access: PciConfigAccess, found: readonly PciFound[], routing: PciRouting, tx: Transaction,
): number {
  let used = 0;
  for (const f of found) {
    if (f.pin < 1 || f.pin > 4) continue;
    const input = routing.input(f.device, f.pin);
    const irq = routing.irqs[input];
    access.writeConfig(routing.device, routing.fn, routing.registers[input], 1, irq, tx);
    access.writeConfig(f.device, f.fn, INTERRUPT_LINE, 1, irq, tx);
    used |= 1 << irq;
  }
  return used;
}

const HEADER = 32, ENTRY = 16;

/**
 * The PCI IRQ routing table, from which Linux without ACPI, and other systems of the time, learn
 * how the slots are wired: "PCI IRQ Routing Table Specification", version 1.0 (Microsoft, 1996). It
 * is found by its signature on a 16-byte boundary of F0000h-FFFFFh. Links are router registers.
 */
export function routingTable(found: readonly PciFound[], routing: PciRouting): Uint8Array {
  const devices = [...new Set(found.filter((f) => f.pin !== 0).map((f) => f.device))];
  const bytes = new Uint8Array(HEADER + ENTRY * devices.length);
  const view = new DataView(bytes.buffer);
  const mask = routing.irqs.reduce((bits, irq) => bits | (1 << irq), 0);
  bytes.set([0x24, 0x50, 0x49, 0x52]); // $PIR
  view.setUint16(4, 0x0100, true);
  view.setUint16(6, bytes.length, true);
  bytes[8] = 0;
  bytes[9] = (routing.device << 3) | routing.fn;
  view.setUint16(10, mask, true); // IRQs for PCI alone
  view.setUint32(12, routing.id, true);
  devices.forEach((device, n) => {
    const at = HEADER + ENTRY * n;
    bytes[at + 1] = device << 3;
    for (let pin = 1; pin <= 4; pin++) {
      bytes[at + 3 * pin - 1] = routing.registers[routing.input(device, pin)];
      view.setUint16(at + 3 * pin, mask, true);
    }
    bytes[at + 14] = n + 1;
  });
  bytes[31] = -bytes.reduce((sum, b) => sum + b, 0);
  return bytes;
}
