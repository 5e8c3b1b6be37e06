import { Camera } from '../hw/camera/camera.ts';
import { PciSerial } from '../hw/char/pci-serial/pci-serial.ts';
import { PCI_SERIAL_OPTIONS } from '../hw/char/pci-serial/spec.ts';
import { SystemDma } from '../hw/dma/system-dma/system-dma.ts';
import { E1000 } from '../hw/net/e1000/e1000.ts';
import { ethernetOptions, stationAddress, withWire } from '../hw/net/far-end.ts';
import { Rtl8029 } from '../hw/net/rtl8029/rtl8029.ts';
import { Rtl8139 } from '../hw/net/rtl8139/rtl8139.ts';
import { Vga } from '../hw/display/vga/vga.ts';
import { EduDevice } from '../hw/misc/edu/edu.ts';
import { EDU_OPTIONS } from '../hw/misc/edu/spec.ts';
import { PciTestDevice } from '../hw/misc/pci-testdev/pci-testdev.ts';
import { PathsCard } from '../hw/paths/paths.ts';
import { RaidController } from '../hw/raid/raid.ts';
import type { PciFunction } from '../hw/pci/pci-function.ts';
import type { Simulation } from '../sim/component.ts';
import { size, valuesOf, type ParameterRows, type ValuesOf } from '../sim/parameter.ts';
import type { UserDevice } from './user-devices.ts';

/** A PCI card of the house: what goes into a slot by its name. */
export interface HouseCard {
  readonly options: ParameterRows;
  /** Makes it with all its options; private parts of its own come along (`PciFunction.parts`). */
  readonly use: (name: string, sim: Simulation, options: never) => PciFunction;
}

function card<R extends ParameterRows>(
  options: R, use: (name: string, sim: Simulation, options: ValuesOf<R>) => PciFunction,
): HouseCard {
  return { options, use };
}

/** Longest burst of a bus master, an option of our own cards. */
const burst = (doc: string) =>
  size(64, { doc, source: 'a choice: two cache lines of the P6 family', minimum: 4, maximum: 256, step: 4 });

/**
 * Every PCI card of the house by name: `--device NAME,slot=N,OPTION=VALUE`, `MachineSpec.devices`.
 */
export const CARDS: Readonly<Record<string, HouseCard>> = {
  paths: card({ burst: burst('Longest burst, a power of two') }, (name, sim, o) => new PathsCard(name, sim, o)),
  'system-dma': card({ fifo: burst('FIFO = longest burst, a power of two') }, (name, sim, o) =>
    new SystemDma(name, sim, o)),
  rtl8029: card(ethernetOptions(['10']), (name, sim, o) =>
    withWire(name, sim, o, (link) => new Rtl8029(name, sim, link, stationAddress(o)))),
  rtl8139: card(ethernetOptions(['100', '10']), (name, sim, o) =>
    withWire(name, sim, o, (link) => new Rtl8139(name, sim, { mac: stationAddress(o), link }))),
  edu: card(EDU_OPTIONS, (name, sim, o) => new EduDevice(name, sim, o)),
  'pci-testdev': card({}, (name, sim) => new PciTestDevice(name, sim)),
  camera: card(Camera.options, (name, sim, o) => new Camera(name, sim, o)),
  e1000: card(ethernetOptions(['1000', '100', '10']), (name, sim, o) =>
    withWire(name, sim, o, (link) => new E1000(name, sim, { mac: stationAddress(o), link }))),
  'pci-serial': card(PCI_SERIAL_OPTIONS, (name, sim, o) => new PciSerial(name, sim, o)),
  raid: card(RaidController.options, (name, sim, o) => new RaidController(name, sim, o)),
  vga: card(Vga.options, (name, sim, o) => new Vga(name, sim, o)),
};

/** Names of the cards, in the order in which they are listed. */
export const CARD_NAMES: readonly string[] = Object.keys(CARDS);

/** The same devices, the display cards of the house with a ROM chip that holds `rom`. */
export function withVideoRom(devices: readonly UserDevice[], rom: Uint8Array): UserDevice[] {
  const use = (name: string, sim: Simulation, options: ValuesOf<typeof Vga.options>): PciFunction =>
    new Vga(name, sim, { ...options, rom });
  return devices.map((device) => (device.use === CARDS['vga']?.use ? { ...device, use } : device));
}

/**
 * A card of the house for a slot: `pci 3.0`, `pci 3`, or `pci`, the first that is free.
 * @param given options by name; the others have their defaults
 * @throws ParameterError
 */
export function houseCard(
  kind: string, at = 'pci', given: Readonly<Record<string, unknown>> = {}, name = kind,
): UserDevice {
  const found = Object.hasOwn(CARDS, kind) ? CARDS[kind] : undefined;
  if (found === undefined) throw new Error(`the house has no card ${kind}`);
  return { use: found.use, at, name, options: valuesOf(found.options, given) };
}
