import {
  accessSync, closeSync, constants, fsyncSync, openSync, readlinkSync, realpathSync, renameSync, rmSync, statSync,
  writeSync, type Stats,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { InputError, systemReason } from '../input-error.ts';

/** A file that a command reads, and what it is to the command: `disk`, `program`. */
export interface InputFile {
  readonly path: string;
  readonly what: string;
}

/** The files that options of these names give. */
export function filesOf<K extends string>(options: Partial<Record<K, string>>, names: readonly K[]): InputFile[] {
  return names.flatMap((what) => {
    const path = options[what];
    return path === undefined ? [] : [{ path, what }];
  });
}

/**
 * A file that appears as a whole: it is written beside its place, made durable, and takes the place
 * by one rename when it is closed, so that nobody reads half of it and what was there is lost by no
 * error. Through symbolic links; what is no regular file (`/dev/stdout`, a pipe) is written
 * straight.
 */
export class OutputFile {
  private readonly path: string;
  private readonly what: string;
  /** Where it will stand. */
  private readonly place: string;
  /** The file beside it, or null if it is written straight. */
  private readonly fresh: string | null;
  private readonly fd: number;

  /** @param mode of a new file, less the umask. @throws InputError */
  constructor(path: string, what: string, mode = 0o666) {
    this.path = path;
    this.what = what;
    this.place = placeOf(path);
    const there = refusing(path, what, () => statSync(this.place, { throwIfNoEntry: false }));
    const straight = there !== undefined && !there.isFile();
    this.fresh = straight ? null : freshBeside(this.place);
    this.fd = this.refusing(() =>
      this.fresh === null
        ? openSync(path, 'w')
        : openSync(this.fresh, 'wx', there === undefined ? mode : there.mode & 0o777));
  }

  /** @throws InputError; what was written is gone, what was there before is as it was */
  write(contents: string | Uint8Array): void {
    const bytes = typeof contents === 'string' ? Buffer.from(contents) : contents;
    this.orNothing(() => {
      for (let done = 0; done < bytes.length;) done += writeSync(this.fd, bytes, done);
    });
  }

  /** Puts it in its place. @throws InputError as `write` */
  close(): void {
    this.orNothing(() => {
      if (this.fresh !== null) fsyncSync(this.fd);
      closeSync(this.fd);
      if (this.fresh !== null) renameSync(this.fresh, this.place);
    });
  }

  private orNothing(act: () => void): void {
    this.refusing(() => {
      try {
        act();
      } catch (error) {
        if (this.fresh !== null) rmSync(this.fresh, { force: true });
        throw error;
      }
    });
  }

  private refusing<T>(act: () => T): T {
    return refusing(this.path, this.what, act);
  }
}

/** Writes a whole file, as `OutputFile` does. @throws InputError */
export function writeOutputFile(path: string, contents: string | Uint8Array, what: string, mode?: number): void {
  const file = new OutputFile(path, what, mode);
  file.write(contents);
  file.close();
}

/** Says early that a file could not be written. @throws InputError */
export function checkOutputWritable(path: string, what: string): void {
  const place = placeOf(path);
  const there = refusing(path, what, () => statSync(place, { throwIfNoEntry: false }));
  if (there?.isDirectory() === true) throw new InputError(`cannot write ${what} '${path}': it is a directory`);
  if (there === undefined && statSync(dirname(place), { throwIfNoEntry: false }) === undefined)
    throw new InputError(`cannot write ${what} '${path}': there is no folder '${dirname(place)}'`);
  const beside = there === undefined || there.isFile();
  refusing(path, what, () => accessSync(beside ? dirname(place) : place, constants.W_OK));
  if (beside) tryToMake(freshBeside(place), path, what);
}

/** A folder may be writable and take no file all the same, as /proc. */
function tryToMake(fresh: string, path: string, what: string): void {
  try {
    closeSync(openSync(fresh, 'wx'));
    rmSync(fresh);
  } catch (error) {
    const none = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new InputError(
      `cannot write ${what} '${path}': ` +
        (none ? `no file can be made in '${dirname(fresh)}'` : systemReason(error)),
    );
  }
}

const freshBeside = (place: string): string =>
  join(dirname(place), `.${basename(place)}.northbridge-${process.pid}`);

/**
 * Refuses an output that is one of the inputs, by whatever name: it would take its place.
 * @param option as the user gave it: `--trace`
 * @throws InputError
 */
export function refuseOverwriting(path: string, option: string, inputs: readonly InputFile[]): void {
  const output = path === '-' ? undefined : statOf(path);
  if (output === undefined || !output.isFile()) return;
  for (const input of inputs) {
    const there = statOf(input.path);
    if (there !== undefined && there.dev === output.dev && there.ino === output.ino)
      throw new InputError(`${option} '${path}' is the ${input.what}; it would be overwritten, give another name`);
  }
}

/**
 * Refuses before a run what could not be written, or would be written over something else.
 * @param what what is written, in messages
 * @param outputs files that are written besides, by their options
 * @throws InputError
 */
export function checkOutput(
  path: string, option: string, what: string, inputs: readonly InputFile[],
  outputs: readonly { readonly path: string | undefined; readonly what: string }[],
): void {
  refuseOverwriting(path, option, inputs);
  checkOutputWritable(path, what);
  const other = outputs.find((o) => o.path !== undefined && isSameFile(o.path, path));
  if (other !== undefined)
    throw new InputError(`${option} '${path}' is the file of ${other.what}, too; give another name`);
}

/** Whether two names are of one file, also of one that is not there yet. */
export function isSameFile(path: string, other: string): boolean {
  const a = statOf(path), b = statOf(other);
  if (a !== undefined && b !== undefined) return a.dev === b.dev && a.ino === b.ino;
  return a === b && wholePath(path) === wholePath(other);
}

/** Where a file would stand, without links. */
function wholePath(path: string): string {
  const place = resolve(placeOf(path));
  try {
    return join(realpathSync(dirname(place)), basename(place));
  } catch {
    return place;
  }
}

/** Undefined if it cannot be looked at: whoever opens it says why. */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/** The file that a name stands for, through symbolic links, also one that leads to nothing yet. */
function placeOf(path: string): string {
  // What /dev/stdout leads to may have no path.
  if (statOf(path)?.isFile() === false) return path;
  try {
    return realpathSync(path);
  } catch {
    try {
      return resolve(dirname(path), readlinkSync(path));
    } catch {
      return path;
    }
  }
}

function refusing<T>(path: string, what: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw new InputError(`cannot write ${what} '${path}': ${systemReason(error)}`);
  }
}
