import { PciFunction } from '../hw/pci/pci-function.ts';
import { Transaction } from '../mem/transaction.ts';
import { Component, type Simulation } from '../sim/component.ts';
import type { Board } from './board.ts';
import type { PciBridgeEdge } from './graph.ts';
import { LoadError } from './loader/load-error.ts';

/** Makes a device: a class, or a function that returns one. */
export type DeviceMaker =
  | (new (name: string, sim: Simulation, options: never) => PciFunction)
  | ((name: string, sim: Simulation, options: never) => PciFunction);

/**
 * A device that is no part of the board:
 *
 *     new Machine(pc, { devices: [{ use: CopyEngine, at: 'pci 3.0', options: { buffer: 4096 } }] })
 *
 * It is made with (name, simulation, options), put into its slot before the board is checked and
 * reset, and found by firmware and guest as any function is: its DMA ports see system memory across
 * the bus, its INTx lines go to the interrupt router, its state is in snapshots. Parts behind its
 * connectors (`PciFunction.parts`) come with it. For cards of the house see `cards.ts`.
 */
export interface UserDevice {
  use: DeviceMaker;
  /** `pci 3.0` (device and function), `pci 3` (function 0), or `pci`: the first free device. */
  at: string;
  /** Its name on the board; by default the class's name in lower case, numbered if it is taken. */
  name?: string;
  /** The device's own options. They are a part of the machine's configuration. */
  options?: unknown;
}

/** A device in its slot. */
export interface PlacedDevice {
  readonly component: PciFunction;
  readonly device: number;
  readonly function: number;
  /** Its options as JSON, or ''. */
  readonly settings: string;
}

interface Place {
  readonly user: UserDevice;
  readonly label: string;
  /** -1: the first free one. */
  readonly device: number;
  readonly fn: number;
}

const DEVICES = 32, FUNCTIONS = 8;
/** Header type (PCI 2.2 §6.2.1), bit 7: more than one function. */
const HEADER_TYPE = 0x0e, MULTIFUNCTION = 0x80;

/**
 * Puts devices into the slots of a board: first those that name their slot, then the others.
 * @throws LoadError with one line, if one has no place or cannot be made
 */
export function placeDevices(board: Board, pci: PciBridgeEdge | null, devices: readonly UserDevice[]): PlacedDevice[] {
  if (devices.length === 0) return [];
  if (pci === null) throw new LoadError('device', -1, `board ${board.name} has no slots`);
  const places = devices.map(placeOf);
  const placed: PlacedDevice[] = [];
  for (const p of [...places.filter((q) => q.device >= 0), ...places.filter((q) => q.device < 0)])
    placed.push(put(board, pci, p));
  for (const p of placed) checkReachable(pci, p);
  return placed;
}

function placeOf(user: UserDevice): Place {
  const label = `device ${user.name ?? baseName(user.use)}`;
  const m = /^pci(?:[ :](\d+)(?:\.(\d+))?)?$/.exec(user.at.trim());
  if (m === null)
    throw new LoadError(label, -1, `'${user.at}' is no place on the board; write pci 3.0, pci 3 or pci`);
  const device = m[1] === undefined ? -1 : Number(m[1]), fn = Number(m[2] ?? 0);
  if (device >= DEVICES || fn >= FUNCTIONS)
    throw new LoadError(label, -1, `there is no PCI slot ${device}.${fn}; devices are 0 to 31, functions 0 to 7`);
  return { user, label, device, fn };
}

function put(board: Board, pci: PciBridgeEdge, place: Place): PlacedDevice {
  const { user, label, fn } = place;
  const { slots } = pci.pci;
  const device = place.device >= 0 ? place.device : firstFree(pci);
  if (device < 0) throw new LoadError(label, -1, 'all 32 devices of the PCI bus are taken');
  const taken = slots.find((s) => s.device === device && s.function === fn);
  if (taken !== undefined)
    throw new LoadError(label, -1, `PCI slot ${device}.${fn} is taken by ${taken.pci.name}`);
  const name = user.name ?? freeName(board, baseName(user.use));
  if (board.components.some((c) => c.name === name))
    throw new LoadError(label, -1, `the board has a component ${name} already`);
  const component = make(user, name, board, label);
  const twice = component.parts.find((part) => board.components.some((c) => c.name === part.name));
  if (twice !== undefined) throw new LoadError(label, -1, `the board has a component ${twice.name} already`);
  board.pciFunction(pci, device, fn, component);
  const settings = user.options === undefined ? '' : JSON.stringify(user.options);
  return { component, device, function: fn, settings };
}

function make(user: UserDevice, name: string, board: Board, label: string): PciFunction {
  let device: unknown;
  try {
    device = isClass(user.use)
      ? new user.use(name, board, user.options as never)
      : (user.use as (name: string, sim: Simulation, options: never) => unknown)(name, board, user.options as never);
  } catch (error) {
    throw new LoadError(label, -1, `it could not be made: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!(device instanceof PciFunction)) throw new LoadError(label, -1, 'what was made is no PCI function');
  if (device.name !== name)
    throw new LoadError(label, -1, `it was to be named ${name} and calls itself ${device.name}`);
  return device;
}

function isClass(use: DeviceMaker): use is new (name: string, sim: Simulation, options: never) => PciFunction {
  return (use as { prototype?: unknown }).prototype instanceof Component;
}

function baseName(use: DeviceMaker): string {
  const name = use.name.toLowerCase().replace(/[^a-z0-9-]/g, '');
  return name === '' ? 'device' : name;
}

function freeName(board: Board, base: string): string {
  const taken = (name: string): boolean => board.components.some((c) => c.name === name);
  if (!taken(base)) return base;
  let n = 2;
  while (taken(`${base}${n}`)) n++;
  return `${base}${n}`;
}

/** The first device number without a function, above those that chip sets use. */
function firstFree(pci: PciBridgeEdge): number {
  for (let device = 2; device < DEVICES; device++)
    if (!pci.pci.slots.some((s) => s.device === device)) return device;
  return -1;
}

/** Software looks at functions above 0 only where function 0 says that there are some. */
function checkReachable(pci: PciBridgeEdge, placed: PlacedDevice): void {
  if (placed.function === 0) return;
  const first = pci.pci.slots.find((s) => s.device === placed.device && s.function === 0);
  const tx = new Transaction('check');
  tx.debug = true;
  if (first !== undefined && (first.pci.config.read(HEADER_TYPE, 1, tx) & MULTIFUNCTION) !== 0) return;
  throw new LoadError(
    `device ${placed.component.name}`, -1,
    `nobody would find it in slot ${placed.device}.${placed.function}: ` +
      (first === undefined ? `device ${placed.device} has no function 0` : `${first.pci.name} is a single function`),
  );
}
