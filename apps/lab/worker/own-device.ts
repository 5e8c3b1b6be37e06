import { deviceOfModule, placeInStack, withPlace, type PlaceIn } from '../../../src/control/software/device-module.ts';
import { UnusableError } from '../../../src/control/software/unusable.ts';
import { guarded, type HookWatch } from '../../../src/machine/device-boundary.ts';
import type { UserDevice } from '../../../src/machine/user-devices.ts';
import { ParameterError, valuesOf } from '../../../src/sim/parameter.ts';
import type { OwnDevice } from '../protocol/own.ts';

/** A device that was compiled, for a slot, and where in its source an error came from. */
export interface CompiledDevice {
  readonly device: UserDevice;
  readonly name: string;
  readonly placeIn: PlaceIn;
}

/** The page sees that a worker does not answer: nobody needs to be told at each hook. */
const NOBODY: HookWatch = { enter: () => {}, leave: () => {} };
/** Lines of ours before the user's first, in what the engine runs. */
const ABOVE = 1;
/** What may be imported, as from the package. */
type Require = (name: string) => unknown;
type Run = (require: Require, exports: object) => void;

/**
 * Compiles TypeScript and makes a device for a slot of it. Types are taken away, not checked. The
 * module is imported from an address of its own: nothing is evaluated from a text.
 * @throws UnusableError with line and column
 */
export async function compileDevice({ file, source, slot }: OwnDevice): Promise<CompiledDevice> {
  const what = `device '${file}'`;
  const code = await javascriptOf(source, file);
  const address = URL.createObjectURL(
    new Blob([`export default function (require, exports) {\n${code}\n}`], { type: 'text/javascript' }),
  );
  const placeIn: PlaceIn = (error) => placeInStack(error, address, file, ABOVE);
  const exports: object = {};
  try {
    const [{ default: run }, require] = await Promise.all([import(address) as Promise<{ default: Run }>, modules()]);
    run(require, exports);
  } catch (error) {
    const place = placeIn(error);
    throw new UnusableError(`${what}: ${reason(error)}${place === '' ? '' : ` (${place})`}`);
  } finally {
    URL.revokeObjectURL(address);
  }
  const { name, use, options } = deviceOfModule(exports, what);
  return {
    name, placeIn,
    device: {
      use: withPlace(guarded(use, NOBODY), placeIn), name, at: slot === '' ? 'pci' : `pci ${slot}`,
      options: defaults(options, what),
    },
  };
}

function defaults(rows: Parameters<typeof valuesOf>[0], what: string): object {
  try {
    return valuesOf(rows, {});
  } catch (error) {
    throw error instanceof ParameterError ? new UnusableError(`${what}: ${error.message}`) : error;
  }
}

/** Lines stay where they are. @throws UnusableError */
async function javascriptOf(source: string, file: string): Promise<string> {
  const { transform } = await import('sucrase');
  try {
    return transform(source, { transforms: ['typescript', 'imports'], production: true, filePath: file }).code;
  } catch (error) {
    const { loc } = error as { loc?: { line: number; column: number } };
    const message = reason(error).replace(/^Error transforming [^:]*: /, '').replace(/ \(\d+:\d+\)$/, '');
    throw new UnusableError(
      `device '${file}': ${message}${loc === undefined ? '' : `, line ${loc.line}, column ${loc.column}`}`,
    );
  }
}

/** Loaded when somebody writes a device: the machine has no need of all of it. */
async function modules(): Promise<Require> {
  const [kit, northbridge] = await Promise.all([import('../../../src/device.ts'), import('../../../src/index.ts')]);
  return (name) => {
    if (name === 'northbridge/device') return kit;
    if (name === 'northbridge') return northbridge;
    throw new Error(`there is no module '${name}' here; a device imports from 'northbridge/device'`);
  };
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const text = error.message.replace(/\s+/g, ' ').trim();
  return error.name === 'Error' ? text : `${error.name}: ${text}`;
}
