import { DiskOverlay } from '../../../src/control/disk-overlay.ts';
import type { BlockBackend } from '../../../src/host/block.ts';
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

/**
 * The machine that the arguments describe, as after power on, without firmware.
 * @throws InputError
 */
export function qtestMachine(args: QtestArguments, now: Date): Machine {
  const disks: (BlockBackend | null)[] = [], floppies: (BlockBackend | null)[] = [];
  const put = (places: (BlockBackend | null)[], index: number, wish: DriveWish): void => {
    const free = places.findIndex((p) => p === null || p === undefined);
    const at = index >= 0 ? index : free < 0 ? places.length : free;
    if (places[at] !== null && places[at] !== undefined)
      throw new InputError(`two drives are at ${wish.kind} index ${at}`);
    while (places.length < at) places.push(null);
    places[at] = new DiskOverlay(wish.file === null ? new EmptyDisk(wish.size) : new FileDisk(wish.file));
  };
  for (const wish of args.drives)
    if (wish.kind !== 'none') put(wish.kind === 'ide' ? disks : floppies, wish.index, wish);
  const cards: UserDevice[] = [];
  let sound = false, exitPort = false;
  for (const device of args.devices) {
    const drive = DRIVES[device.name];
    if (drive !== undefined) {
      const wish = args.drives.find((d) => d.id !== '' && d.id === device.keys['drive']);
      if (device.keys['drive'] !== undefined && wish === undefined)
        throw new InputError(`-device ${device.name}: there is no drive '${device.keys['drive']}'`);
      const unit = Number(device.keys['unit'] ?? -1), bus = Number(/(\d+)$/.exec(device.keys['bus'] ?? '')?.[1] ?? 0);
      if (wish !== undefined) put(drive === 'ide' ? disks : floppies, unit < 0 ? -1 : 2 * bus + unit, wish);
    } else if (device.name === 'sb16') sound = true;
    else if (device.name === 'isa-debug-exit') exitPort = true;
    else if (Object.hasOwn(CARDS, device.name)) cards.push(card(device, cards.length));
    else if (!THERE.has(device.name)) throw unknownDevice(device.name);
  }
  try {
    return new Machine(findBoard('pc') as BoardDefinition, {
      options: { ram: args.ram, ...(sound ? { sound: 'sb16' } : {}) } as Record<string, unknown>,
      hosts: { disks, ...(floppies.length === 0 ? {} : { floppies }), date: dateOf(args.clock, now) },
      devices: cards, firmware: false, exitPort,
    });
  } catch (error) {
    if (error instanceof ParameterError) throw new InputError(`-m: ${error.message.replace(/^ram: /, '')}`);
    throw loadRefusal(error, 'give more memory (-m)');
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
