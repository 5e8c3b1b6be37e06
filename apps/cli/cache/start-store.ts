import { randomBytes } from 'node:crypto';
import {
  closeSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { KeptStarts } from '../../../src/control/experiments/kept-start.ts';
import { systemReason } from '../input-error.ts';
import { programDigest } from './program-digest.ts';

/** A start in the folder. */
export interface StartFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly made: Date;
  readonly used: Date;
}

const KEPT = /^[0-9a-f]{64}\.start$/;
const UNFINISHED = /^\.new-[0-9a-f]+$/;
/** A file that is still not finished after this time (ms) is of a run that is no more. */
const FORGOTTEN = 3600e3;

/**
 * Starts in a folder, a file each, least recently used first to go. A file is written beside and
 * renamed, so that nobody reads half of one; what its snapshot's checksums do not find sound, the
 * runner makes anew. Time of change: when it was made; time of access: when it was used last.
 */
export class StartStore implements KeptStarts {
  /** When the start that was found last was made. */
  made = new Date(0);
  /** Why the last one could not be kept, or ''. */
  refusal = '';
  private readonly folder: string;
  private readonly bound: number;
  private digest: string | undefined;

  /** @param bound on the sum of the files' sizes, bytes */
  constructor(folder: string, bound: number) {
    this.folder = folder;
    this.bound = bound;
  }

  /** Found out when it is asked for first. */
  get program(): string {
    return this.digest ??= programDigest();
  }

  find(key: string): Uint8Array | null {
    const path = this.pathOf(key);
    try {
      const bytes = readFileSync(path);
      this.made = statSync(path).mtime;
      touch(path, this.made);
      return bytes;
    } catch {
      return null;
    }
  }

  keep(key: string, file: Uint8Array): void {
    if (file.length > this.bound) return;
    const fresh = join(this.folder, `.new-${randomBytes(8).toString('hex')}`);
    try {
      mkdirSync(this.folder, { recursive: true });
      this.shrink(this.bound - file.length, key);
      write(fresh, file);
      renameSync(fresh, this.pathOf(key));
    } catch (error) {
      this.refusal = systemReason(error);
      remove(fresh);
    }
  }

  /** What is kept, least recently used first. */
  list(): StartFile[] {
    return this.names().filter((name) => KEPT.test(name)).flatMap((name) => {
      const path = join(this.folder, name);
      const stat = statSync(path, { throwIfNoEntry: false });
      if (stat === undefined) return [];
      const used = stat.atime > stat.mtime ? stat.atime : stat.mtime;
      return [{ path, size: stat.size, made: stat.mtime, used }];
    }).sort((a, b) => a.used.getTime() - b.used.getTime());
  }

  /** Takes everything away. @returns what went @throws what the system says */
  clear(): StartFile[] {
    const all = this.list();
    for (const { path } of all) rmSync(path, { force: true });
    this.sweep(0);
    return all;
  }

  /** Takes away what was used least recently, until the rest but `key` is within `most` bytes. */
  private shrink(most: number, key: string): void {
    this.sweep(FORGOTTEN);
    const others = this.list().filter((f) => f.path !== this.pathOf(key));
    let sum = others.reduce((n, f) => n + f.size, 0);
    for (const { path, size } of others) {
      if (sum <= most) return;
      remove(path);
      sum -= size;
    }
  }

  /** Takes away unfinished files of at least an age (ms). */
  private sweep(age: number): void {
    for (const name of this.names().filter((n) => UNFINISHED.test(n))) {
      const path = join(this.folder, name);
      const stat = statSync(path, { throwIfNoEntry: false });
      if (stat !== undefined && Date.now() - stat.mtimeMs >= age) remove(path);
    }
  }

  private names(): string[] {
    try {
      return readdirSync(this.folder);
    } catch {
      return [];
    }
  }

  private pathOf(key: string): string {
    return join(this.folder, `${key}.start`);
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

/** Takes a file away if that can be done. */
function remove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // It stays.
  }
}

/** Notes that a file is used; where that cannot be noted it goes earlier. */
function touch(path: string, made: Date): void {
  try {
    utimesSync(path, new Date(), made);
  } catch {
    // A folder that is read-only.
  }
}
