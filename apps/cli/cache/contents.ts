import { lstatSync, readdirSync, rmSync, statSync, type Stats } from 'node:fs';
import { join } from 'node:path';

/**
 * What the cache holds: each kind in a folder of its own, and what its entries are called. A guest
 * is a folder, the others are files; anything else by such a name is none of ours.
 */
const KINDS = {
  start: { folder: 'starts', name: /^[0-9a-f]{64}\.start$/ },
  kernel: { folder: 'kernels', name: /^[0-9a-f]{64}\.elf$/ },
  guest: { folder: 'debian-guest', name: /^linux-image-.+-[0-9a-f]{12}$/ },
} as const;
/** What is being written. */
const UNFINISHED = /^\.new-/;
/** What is still not written to its end after this time (ms) is of a run that is no more. */
export const FORGOTTEN = 3600e3;

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
 * one goes on with it; a guest that is being made stays.
 * @returns what went
 * @throws what the system says
 */
export function clearCache(cache: string, kinds: readonly CacheKind[]): CacheEntry[] {
  for (const guest of cacheContents(cache, ['guest']))
    for (const path of unfinishedFiles(guest.path, FORGOTTEN)) removeFile(path);
  const gone = cacheContents(cache, kinds);
  for (const entry of gone) take(entry);
  for (const kind of kinds) {
    const folder = folderOf(kind, cache);
    if (kind !== 'guest') for (const path of unfinishedFiles(folder, 0)) removeFile(path);
    else for (const path of unfinished(folder, FORGOTTEN, isFolder)) rmSync(path, { recursive: true, force: true });
  }
  return gone;
}

/**
 * Takes what was used longest ago away, if that can be done, until `most` entries of a kind are
 * left; and what runs that were killed left behind.
 */
export function keepLastUsed(cache: string, kind: 'start' | 'kernel', most: number): void {
  for (const path of unfinishedFiles(folderOf(kind, cache), FORGOTTEN)) removeFile(path);
  for (const entry of cacheContents(cache, [kind]).slice(most)) {
    try {
      take(entry);
    } catch {
      // It stays.
    }
  }
}

/** Files that are not written to their end in a folder, of at least an age (ms). */
export function unfinishedFiles(folder: string, age: number): string[] {
  return unfinished(folder, age, isFile);
}

/** Takes a file away if that can be done. */
export function removeFile(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // It stays.
  }
}

const isFile = (stat: Stats): boolean => stat.isFile();
const isFolder = (stat: Stats): boolean => stat.isDirectory();

function unfinished(folder: string, age: number, ours: (stat: Stats) => boolean): string[] {
  return namesIn(folder).filter((name) => UNFINISHED.test(name)).map((name) => join(folder, name)).filter((path) => {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    return stat !== undefined && ours(stat) && Date.now() - stat.mtimeMs >= age;
  });
}

/** @throws what the system says */
function take({ kind, path }: CacheEntry): void {
  rmSync(path, { recursive: kind === 'guest', force: true });
  // An unpacked kernel has its digests beside it.
  if (kind === 'kernel') removeFile(`${path}.sha256`);
}

function entryOf(kind: CacheKind, path: string): CacheEntry | null {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined || !(kind === 'guest' ? stat.isDirectory() : stat.isFile())) return null;
  const made = stat.mtime;
  if (kind !== 'guest') return { kind, path, bytes: stat.size, made, used: stat.atime > made ? stat.atime : made };
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
