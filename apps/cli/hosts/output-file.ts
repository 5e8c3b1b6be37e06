import {
  accessSync, closeSync, constants, fsyncSync, openSync, renameSync, rmSync, statSync, writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { InputError, systemReason } from '../input-error.ts';

/**
 * Writes a whole file: beside it, durable, then in its place by one rename, so that nobody reads
 * half of it and a full disk costs nothing that was there. What is no regular file (`/dev/stdout`,
 * a pipe) is written straight.
 * @throws InputError
 */
export function writeOutputFile(path: string, text: string, what: string): void {
  const there = statSync(path, { throwIfNoEntry: false });
  if (there !== undefined && !there.isFile()) {
    refusing(path, what, () => writeFileSync(path, text));
    return;
  }
  const fresh = join(dirname(path), `.${basename(path)}.northbridge-${process.pid}`);
  refusing(path, what, () => {
    try {
      const fd = openSync(fresh, 'wx', there === undefined ? 0o666 : there.mode & 0o777);
      try {
        writeFileSync(fd, text);
        fsyncSync(fd);
      } finally {
        closeSync(fd);
      }
      renameSync(fresh, path);
    } catch (error) {
      rmSync(fresh, { force: true });
      throw error;
    }
  });
}

/** Says early that a file could not be written. @throws InputError */
export function checkOutputWritable(path: string, what: string): void {
  const there = statSync(path, { throwIfNoEntry: false });
  if (there?.isDirectory() === true) throw new InputError(`cannot write ${what} '${path}': it is a directory`);
  if (there === undefined && statSync(dirname(path), { throwIfNoEntry: false }) === undefined)
    throw new InputError(`cannot write ${what} '${path}': there is no folder '${dirname(path)}'`);
  refusing(path, what, () => accessSync(there === undefined || there.isFile() ? dirname(path) : path, constants.W_OK));
}

function refusing(path: string, what: string, act: () => void): void {
  try {
    act();
  } catch (error) {
    throw new InputError(`cannot write ${what} '${path}': ${systemReason(error)}`);
  }
}
