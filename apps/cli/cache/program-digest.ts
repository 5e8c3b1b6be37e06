import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { VERSION } from '../package-info.ts';

/** What is simulated: the code below src/, as it runs. */
const CODE = fileURLToPath(new URL('../../../src', import.meta.url));

/**
 * Version and SHA-256 of the code that simulates: whoever builds it anew without another version
 * gets another digest if, and only if, another code came of it. Takes some 25 ms. Which Node runs
 * it does not matter: nothing simulated is computed by what ECMAScript leaves to the engine (the
 * layer check refuses `Math.sin` and the like); square roots are exact.
 */
export function programDigest(): string {
  const hash = createHash('sha256');
  const files = readdirSync(CODE, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.[jt]s$/.test(name) && !/\.d\.ts$|\.test\.[jt]s$/.test(name));
  for (const name of files.sort()) {
    const bytes = readFileSync(join(CODE, name));
    hash.update(`${name} ${bytes.length}\n`).update(bytes);
  }
  return `${VERSION} ${hash.digest('hex')}`;
}
