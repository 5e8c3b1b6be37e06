import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InputError, systemReason } from './input-error.ts';

/** The package's folder: the nearest one above this file that has its package.json. */
function packageFolder(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    try {
      if ((JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name?: string }).name === 'northbridge')
        return folder;
    } catch {
      // No package.json here: further up.
    }
    if (dirname(folder) === folder) throw new Error('the package.json of northbridge is missing');
  }
}

export const PACKAGE_FOLDER = packageFolder();
export const VERSION = (JSON.parse(readFileSync(join(PACKAGE_FOLDER, 'package.json'), 'utf8')) as { version: string })
  .version;

/** One of our guest programs, e.g. `disk-read`. */
export function guestImage(name: string): Uint8Array {
  const path = join(PACKAGE_FOLDER, 'guest', 'images', `${name}.elf`);
  try {
    return readFileSync(path);
  } catch (error) {
    throw new InputError(
      `cannot read the guest program '${path}': ${systemReason(error)}; the installation is not complete ` +
        `(guest/build.sh makes it from source)`,
    );
  }
}
