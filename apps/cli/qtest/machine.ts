import { DiskOverlay } from '../../../src/control/disk-overlay.ts';
import { NO_DISK, type BlockBackend, type DriveLabel } from '../../../src/host/block.ts';
import { findBoard } from '../../../src/machine/boards/index.ts';
import { houseCard } from '../../../src/machine/cards.ts';
import type { BoardDefinition } from '../../../src/machine/definition.ts';
import { Machine } from '../../../src/machine/machine.ts';
import type { UserDevice } from '../../../src/machine/user-devices.ts';
import type { RtcDate } from '../../../src/hw/rtc/mc146818/calendar.ts';
import { FileDisk } from '../hosts/disk.ts';
import { InputError } from '../input-error.ts';
import { loadRefusal } from '../input-files.ts';
import { ParameterError } from '../../../src/sim/parameter.ts';
import type { RuleName } from '../../../src/sim/forgive.ts';
import { nearest } from '../../../src/sim/nearest.ts';
import type { DeviceWish, DriveWish, QtestArguments } from './arguments.ts';

/** Our cards by the names that QEMU has for them. */
const CARDS: Readonly<Record<string, string>> = {
  ne2k_pci: 'rtl8029', rtl8139: 'rtl8139', e1000: 'e1000', 'e1000-82540em': 'e1000', edu: 'edu',
  'pci-testdev': 'pci-testdev',
};
/** Devices that the board has anyway, or that change nothing here. */
const THERE = new Set(['isa-fdc', 'piix3-ide', 'isa-serial', 'mc146818rtc', 'i8042', 'isa-pit', 'isa-pic']);
/** Devices that stand for a drive in a place. */
const DRIVES: Readonly<Record<string, 'ide' | 'floppy'>> = { 'ide-hd': 'ide', 'ide-drive': 'ide', floppy: 'floppy' };

/** A disk without contents: zeros. */
class EmptyDisk implements BlockBackend {
  readonly name = 'zeros';
  readonly size: number;
  readonly readOnly = true;

  constructor(size: number) {
    this.size = size;
  }
  read(_offset: number, buffer: Uint8Array, at: number, length: number): void {
    buffer.fill(0, at, at + length);
  }
  write(): void {}
  flush(): void {}
}

/** Devices that `-device` knows, by the names that suites ask for. */
export const DEVICE_NAMES = [...Object.keys(CARDS), ...Object.keys(DRIVES), ...THERE, 'sb16', 'isa-debug-exit'];

/** A machine, and which of its floppy drives is meant by an id. */
export interface QtestMachine {
  readonly machine: Machine;
  readonly floppies: ReadonlyMap<string, number>;
}

/** Characters that a drive's label holds (ATA-6 §8.15), and the words in which QEMU has them. */
const LABELS = [['model', 'model', 40], ['serial', 'serial', 20], ['ver', 'firmware', 8]] as const;

/**
 * The machine that the arguments describe, as after power on, without firmware.
 * @throws InputError
 */
export function qtestMachine(args: QtestArguments, now: Date): QtestMachine {
  const places = new DrivePlaces(args);
  for (const wish of args.drives) if (wish.kind !== 'none') places.put(wish.kind, wish.index, wish, {});
  const cards: UserDevice[] = [];
  let sound = false, exitPort = false;
  for (const device of args.devices) {
    const kind = DRIVES[device.name];
    if (kind !== undefined) places.device(kind, device);
    else if (device.name === 'sb16') sound = true;
    else if (device.name === 'isa-debug-exit') exitPort = true;
    else if (Object.hasOwn(CARDS, device.name)) cards.push(card(device, cards.length));
    else if (!THERE.has(device.name)) throw unknownDevice(device.name);
  }
  const { disks, floppies } = places;
  if (floppies.length === 0 && args.defaults) floppies.push(NO_DISK);
  try {
    const machine = new Machine(findBoard('pc') as BoardDefinition, {
      options: { ram: args.ram, ...(sound ? { sound: 'sb16' } : {}) } as Record<string, unknown>,
      hosts: { disks, floppies, date: dateOf(args.clock, now) },
      devices: cards, firmware: false, exitPort, forgive: FORGIVEN,
    });
    return { machine, floppies: places.names };
  } catch (error) {
    if (error instanceof ParameterError) throw new InputError(`-m: ${error.message.replace(/^ram: /, '')}`);
    throw loadRefusal(error, 'give more memory (-m)');
  }
}

/** What suites that were written for an emulator rely on. */
const FORGIVEN: readonly RuleName[] = [
  'fdc-drive-not-selected', 'fdc-no-disk', 'fdc-single-density', 'ide-bus-master-off', 'ide-table-short',
];

/** Which drive has which image. */
class DrivePlaces {
  readonly disks: (BlockBackend | null)[] = [];
  readonly floppies: (BlockBackend | null)[] = [];
  /** Floppy drives by the ids that their drive, their device and QEMU itself give them. */
  readonly names = new Map([['floppy0', 0], ['floppy1', 1]]);
  private readonly args: QtestArguments;

