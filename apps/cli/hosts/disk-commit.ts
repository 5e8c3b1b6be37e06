import {
  accessSync, closeSync, constants, copyFileSync, fchmodSync, fchownSync, fsyncSync, ftruncateSync, openSync, readSync,
  renameSync, rmSync, writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { DiskOverlay } from '../../../src/control/disk-overlay.ts';
import { InputError, systemReason } from '../input-error.ts';
import type { FileDisk } from './disk.ts';
import { FileLock } from './file-lock.ts';

/** Bytes read at a time, and the grain of what is written. */
const COPY_CHUNK = 1024 * 1024;
/** Zeros of this length are left out of a sparse copy. */
const HOLE = 64 * 1024;

/** Somebody wrote to the image during the run: a copy would be a mixture. */
class WrittenMeanwhile extends Error {}

/**
 * Refuses at the start what could not be written back at the end, and takes the right to do so.
 * @param option for messages
 * @returns the lock, to be released after the commit
 * @throws InputError
 */
export function openForCommit(disk: FileDisk, option = '--write-disk'): FileLock {
  try {
    accessSync(disk.path, constants.W_OK);
  } catch (error) {
    throw new InputError(`${option}: '${disk.path}' cannot be written: ${systemReason(error)}`);
  }
  try {
    accessSync(dirname(disk.path), constants.W_OK);
  } catch (error) {
    throw new InputError(
      `${option}: a new copy is made in '${dirname(disk.path)}', which cannot be written: ${systemReason(error)}`,
    );
  }
  const lock = new FileLock(disk.path, option);
  // Whoever held the lock before may have replaced the file that is open here.
  if (disk.fate() !== 'same') {
    lock.release();
    throw new InputError(`${option}: '${disk.path}' has just been replaced by another process; start again`);
  }
  return lock;
}

/**
 * Writes what the guest changed to the disk's file, all or nothing: a copy beside it, made from the
 * open file, gets the changed pages, is made durable, and takes the file's place by one rename.
 * Whenever the process ends before that rename, the file is as it was. If the path names another
 * file by then, or none, that is left alone and the finished copy is kept beside it.
 * @returns number of bytes changed
 * @throws InputError if it cannot be done; the message says where the data are
 */
export function commitOverlay(disk: FileDisk, overlay: DiskOverlay): number {
  if (overlay.changedPages === 0) return 0;
  const copy = join(dirname(disk.path), `.${basename(disk.path)}.northbridge-${process.pid}`);
  let changed = 0;
  let fate = disk.fate();
  try {
    if (fate === 'written') throw new WrittenMeanwhile();
    changed = writeCopy(disk, overlay, copy);
    // Nothing lies between this look and the rename but two system calls; our own writers are kept
    // apart by the lock.
    fate = disk.fate();
    if (fate === 'written') throw new WrittenMeanwhile();
    if (fate === 'same') renameSync(copy, disk.path);
  } catch (error) {
    rmSync(copy, { force: true });
    throw new InputError(
      `disk '${disk.path}' was not written, ${
        error instanceof WrittenMeanwhile
          ? 'it is as somebody else has left it, who changed it during the run; what the guest wrote is gone'
          : `${fate === 'same' ? 'it is as it was' : 'what the guest wrote is gone'}: ${systemReason(error)}`
      }`,
    );
  }
  if (fate !== 'same') throw kept(disk, copy, fate);
  // The rename itself is durable once the folder is.
  try {
    const folder = openSync(dirname(disk.path), 'r');
    fsyncSync(folder);
    closeSync(folder);
  } catch {
    // Some file systems cannot sync a folder; the contents are safe either way.
  }
  return changed;
}

/** Gives the finished copy a name that is seen, and the words for it. */
function kept(disk: FileDisk, copy: string, fate: 'gone' | 'replaced'): InputError {
  let place = `${disk.path}.northbridge-${process.pid}`;
  try {
    renameSync(copy, place);
  } catch {
    place = copy;
  }
  const what = fate === 'gone' ? 'is gone: it was removed or renamed during the run' :
    'was replaced by another file during the run, which is left as it is';
  return new InputError(`disk '${disk.path}' ${what}; the disk with what the guest wrote is in '${place}'`);
}

/** Makes the copy with the changed pages, durable. Returns the number of bytes changed. */
function writeCopy(disk: FileDisk, overlay: DiskOverlay, copy: string): number {
  const cloned = cloneFile(disk, copy);
  const { mode, uid, gid, size, blocks } = disk.stats;
  const fd = openSync(copy, cloned ? 'r+' : 'wx', 0o600);
  let changed = 0;
  try {
    // An image without holes was made so on purpose.
    if (!cloned) copyContents(disk.fd, fd, Number(size), blocks * 512n < size);
    for (const { offset, bytes } of overlay.changes()) {
      writeAll(fd, bytes, bytes.length, offset);
      changed += bytes.length;
    }
    try {
      fchownSync(fd, Number(uid), Number(gid));
    } catch {
      // Only root may give a file away.
    }
    fchmodSync(fd, Number(mode) & 0o7777);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  return changed;
}

/**
 * Lets the file system share the blocks, where it can. Through /proc, because the path may name
 * another file by now.
 */
function cloneFile(disk: FileDisk, copy: string): boolean {
  try {
    copyFileSync(`/proc/self/fd/${disk.fd}`, copy, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE);
    return true;
  } catch {
    rmSync(copy, { force: true });
    return false;
  }
}

/** Copies by hand, with holes for zeros if `sparse`: Node cannot ask where the holes are. */
function copyContents(from: number, to: number, size: number, sparse: boolean): void {
  const chunk = Buffer.allocUnsafe(COPY_CHUNK);
  const zeros = Buffer.alloc(HOLE);
  for (let at = 0; at < size; ) {
    const n = readSync(from, chunk, 0, Math.min(COPY_CHUNK, size - at), at);
    if (n === 0) throw new WrittenMeanwhile();
    for (let i = 0; i < n; i += HOLE) {
      const part = chunk.subarray(i, Math.min(i + HOLE, n));
      if (sparse && part.equals(part.length === HOLE ? zeros : zeros.subarray(0, part.length))) continue;
      writeAll(to, part, part.length, at + i);
    }
    at += n;
  }
  ftruncateSync(to, size);
}

function writeAll(fd: number, bytes: Uint8Array, length: number, at: number): void {
  for (let done = 0; done < length; ) done += writeSync(fd, bytes, done, length - done, at + done);
}
