import { createHash, randomBytes } from 'node:crypto';
import { readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { makeFolder } from './make-folder.ts';

/** How the cache calls what is not written to its end. */
const FRESH = '.new-';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Beside an unpacked kernel: the digests of what it was made from and of itself. */
const digestsAt = (path: string): string => `${path}.sha256`;
const digests = (kernel: Uint8Array, vmlinux: Uint8Array): string =>
  `${sha256(kernel)}  vmlinuz\n${sha256(vmlinux)}  vmlinux\n`;

/** Where in a cache folder the unpacked form of a kernel is kept. */
export function placeInCache(cacheDir: string, kernel: Uint8Array): string {
  return join(cacheDir, 'kernels', `${sha256(kernel)}.elf`);
}

/**
 * The unpacked kernel that is kept at `path`, or null if there is none, if it is not what was put
 * there, or was made from another kernel.
 */
export async function readKept(path: string, kernel: Uint8Array): Promise<Uint8Array | null> {
  // Nobody waits for the writer of a pipe that has its place.
  if (!await isKept(path)) return null;
  try {
    const [told, vmlinux] = await Promise.all([readFile(digestsAt(path), 'utf8'), readFile(path)]);
    if (told !== digests(kernel, vmlinux)) return null;
    // The oldest go, by their last use.
    await utimes(path, new Date(), new Date()).catch(() => undefined);
    return vmlinux;
  } catch {
    return null;
  }
}

/** Whether an unpacked kernel is kept at `path`; it is not looked at. */
export async function isKept(path: string): Promise<boolean> {
  const there = await Promise.all([path, digestsAt(path)].map((p) => stat(p).then((s) => s.isFile(), () => false)));
  return there.every((yes) => yes);
}

/**
 * Keeps an unpacked kernel at `path`. Each file is written beside its place and renamed, so that
 * two processes at once do no harm. Returns whether it is there now: a folder that cannot be
 * written is no error.
 */
export async function keep(path: string, kernel: Uint8Array, vmlinux: Uint8Array): Promise<boolean> {
  const folder = dirname(path);
  const fresh = join(folder, `${FRESH}${basename(path)}-${process.pid}-${randomBytes(4).toString('hex')}`);
  try {
    makeFolder(folder);
    for (const [place, content] of [[path, vmlinux], [digestsAt(path), digests(kernel, vmlinux)]] as const) {
      await writeFile(fresh, content, { flag: 'wx' });
      await rename(fresh, place);
    }
    return true;
  } catch {
    await rm(fresh, { force: true }).catch(() => undefined);
    return false;
  }
}
