import { PciFunction } from '../../hw/pci/pci-function.ts';
import { DeviceFault } from '../../machine/device-boundary.ts';
import type { DeviceMaker } from '../../machine/user-devices.ts';
import type { Parameter } from '../../sim/parameter.ts';
import { StandstillError } from '../../sim/scheduler.ts';
import { LoadError } from '../../machine/loader/load-error.ts';
import type { Simulation } from '../../sim/component.ts';
import { UnusableError } from './unusable.ts';

/** What a device's module gives: how to make the device, and its options as rows. */
export interface DeviceModule {
  /** Its name on the board, unless it is taken: `copy-engine`. */
  readonly name: string;
  readonly use: DeviceMaker;
  readonly options: Readonly<Record<string, Parameter>>;
}

/** Where in a device's source an error came from: `copy.ts:31`, or ''. */
export type PlaceIn = (error: unknown) => string;

const WHAT = 'a device class, or { use: class, options: rows }';

/**
 * The device that a module exports.
 * @param what what it is called in a message: `device 'copy.ts'`
 * @throws UnusableError
 */
export function deviceOfModule(module: unknown, what: string): DeviceModule {
  const given = (module as { default?: unknown } | null)?.default;
  if (given === undefined) throw new UnusableError(`${what}: it has no default export; export ${WHAT}`);
  const row = typeof given === 'function' ? { use: given, ...optionsOf(given) } : (given as Record<string, unknown>);
  const { use } = row as { use?: unknown };
  if (typeof use !== 'function') throw new UnusableError(`${what}: its default export is no device; export ${WHAT}`);
  if (typeof given === 'function' && !(use.prototype instanceof PciFunction))
    throw new UnusableError(`${what}: ${use.name || 'its default export'} does not extend PciFunction`);
  const options = ((row as { options?: unknown }).options ?? {}) as Readonly<Record<string, Parameter>>;
  for (const [name, option] of Object.entries(options))
    if (typeof option?.parse !== 'function')
      throw new UnusableError(`${what}: its option ${name} is no parameter row (size, count, choice, …)`);
  const name = (row as { name?: unknown }).name;
  return {
    options, name: typeof name === 'string' && name !== '' ? name : nameOf(use.name), use: use as DeviceMaker,
  };
}

function optionsOf(given: object): { options?: unknown } {
  return 'options' in given ? { options: given.options } : {};
}

/** `CopyEngine` is `copy-engine` on the board. */
function nameOf(className: string): string {
  const name = className.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase().replace(/[^a-z0-9-]/g, '');
  return name === '' ? 'device' : name;
}

/** A maker that tells what the constructor throws with its place in the source. */
export function withPlace(use: DeviceMaker, placeIn: PlaceIn): DeviceMaker {
  const make = use as (name: string, sim: Simulation, options: unknown) => PciFunction;
  return (name: string, sim: Simulation, options: unknown) => {
    try {
      return make(name, sim, options);
    } catch (error) {
      const place = placeIn(error);
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`${reason}${place === '' ? '' : ` (${place})`}`, { cause: error });
    }
  };
}

/**
 * An error as that of a device from outside, in a line: one without a place on the board, one that
 * threw, with its line, or that never lets time go on. Anything else as it is.
 * @param places of the devices from outside, by their names on the board
 */
export function blamed(error: unknown, places: ReadonlyMap<string, PlaceIn>): unknown {
  if (error instanceof LoadError && error.message.startsWith('device ')) return new UnusableError(error.message);
  if (error instanceof StandstillError) {
    const name = [...places.keys()].find((device) => error.event.startsWith(`${device}.`));
    return name === undefined
      ? error
      : new UnusableError(`device ${name}: ${error.message}; it schedules itself again without a delay`);
  }
  if (!(error instanceof DeviceFault)) return error;
  const place = places.get(error.device)?.(error.cause) ?? '';
  return new UnusableError(`${error.message}${place === '' ? '' : ` (${place})`}`);
}

/**
 * Where an error's stack meets a file.
 * @param address as the engine writes it in a stack: a path, or an address
 * @param name what the file is called
 * @param above lines that stand above the user's own in what the engine ran
 */
export function placeInStack(error: unknown, address: string, name: string, above = 0): string {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  for (const line of stack.split('\n')) {
    const at = line.lastIndexOf(address);
    const place = at < 0 ? null : /^:(\d+):/.exec(line.slice(at + address.length));
    if (place !== null) return `${name}:${Number(place[1]) - above}`;
  }
  return '';
}
