import { resolve } from 'node:path';
import { InputError } from '../input-error.ts';
import { reportError, STATUS } from '../report-error.ts';
import { placeIn } from './load-device.ts';
import type { Watchdog } from './watchdog.ts';

/** Frames that are looked through for a device's file. */
const FRAMES = 200;

/**
 * What a device file leaves to Node and no hook sees: an `await` that never ends, the end of the
 * process, a rejected promise, an error in a timer. Each ends the process with the device's name
 * and status 2.
 */
export class Escapes {
  private readonly watch: Watchdog;
  private readonly paths: string[] = [];
  /** The file that is being loaded. */
  private loading: string | null = null;
  /** Why the process ends has been told. */
  private told = false;

  constructor(watch: Watchdog) {
    this.watch = watch;
    process.on('uncaughtException', (error) => this.end(this.blame(error)));
    process.on('beforeExit', () => {
      if (this.loading === null) return;
      this.end(new InputError(`device '${this.loading}': it waits for what never comes (await)`));
    });
    process.on('exit', () => this.exits());
  }

  /** Loads a file. */
  async during<T>(path: string, load: () => Promise<T>): Promise<T> {
    this.paths.push(path);
    this.loading = path;
    try {
      return await load();
    } finally {
      this.loading = null;
    }
  }

  private end(error: unknown): never {
    this.told = true;
    process.exit(reportError(error));
  }

  /** Listeners run within `process.exit`, so its caller is on the stack. */
  private exits(): void {
    if (this.told) return;
    const before = Error.stackTraceLimit;
    Error.stackTraceLimit = FRAMES;
    const here = new Error('exit');
    Error.stackTraceLimit = before;
    const path = this.paths.find((p) => placeIn(here, resolve(p)) !== '');
    const { atWork } = this.watch;
    if (path === undefined && atWork === null) return;
    const who = path === undefined ? `device ${atWork}` : `device '${path}'`;
    const place = path === undefined ? '' : ` (${placeIn(here, resolve(path))})`;
    process.exitCode = STATUS.input;
    reportError(new InputError(`${who} ended the process${place}; the run is given up`));
  }

  /** An error that nobody caught, as its device's if it is one's. */
  private blame(error: unknown): unknown {
    const path = this.paths.find((p) => placeIn(error, resolve(p)) !== '') ??
      (error instanceof Error ? undefined : this.paths[0]);
    if (path === undefined) return error;
    const place = placeIn(error, resolve(path));
    return new InputError(
      `device '${path}': nobody caught its error: ${error instanceof Error ? error.message : String(error)}` +
        `${place === '' ? '' : ` (${place})`}`,
    );
  }
}
