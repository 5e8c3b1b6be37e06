import { randomBytes } from 'node:crypto';
import {
  closeSync, constants, fstatSync, openSync, readFileSync, renameSync, utimesSync, writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { KeptStarts } from '../../../src/control/experiments/kept-start.ts';
import { systemReason } from '../input-error.ts';
import { makeFolder } from '../kernels/make-folder.ts';
import { formatSize } from '../quantities.ts';
import { cacheContents, folderOf, FORGOTTEN, removeFile, unfinishedFiles } from './contents.ts';
import { programDigest } from './program-digest.ts';

/**
 * Starts in the cache, a file each. A file is written beside its place and renamed, so that nobody
 * reads half of one; what is damaged nevertheless, the runner sees by the snapshot's checksums and
 * makes anew. When the bound is reached, what was used least recently goes. A file's time of change
 * is when it was made; its time of access, set at each use, when it was used last.
 */
export class StartStore implements KeptStarts {
  /** When the start that was found last was made. */
  made = new Date(0);
  /** Why the last one could not be kept, or ''. */
  refusal = '';
  private readonly cache: string;
  private readonly folder: string;
  private readonly bound: number;
  private digest: string | undefined;

  /**
   * @param cache its folder; made when it is needed
   * @param bound on the sum of the starts' sizes, bytes
   */
  constructor(cache: string, bound: number) {
    this.cache = cache;
    this.folder = folderOf('start', cache);
    this.bound = bound;
  }

  /** Found out when it is asked for first. */
  get program(): string {
    return this.digest ??= programDigest();
  }

  find(key: string): Uint8Array | null {
    const path = this.pathOf(key);
    try {
      const found = read(path, this.bound);
      if (found === null) return null;
      this.made = found.made;
      touch(path, this.made);
      return found.bytes;
    } catch {
      return null;
    }
  }

  keep(key: string, file: Uint8Array): void {
    if (file.length > this.bound) {
      this.refusal = `it has ${file.length} bytes, all starts may have ${formatSize(this.bound)} ` +
        '(NORTHBRIDGE_CACHE_SIZE)';
      return;
    }
    const fresh = join(this.folder, `.new-${randomBytes(8).toString('hex')}`);
    try {
      makeFolder(this.folder);
      this.makeRoom(file.length, this.pathOf(key));
      write(fresh, file);
      renameSync(fresh, this.pathOf(key));
    } catch (error) {
      this.refusal = systemReason(error);
      removeFile(fresh);
    }
  }

  /** Lets starts go until a new one fits; the one at its own place does not count. */
  private makeRoom(bytes: number, place: string): void {
    for (const path of unfinishedFiles(this.folder, FORGOTTEN)) removeFile(path);
    let sum = bytes;
    for (const entry of cacheContents(this.cache, ['start']).filter((e) => e.path !== place)) {
      sum += entry.bytes;
      if (sum > this.bound) removeFile(entry.path);
    }
  }

  private pathOf(key: string): string {
    return join(this.folder, `${key}.start`);
  }
}

/** A file of at most `most` bytes. What else may stand there is not waited for: a pipe's writer. */
function read(path: string, most: number): { bytes: Uint8Array; made: Date } | null {
  // Windows has no such flag.
  const fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stat = fstatSync(fd);
    return stat.isFile() && stat.size <= most ? { bytes: readFileSync(fd), made: stat.mtime } : null;
  } finally {
    closeSync(fd);
  }
}

function write(path: string, bytes: Uint8Array): void {
  // A guest's memory is nobody else's business.
  const fd = openSync(path, 'wx', 0o600);
  try {
    for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done);
  } finally {
    closeSync(fd);
  }
}

/** Notes that a file is used; where that cannot be noted, it goes earlier. */
function touch(path: string, made: Date): void {
  try {
    utimesSync(path, new Date(), made);
  } catch {
    // A folder that is read-only.
  }
}
