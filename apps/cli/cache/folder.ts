import { defaultCacheDir } from '../guests/debian/index.ts';
import { parseSize } from '../quantities.ts';

const FOLDER = 'NORTHBRIDGE_CACHE', BOUND = 'NORTHBRIDGE_CACHE_SIZE';
const DEFAULT_BOUND = 2 ** 30;

/** The folder that guests and starts are kept in: `NORTHBRIDGE_CACHE`, or one of the user's. */
export function cacheFolder(): string {
  const asked = process.env[FOLDER] ?? '';
  return asked === '' ? defaultCacheDir() : asked;
}

/**
 * What the starts may take in all (bytes): `NORTHBRIDGE_CACHE_SIZE`, or 1 GiB.
 * @throws InputError
 */
export function startsBound(): number {
  const asked = process.env[BOUND] ?? '';
  return asked === '' ? DEFAULT_BOUND : parseSize(asked, BOUND);
}
