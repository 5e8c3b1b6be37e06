import { createGuestMemory, type GuestMemory } from '../../../jit/guest-memory.ts';
import { CONFIG_BITS, pciTiming } from '../../../hw/pci/pci-bus.ts';
import type { AddressSpace } from '../../../mem/address-space.ts';
import { Bus } from '../../../mem/bus.ts';
import { OPEN_BUS_PRIORITY, OpenBus } from '../../../mem/open-bus.ts';
import { Ram } from '../../../mem/ram.ts';
import { Clock } from '../../../sim/clock.ts';
import type { ValuesOf } from '../../../sim/parameter.ts';
import { TICKS_PER_SECOND } from '../../../sim/time.ts';
import type { Board } from '../../board.ts';
import { MainMemory } from '../../main-memory.ts';
import type { PC_OPTIONS } from './options.ts';

export type PcValues = ValuesOf<typeof PC_OPTIONS>;

/**
 * What nobody on PCI claims the south bridge does, four clocks after the address, and passes on to
 * ISA (PCI 2.1 §3.6.1, subtractive decode; two clocks of arbitration before). There it is one cycle
 * of an 8-bit device for each byte, as nobody asserts IOCS16# or MEMCS16#. ISA has 24 address
 * lines: above 16 MiB the host bridge's cycle ends in a master abort on PCI.
 */
const SUBTRACTIVE_DECODE = 2 + 1 + 4;
const ISA_MEMORY = 0x1000000;

/** Address spaces, buses with their clocks, main memory. */
export interface Backbone {
  readonly memory: AddressSpace;
  readonly io: AddressSpace;
  readonly config: AddressSpace;
  readonly pciBus: Bus;
  readonly isaBus: Bus;
  readonly guest: GuestMemory;
  readonly ram: Ram;
  /** The component that `ram` is part of. */
  readonly mainMemory: MainMemory;
}

/** Makes the address spaces, the buses and main memory of a PC. */
export function backbone(b: Board, o: PcValues): Backbone {
  const memory = b.space('memory', { bits: 32 });
  const io = b.space('io', { bits: 16 });
  const config = b.space('pci-config', { bits: CONFIG_BITS });
  const pciClock = b.clock(new Clock('pci', TICKS_PER_SECOND, o.pciClockPeriod));
  const pciBus = b.bus(pciTiming('pci', pciClock));
  const cycle = o.isaCycle + o.isaRecovery / 2;
  const isaBus = b.bus(new Bus(
    'isa', b.clock(pciClock.divide(o.isaDivisor, 'isa')),
    { arbitration: 0, firstData: cycle, perBeat: cycle, width: 1 },
  ));

  const guest = createGuestMemory(o.ram);
  const ram = new Ram('ram', guest.ram);
  const mainMemory = b.add(new MainMemory('ram', b, ram));
  b.map(memory, 0, 0xa0000, ram, { name: 'ram', owner: mainMemory });
  // The BIOS area is shadow RAM; A0000h-BFFFFh belongs to PCI (VGA).
  b.map(memory, 0xc0000, 0x40000, ram, { name: 'shadow', offset: 0xc0000 });
  b.map(memory, 0x100000, o.ram - 0x100000, ram, { name: 'ram', offset: 0x100000 });

  // What nothing else decodes.
  const nobody = new OpenBus();
  const unclaimed = { priority: OPEN_BUS_PRIORITY };
  const onIsa = { ...unclaimed, bus: isaBus, latency: pciClock.duration(SUBTRACTIVE_DECODE) };
  b.map(io, 0, 0x10000, nobody, onIsa);
  b.map(memory, 0, ISA_MEMORY, nobody, onIsa);
  b.map(memory, ISA_MEMORY, 2 ** 32 - ISA_MEMORY, nobody, { ...unclaimed, bus: pciBus });
  return { memory, io, config, pciBus, isaBus, guest, ram, mainMemory };
}
