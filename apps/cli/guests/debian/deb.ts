import { pipe } from './run.ts';

/**
 * Names of the members of a package's file tree, as tar prints them: `./boot/vmlinuz-…`; folders
 * end in `/`.
 */
export async function listPackage(deb: string): Promise<string[]> {
  const text = await pipe(['dpkg-deb', '--fsys-tarfile', deb], ['tar', '-tf', '-']);
  return text.split('\n').filter((line) => line !== '');
}

/**
 * Unpacks some members, named exactly as `listPackage` gives them, below `dir`; no script of the
 * package runs.
 */
export async function extractFromPackage(deb: string, members: readonly string[], dir: string): Promise<void> {
  await pipe(['dpkg-deb', '--fsys-tarfile', deb], ['tar', '-xf', '-', '--no-same-owner', '-C', dir, '--', ...members]);
}
