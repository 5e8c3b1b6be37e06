import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { blamed, withPlace, type PlaceIn } from '../../../src/control/software/device-module.ts';
import { UnusableError } from '../../../src/control/software/unusable.ts';
import { Device } from '../../../src/hw/device.ts';
import { Board } from '../../../src/machine/board.ts';
import { CARD_NAMES, CARDS } from '../../../src/machine/cards.ts';
import { guarded } from '../../../src/machine/device-boundary.ts';
import type { UserDevice } from '../../../src/machine/user-devices.ts';
import { ParameterError, valuesOf } from '../../../src/sim/parameter.ts';
import type { Simulation } from '../../../src/sim/component.ts';
import { filesOf, type InputFile } from '../hosts/output-file.ts';
import { InputError } from '../input-error.ts';
import { knownWord } from '../suggest.ts';
import { Escapes } from './escapes.ts';
import { loadDevice, placeIn, type DeviceFile } from './load-device.ts';
import { Watchdog } from './watchdog.ts';

/** Options of the command line that attach devices. */
export interface DeviceOptions {
  device?: string[];
}

/** A `--device` of the command line, taken apart. */
interface Asked {
  readonly text: string;
  readonly path: string;
  readonly slot: string;
  readonly settings: ReadonlyMap<string, string>;
}

/** Adds `--device CARD-OR-FILE[,slot=N][,OPTION=VALUE]…`, which may be given several times. */
export function addDeviceOption(command: Command): Command {
  return command.addOption(
    new Option(
      '--device <card[,slot=N,option=value]>',
      `put a card into a PCI slot: ${CARD_NAMES.join(', ')}, or a TypeScript or JavaScript file with one of your ` +
        'own; may be given again',
    ).argParser((text: string, before: string[] | undefined) => [...(before ?? []), text]),
  );
}

/**
 * The files that a command reads: those of the options `names`, which say what they are, and its
 * devices.
 * @throws InputError
 */
export function inputFiles<K extends string>(
  options: DeviceOptions & Partial<Record<K, string>>, names: readonly K[],
): InputFile[] {
  const devices = (options.device ?? []).map((text) => takeApart(text).path).filter((path) => !isCard(path));
  return [...filesOf(options, names), ...devices.map((path) => ({ path, what: 'device' }))];
}

/** Devices of the command line, ready for `Machine`. */
export class AttachedDevices {
  readonly devices: readonly UserDevice[];
  private readonly files: ReadonlyMap<string, DeviceFile>;

  private constructor(devices: readonly UserDevice[], files: ReadonlyMap<string, DeviceFile>) {
    this.devices = devices;
    this.files = files;
  }

  /** @throws InputError */
  static async load(options: DeviceOptions): Promise<AttachedDevices> {
    const asked = (options.device ?? []).map(takeApart);
    if (asked.length === 0) return new AttachedDevices([], new Map());
    const watch = new Watchdog(patience()), escapes = new Escapes(watch);
    const devices: UserDevice[] = [];
    const files = new Map<string, DeviceFile>();
    const slots = new Map<string, string>();
    for (const a of asked) {
      const card = isCard(a.path);
      if (!card && /^[\w-]+$/.test(a.path) && !existsSync(a.path)) knownWord(a.path, CARD_NAMES, 'card');
      const file = card ? fileOf(a.path) : await escapes.during(a.path, () => loadDevice(a.path, watch));
      let name = file.name;
      for (let n = 2; files.has(name); n++) name = `${file.name}${n}`;
      const slot = a.slot === '' || a.slot.includes('.') ? a.slot : `${a.slot}.0`;
      const other = slots.get(slot);
      if (slot !== '' && other !== undefined)
        throw new InputError(`--device ${a.text}: PCI slot ${slot} is taken by ${other}`);
      slots.set(slot, name);
      files.set(name, file);
      devices.push({
        use: card ? file.use : withPlace(guarded(file.use, watch), placeOf(file)), name,
        at: slot === '' ? 'pci' : `pci ${slot}`,
        options: settingsOf(a, file),
      });
    }
    return new AttachedDevices(devices, files);
  }

