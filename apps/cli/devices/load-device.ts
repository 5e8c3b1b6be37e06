import { existsSync, statSync } from 'node:fs';
import { basename, dirname, extname, resolve } from 'node:path';
import { PciFunction } from '../../../src/hw/pci/pci-function.ts';
import type { DeviceMaker } from '../../../src/machine/user-devices.ts';
import type { Parameter } from '../../../src/sim/parameter.ts';
import { InputError, systemReason } from '../input-error.ts';
import type { Watchdog } from './watchdog.ts';

/** What a device file gives: how to make the device, and its options as rows. */
export interface DeviceFile {
  readonly path: string;
  /** Its name on the board, unless it is taken: `copy-engine`. */
  readonly name: string;
  readonly use: DeviceMaker;
  readonly options: Readonly<Record<string, Parameter>>;
}

/** How a device file's name may end. */
const ENDINGS: readonly string[] = ['.ts', '.mts', '.js', '.mjs'];

const WHAT = 'a device class, or { use: class, options: rows }';

/**
 * Loads a device file, TypeScript or JavaScript.
 * @throws InputError with the file's own error and line
 */
export async function loadDevice(path: string, watch: Watchdog): Promise<DeviceFile> {
  const full = resolve(path);
  checkReadable(path, full);
  if (!ENDINGS.includes(extname(full)))
    throw new InputError(`device '${path}': a device file ends in .ts, .mts, .js or .mjs`);
  // Loaded here: every other command would wait for them.
  const [{ createJiti }, northbridge, kit] = await Promise.all([
    import('jiti'), import('../../../src/index.ts'), import('../../../src/device.ts'),
  ]);
  // The file gets this program's own modules, wherever it stands and whatever is installed there.
  const jiti = createJiti(full, {
    fsCache: false, moduleCache: false, tryNative: false, interopDefault: false,
    virtualModules: { northbridge, 'northbridge/device': kit },
  });
  let module: unknown;
  watch.load(basename(path));
  try {
    module = await jiti.import(full);
  } catch (error) {
    throw new InputError(`device '${path}': ${reasonOf(error, full)}`);
  } finally {
    watch.loaded();
  }
  return deviceOf(path, module);
}

function checkReadable(path: string, full: string): void {
  try {
    if (statSync(full).isFile()) return;
  } catch (error) {
    if (existsSync(dirname(full)) || (error as NodeJS.ErrnoException).code !== 'ENOENT')
      throw new InputError(`device '${path}': ${systemReason(error)}`);
    throw new InputError(`device '${path}': there is no folder '${dirname(path)}'`);
  }
  throw new InputError(`device '${path}': it is no file`);
}

function deviceOf(path: string, module: unknown): DeviceFile {
  const given = (module as { default?: unknown } | null)?.default;
  if (given === undefined) throw new InputError(`device '${path}': it has no default export; export ${WHAT}`);
  const row = typeof given === 'function' ? { use: given, ...optionsOf(given) } : (given as Record<string, unknown>);
  const { use } = row as { use?: unknown };
  if (typeof use !== 'function')
    throw new InputError(`device '${path}': its default export is no device; export ${WHAT}`);
  if (typeof given === 'function' && !(use.prototype instanceof PciFunction))
    throw new InputError(`device '${path}': ${use.name || 'its default export'} does not extend PciFunction`);
  const options = ((row as { options?: unknown }).options ?? {}) as Readonly<Record<string, Parameter>>;
  for (const [name, option] of Object.entries(options))
    if (typeof option?.parse !== 'function')
      throw new InputError(`device '${path}': its option ${name} is no parameter row (size, count, choice, …)`);
  const name = (row as { name?: unknown }).name;
  return {
    path, options,
    name: typeof name === 'string' && name !== '' ? name : nameOf(use.name),
    use: use as DeviceMaker,
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

/** The file's own error in one line, with its place in the file. */
function reasonOf(error: unknown, full: string): string {
  if (!(error instanceof Error)) return String(error);
  const text = error.message.replace(/\s+/g, ' ').trim();
  // The parser's message ends in its place.
  const parsed = /^(?:ParseError: )?(.*?) (\S+):(\d+):(\d+)$/.exec(text);
  if (parsed !== null && resolve(parsed[2] as string) === full)
    return `${parsed[1]} (${basename(full)}:${parsed[3]})`;
  const message = text.replace(/ Require stack: - .*$/, '');
  const place = placeIn(error, full);
  return `${error.name === 'Error' ? '' : `${error.name}: `}${message}${place === '' ? '' : ` (${place})`}`;
}

/** Where in the file an error came from: `copy.ts:31`, or ''. */
export function placeIn(error: unknown, full: string): string {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  for (const line of stack.split('\n')) {
    const at = line.lastIndexOf(full);
    const place = at < 0 ? null : /^:(\d+):/.exec(line.slice(at + full.length));
    if (place !== null) return `${basename(full)}:${place[1]}`;
  }
  return '';
}
