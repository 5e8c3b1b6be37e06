import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What the cache holds: each kind in a folder of its own, and what its entries are called. */
const KINDS = {
  start: { folder: 'starts', name: /^[0-9a-f]{64}\.start$/ },
  kernel: { folder: 'kernels', name: /^[0-9a-f]{64}\.elf$/ },
  guest: { folder: 'debian-guest', name: /^linux-image-.+-[0-9a-f]{12}$/ },
} as const;
/** What is being written. */
const UNFINISHED = /^\.new-/;

export type CacheKind = keyof typeof KINDS;
export const CACHE_KINDS = Object.keys(KINDS) as readonly CacheKind[];

/** A file or folder of the cache. */
export interface CacheEntry {
  readonly kind: CacheKind;
  readonly path: string;
  /** With all that is in it. */
  readonly bytes: number;
  readonly made: Date;
  readonly used: Date;
}

/** Where entries of a kind are in a cache folder. */
export function folderOf(kind: CacheKind, cache: string): string {
  return join(cache, KINDS[kind].folder);
}

/**
 * What is kept in a cache folder, by kind, last used first. Whatever else is there is not looked
 * at.
 */
export function cacheContents(cache: string, kinds: readonly CacheKind[] = CACHE_KINDS): CacheEntry[] {
  return kinds.flatMap((kind) => {
    const folder = folderOf(kind, cache);
    return namesIn(folder).filter((name) => KINDS[kind].name.test(name))
      .flatMap((name) => entryOf(kind, join(folder, name)) ?? [])
      .sort((a, b) => b.used.getTime() - a.used.getTime());
  });
}

/**
 * Takes entries of some kinds away, and what runs that were killed left behind. A run that has read
 * one goes on with it.
 * @returns what went
 * @throws what the system says
 */
export function clearCache(cache: string, kinds: readonly CacheKind[]): CacheEntry[] {
  const gone = cacheContents(cache, kinds);
  for (const { path } of gone) {
    rmSync(path, { recursive: true, force: true });
    // An unpacked kernel has its digests beside it.
    remove(`${path}.sha256`);
  }
  for (const kind of kinds) for (const path of unfinished(folderOf(kind, cache), 0)) remove(path);
  return gone;
}

/** What is not written to its end in a folder, of at least an age (ms). */
export function unfinished(folder: string, age: number): string[] {
  return namesIn(folder).filter((name) => UNFINISHED.test(name)).map((name) => join(folder, name)).filter((path) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    return stat !== undefined && Date.now() - stat.mtimeMs >= age;
  });
}

/** Takes a file or folder away if that can be done. */
export function remove(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // It stays.
  }
}

function entryOf(kind: CacheKind, path: string): CacheEntry | null {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return null;
  const made = stat.mtime;
  if (!stat.isDirectory()) return { kind, path, bytes: stat.size, made, used: stat.atime > made ? stat.atime : made };
  const sizes = namesIn(path).map((name) => statSync(join(path, name), { throwIfNoEntry: false })?.size ?? 0);
  return { kind, path, bytes: sizes.reduce((a, b) => a + b, 0), made, used: made };
}

/** Nothing where there is no such folder, or none that can be read. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
