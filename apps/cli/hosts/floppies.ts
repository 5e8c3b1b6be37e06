import { DiskOverlay } from '../../../src/control/disk-overlay.ts';
import { DISK_FORMATS, diskFormat } from '../../../src/hw/floppy/track.ts';
import { InputError } from '../input-error.ts';
import { FileDisk } from './disk.ts';
import { commitOverlay, openForCommit } from './disk-commit.ts';
import type { FileLock } from './file-lock.ts';

/** Drives of a PC. */
const DRIVES = ['A', 'B'] as const;

/** The images of `--floppy`, with what a guest writes over them. */
export class Floppies {
  readonly files: readonly FileDisk[];
  readonly overlays: readonly DiskOverlay[];
  private readonly locks: FileLock[] = [];

  /** @throws InputError for more than two, or a file that is no image of a 3½-inch disk */
  constructor(paths: readonly string[]) {
    if (paths.length > DRIVES.length)
      throw new InputError(`--floppy is given ${paths.length} times; a PC has two drives, ${DRIVES.join(' and ')}`);
    this.files = paths.map((path) => new FileDisk(path));
    const wrong = this.files.findIndex((file) => diskFormat(file.size) === null);
    if (wrong >= 0) {
      const sizes = DISK_FORMATS.map((f) => `${f.size} (${f.title})`).join(' or ');
      throw new InputError(`floppy '${paths[wrong]}' has ${this.files[wrong].size} bytes; a disk has ${sizes}`);
    }
    this.overlays = this.files.map((file) => new DiskOverlay(file));
  }

  /** For `--write-floppy`: takes the right to write them back. @throws InputError */
  lock(): void {
    try {
      for (const file of this.files) this.locks.push(openForCommit(file, '--write-floppy'));
    } catch (error) {
      this.release();
      throw error;
    }
  }

  /** Writes back what changed. Returns the bytes. @throws InputError */
  commit(): number {
    return this.files.reduce((sum, file, n) => sum + commitOverlay(file, this.overlays[n]), 0);
  }

  release(): void {
    for (const lock of this.locks.splice(0)) lock.release();
  }

  /** What a snapshot must take along. */
  get attachments(): Record<string, DiskOverlay> {
    return Object.fromEntries(this.overlays.map((overlay, n) => [`floppy ${n}`, overlay]));
  }
}