  constructor(args: QtestArguments) {
    this.args = args;
  }

  /** `-device ide-hd,drive=ID,bus=ide.0,unit=1` or `-device floppy,id=ID`. @throws InputError */
  device(kind: 'ide' | 'floppy', { name, keys }: DeviceWish): void {
    const { drive } = keys;
    const wish = this.args.drives.find((d) => d.id !== '' && d.id === drive);
    if (wish === undefined && (drive !== undefined || kind === 'ide'))
      throw new InputError(
        `-device ${name}: ${drive === undefined ? 'which drive? write drive=ID' : `there is no drive '${drive}'`}`,
      );
    const [unit, bus] = [keys['unit'], keys['bus']].map((n) => (n === undefined ? -1 : Number(/(\d*)$/.exec(n)?.[1])));
    const index = unit < 0 && bus < 0 ? -1 : 2 * Math.max(0, bus) + Math.max(0, unit);
    this.put(kind, index, wish ?? { file: null, size: 0, kind, index, id: '', serial: '' }, keys);
  }

  /** @throws InputError if the place is taken, or there is no such place */
  put(kind: 'ide' | 'floppy', index: number, wish: DriveWish, keys: Readonly<Record<string, string>>): void {
    const places = kind === 'ide' ? this.disks : this.floppies, most = kind === 'ide' ? 4 : 2;
    const free = places.findIndex((p) => p === null);
    const at = index >= 0 ? index : free < 0 ? places.length : free;
    if (!(at < most)) throw new InputError(`${kind} index ${at}: there are ${most} places`);
    if (places[at] !== null && places[at] !== undefined) throw new InputError(`two drives are at ${kind} index ${at}`);
    while (places.length < at) places.push(null);
    const empty = kind === 'floppy' && wish.file === null && wish.size === 0;
    places[at] = empty ? NO_DISK : this.image(wish, kind === 'ide' ? this.label(wish, keys) : {});
    if (kind === 'floppy') for (const id of [wish.id, keys['id'] ?? '']) if (id !== '') this.names.set(id, at);
  }

  private image(wish: DriveWish, label: DriveLabel): BlockBackend {
    const base = wish.file === null ? new EmptyDisk(wish.size) : new FileDisk(wish.file);
    return Object.assign(new DiskOverlay(base), { label });
  }

  /** What `serial=`, `ver=` and `model=` say: of the device, of all of its kind, of the drive. */
  private label(wish: DriveWish, keys: Readonly<Record<string, string>>): DriveLabel {
    const label: Record<string, string> = {};
    for (const [word, name, most] of LABELS) {
      const text = keys[word] ?? this.args.globals[`ide-hd.${word}`] ?? (word === 'serial' ? wish.serial : '');
      if (text.length > most) throw new InputError(`${word}=${text}: at most ${most} characters`);
      if (text !== '') label[name] = text;
    }
    return label;
  }
}

function card({ name, keys }: DeviceWish, others: number): UserDevice {
  const place = /^([0-9a-f]{1,2})(?:\.([0-7]))?$/i.exec(keys['addr'] ?? '');
  if (keys['addr'] !== undefined && place === null)
    throw new InputError(`-device ${name},addr=${keys['addr']}: write addr=SLOT.FUNCTION in hexadecimal digits: 04.0`);
  const at = place === null ? 'pci' : `pci ${parseInt(place[1], 16)}.${place[2] ?? '0'}`;
  const kind = CARDS[name];
  return houseCard(kind, at, {}, others === 0 ? kind : `${kind}-${others + 1}`);
}

function unknownDevice(name: string): InputError {
  const known = [...Object.keys(CARDS), ...Object.keys(DRIVES), 'sb16', 'isa-debug-exit'];
  const near = nearest(name, known);
  return new InputError(
    `-device '${name}' is not a valid device model name; there are ${known.join(', ')}` +
      `${near === null ? '' : `; did you mean '${near}'?`}`,
  );
}

/** `-rtc base=`: the machine's clock at power on. What is not given is the time now, in UTC. */
function dateOf(base: string, now: Date): RtcDate {
  const local = base === 'localtime';
  const given = base === '' || base === 'utc' || local ? now : new Date(/T/.test(base) ? `${base}Z` : base);
  if (Number.isNaN(given.getTime())) throw new InputError(`-rtc base=${base}: write utc or 2026-01-31T12:00:00`);
  const shifted = local ? new Date(given.getTime() - given.getTimezoneOffset() * 60_000) : given;
  return {
    year: shifted.getUTCFullYear(), month: shifted.getUTCMonth() + 1, day: shifted.getUTCDate(),
    hour: shifted.getUTCHours(), minute: shifted.getUTCMinutes(), second: shifted.getUTCSeconds(),
  };
}
