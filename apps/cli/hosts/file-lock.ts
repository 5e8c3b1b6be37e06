import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { InputError, systemReason } from '../input-error.ts';

/** Who holds a lock, as it stands in the lock file. */
interface Holder {
  host: string;
  pid: number;
  /** When the process started, as the system counts it; '' where it does not tell. */
  started: string;
}

/**
 * The right to write a file: a file `.NAME.northbridge-lock` beside it. Node has no flock, and one
 * on a disk image itself would go with the inode that a commit replaces. The file appears with
 * its contents by one `link`, so nobody reads half of it; a holder that has died (of a kill or a
 * power cut) is known by its process number and start time, and its lock is taken over.
 */
export class FileLock {
  private readonly path: string;
  private readonly onExit = (): void => this.release();
  private readonly option: string;
  private held = true;

  /**
   * @param option for whom it is taken, for messages: `--write-disk`
   * @throws InputError if another process holds it, or if the folder takes no file
   */
  constructor(image: string, option: string) {
    this.option = option;
    this.path = join(dirname(image), `.${basename(image)}.northbridge-lock`);
    const mine = `${this.path}-${process.pid}`;
    try {
      writeFileSync(mine, JSON.stringify(holderOf(process.pid)));
      // Twice: once more after a dead holder's lock has been taken away.
      if (!this.link(mine) && (!this.removeDead(image, mine) || !this.link(mine))) throw this.refusal(image);
    } catch (error) {
      if (error instanceof InputError) throw error;
      throw new InputError(`${this.option}: cannot lock '${image}': ${systemReason(error)}`);
    } finally {
      rmSync(mine, { force: true });
    }
    process.once('exit', this.onExit);
  }

  release(): void {
    if (!this.held) return;
    this.held = false;
    process.off('exit', this.onExit);
    rmSync(this.path, { force: true });
  }

  private link(mine: string): boolean {
    try {
      linkSync(mine, this.path);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    }
  }

  /** Takes away the lock of a holder that is no more. Returns false if the holder lives. */
  private removeDead(image: string, mine: string): boolean {
    const before = statSync(this.path, { throwIfNoEntry: false });
    if (before === undefined) return true;
    if (alive(this.holder())) throw this.refusal(image);
    const aside = `${mine}-dead`;
    renameSync(this.path, aside);
    // Another process may have been quicker: then a living lock was moved, and goes back.
    const moved = statSync(aside);
    if (moved.ino !== before.ino) linkSync(aside, this.path);
    rmSync(aside);
    return moved.ino === before.ino;
  }

  private holder(): Holder | null {
    try {
      return JSON.parse(readFileSync(this.path, 'utf8')) as Holder;
    } catch {
      return null;
    }
  }

  private refusal(image: string): InputError {
    const holder = this.holder();
    const who = holder === null ? 'another process' :
      `process ${holder.pid}${holder.host === hostname() ? '' : ` on ${holder.host}`}`;
    return new InputError(
      `${this.option}: '${image}' is being written by ${who}; wait for its end ` +
        `(if there is no such process, remove '${this.path}')`,
    );
  }
}

function holderOf(pid: number): Holder {
  return { host: hostname(), pid, started: startTime(pid) };
}

/** Field 22 of /proc/PID/stat (proc(5)): it tells a process from a later one of the same number. */
function startTime(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

/** Whether a holder lives, as far as can be known: one on another host counts as living. */
function alive(holder: Holder | null): boolean {
  if (holder === null || !Number.isInteger(holder.pid)) return false;
  if (holder.host !== hostname()) return true;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // EPERM: there is one, and it is somebody else's.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return holder.started === startTime(holder.pid);
}
