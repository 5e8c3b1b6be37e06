import { Vga } from '../../../hw/display/vga/vga.ts';
import { PathsCard } from '../../../hw/paths/paths.ts';
import { houseCard } from '../../../machine/cards.ts';
import type { Machine } from '../../../machine/machine.ts';
import type { UserDevice } from '../../../machine/user-devices.ts';
import { size } from '../../../sim/parameter.ts';
import { TICKS_PER_SECOND } from '../../../sim/time.ts';
import type { GuestStatus } from '../../guests/status.ts';
import type { Measure } from '../experiment.ts';
import { counted } from '../measures.ts';

const MiB = 2 ** 20;

/** Whose memory it is: our own card's 64 KiB, or the VGA's 16 MiB. */
export const MEMORY_DEVICES = ['paths', 'vga'] as const;
export type MemoryDevice = (typeof MEMORY_DEVICES)[number];

/** Bytes of each one's memory. */
export const MEMORY_BYTES: Readonly<Record<MemoryDevice, number>> = { paths: 0x10000, vga: 16 * MiB };
/** Where the programs have their data in RAM. */
export const DATA_AT = 0x100_0000;

/** Longest burst of the card and of the engine. */
export const BURST = size(64, {
  doc: 'longest burst of the card and of the DMA engine: a power of two from 4B to 256B', minimum: 4, maximum: 256,
  step: 4, source: "a choice: as long as the bursts of this board's IDE function, two cache lines of the P6 family",
});

/** The device, and the system DMA engine beside it. */
export function memoryDevices(device: MemoryDevice, burst: number): UserDevice[] {
  return [
    device === 'paths' ? houseCard('paths', 'pci 3', { burst }) : houseCard('vga', 'pci 3'),
    houseCard('system-dma', 'pci 4', { fifo: burst }),
  ];
}

/** The device's memory, for who looks or puts something there by no transaction. */
export function memoryOf(machine: Machine, device: MemoryDevice): Uint8Array {
  for (const { component } of machine.devices) {
    if (device === 'paths' && component instanceof PathsCard) return component.buffer.bytes;
    if (device === 'vga' && component instanceof Vga) return component.bytes;
  }
  throw new Error(`the machine has no ${device}`);
}

const status = (code: number, name: string, words: string, doc: string): GuestStatus => ({ code, name, words, doc });

/** How guest/drivers/device_memory.c fails. */
export const DEVICE_MEMORY_STATUSES: readonly GuestStatus[] = [
  status(0xa0, 'NO_CARD', 'the device whose memory is wanted is not on the PCI bus', 'no such card on PCI bus 0'),
  status(0xa1, 'NO_ENGINE', 'there is no system DMA engine on the PCI bus', 'no system DMA engine on PCI bus 0'),
  status(0xa2, 'NO_ADDRESS', 'firmware gave the card no addresses', 'a base address register is empty'),
  status(0xa3, 'NO_LINE', 'firmware gave the card no interrupt line', 'no interrupt line is routed'),
  status(0xa4, 'NO_RANGE', 'no memory type range register is free', 'no memory type range is free'),
  status(0xa5, 'DMA', 'a DMA transfer failed', 'a transfer ended with an error'),
];

/** Share of the time in which the PCI bus was held. */
export const BUS_SHARE: Measure = {
  key: 'busShare', label: 'PCI bus held', unit: 'share', better: 'less',
  of: ({ counters }) => (counters.ticks <= 0 ? 0 : (counters['pciHeldTicks'] ?? 0) / counters.ticks),
};
/** Time in which the processor executed or waited for an access. */
export const PROCESSOR_TIME: Measure = {
  key: 'processorSeconds', label: 'time of the processor', unit: 's', better: 'less',
  of: ({ counters }) => counters.busyTicks / TICKS_PER_SECOND,
};
export const BUS_TRANSFERS = counted('pciTransfers', 'transfers on the PCI bus');
/** What the bus moved, by whomever. */
export const BUS_BYTES = counted('pciBytes', '  bytes of these', { unit: 'B' });
/** Payload of each PCI clock in which the bus was held. */
export const BYTES_PER_CLOCK: Measure = {
  key: 'bytesPerClock', label: 'bytes copied in each clock of the held bus', unit: '', better: 'more', digits: 2,
  of: ({ bytes, counters, found }) => (bytes * Number(found['clockTicks'])) / (counters['pciHeldTicks'] ?? 0),
};
