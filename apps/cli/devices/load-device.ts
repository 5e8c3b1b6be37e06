import { existsSync, statSync } from 'node:fs';
import { basename, dirname, extname, resolve } from 'node:path';
import { deviceOfModule, placeInStack, type DeviceModule } from '../../../src/control/software/device-module.ts';
import { UnusableError } from '../../../src/control/software/unusable.ts';
import { InputError, systemReason } from '../input-error.ts';
import type { Watchdog } from './watchdog.ts';

/** A device file: how to make the device, and its options as rows. */
export interface DeviceFile extends DeviceModule {
  readonly path: string;
}

/** How a device file's name may end. */
const ENDINGS: readonly string[] = ['.ts', '.mts', '.js', '.mjs'];

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
  try {
    return { path, ...deviceOfModule(module, `device '${path}'`) };
  } catch (error) {
    throw error instanceof UnusableError ? new InputError(error.message) : error;
  }
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
  return placeInStack(error, full, basename(full));
}