  /** Builds a machine with the devices. @throws InputError if one has no place in it */
  place<M>(build: () => M): M {
    try {
      return build();
    } catch (error) {
      throw this.blame(error);
    }
  }

  /** A device without a place, or what one threw with its line; anything else as it is. */
  blame(error: unknown): unknown {
    const told = blamed(error, new Map([...this.files].map(([name, file]) => [name, placeOf(file)])));
    return told instanceof UnusableError ? new InputError(told.message) : told;
  }
}

/** Whether a `--device` names a card of the house; a file of that name is written `./NAME`. */
function isCard(path: string): boolean {
  return CARD_NAMES.includes(path);
}

/** A card of the house as if it came from a file. */
function fileOf(name: string): DeviceFile {
  const { use, options } = CARDS[name];
  return { path: name, name, use, options };
}

/** Wall seconds that a device may stay in one hook: sound models take microseconds. */
const PATIENCE_SECONDS = 10;

function patience(): number {
  const asked = Number(process.env['NORTHBRIDGE_DEVICE_PATIENCE'] ?? '');
  return asked > 0 ? asked : PATIENCE_SECONDS;
}

/** One device of a file, on a board of its own, as its data sheet wants it. @throws InputError */
export async function deviceFromFile(text: string): Promise<{ device: Device; options: DeviceFile['options'] }> {
  const asked = takeApart(text);
  const watch = new Watchdog(patience());
  const file = await new Escapes(watch).during(asked.path, () => loadDevice(asked.path, watch));
  type Make = (name: string, sim: Simulation, options: unknown) => unknown;
  const make = withPlace(guarded(file.use, watch), placeOf(file)) as Make;
  try {
    const device = make(file.name, new Board('bench'), settingsOf(asked, file));
    if (device instanceof Device) return { device, options: file.options };
  } catch (error) {
    throw new InputError(
      `device '${asked.path}': it could not be made: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  throw new InputError(`device '${asked.path}': what was made is no device`);
}

/** Where in its file an error came from. */
function placeOf({ path }: DeviceFile): PlaceIn {
  return (error) => placeIn(error, resolve(path));
}

function takeApart(text: string): Asked {
  const [path, ...rest] = text.split(',');
  if (path === '') throw new InputError(`--device ${text}: it begins with the card's name or file`);
  const settings = new Map<string, string>();
  for (const part of rest) {
    const at = part.indexOf('=');
    if (at <= 0) throw new InputError(`--device ${text}: '${part}' is no option=value`);
    const name = part.slice(0, at).trim();
    if (settings.has(name)) throw new InputError(`--device ${text}: ${name} is given twice`);
    settings.set(name, part.slice(at + 1).trim());
  }
  const slot = settings.get('slot') ?? '';
  settings.delete('slot');
  if (slot !== '' && !/^\d+(\.\d+)?$/.test(slot))
    throw new InputError(`--device ${text}: slot=${slot} is no slot; write slot=3 or slot=3.0`);
  return { text, path, slot, settings };
}

/** The device's options: what is given, by its rows, else their defaults. */
function settingsOf(asked: Asked, file: DeviceFile): Record<string, unknown> {
  const given: Record<string, unknown> = {};
  for (const [name, text] of asked.settings) {
    const known = Object.keys(file.options);
    if (known.length === 0)
      throw new InputError(`--device ${asked.text}: ${file.name} has no options, and no '${name}'`);
    const row = file.options[knownWord(name, [...known, 'slot'], 'option', `of ${file.name}`)];
    try {
      given[name] = row.parse(text);
    } catch (error) {
      if (error instanceof ParameterError) throw new InputError(`--device ${asked.text}: ${name}: ${error.message}`);
      throw error;
    }
  }
  try {
    return valuesOf(file.options, given);
  } catch (error) {
    if (error instanceof ParameterError) throw new InputError(`--device ${asked.text}: ${error.message}`);
    throw error;
  }
}
