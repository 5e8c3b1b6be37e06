import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder and those that it is in; one that is there is left as it is. Not `mkdir` with
 * `recursive`: that tries for ever where a file system refuses by ENOENT, as /proc does.
 * @throws what the system says
 */
export function makeFolder(path: string): void {
  const place = resolve(path);
  if (isFolder(place)) return;
  if (dirname(place) !== place) makeFolder(dirname(place));
  try {
    mkdirSync(place);
  } catch (error) {
    // Somebody else was quicker.
    if (!isFolder(place)) throw error;
  }
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
