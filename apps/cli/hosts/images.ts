import { DiskOverlay } from '../../../src/control/disk-overlay.ts';
import { FileDisk } from './disk.ts';
import { commitOverlay, openForCommit } from './disk-commit.ts';
import type { FileLock } from './file-lock.ts';

/** Images of one kind of drive, in the order of the drives, with what a guest writes over them. */
export class Images {
  readonly files: readonly FileDisk[];
  readonly overlays: readonly DiskOverlay[];
  private readonly locks: FileLock[] = [];
  private readonly writeOption: string;
  private readonly words: (n: number) => string;

  /**
   * @param writeOption what keeps the changes: `--write-disk`
   * @param words what drive n is called in a snapshot
   * @throws InputError if a file cannot be read or is no whole number of sectors
   */
  constructor(paths: readonly string[], writeOption: string, words: (n: number) => string) {
    this.files = paths.map((path) => new FileDisk(path));
    this.overlays = this.files.map((file) => new DiskOverlay(file));
    this.writeOption = writeOption;
    this.words = words;
  }

  /** Takes the right to write them back. @throws InputError */
  lock(): void {
    try {
      for (const file of this.files) this.locks.push(openForCommit(file, this.writeOption));
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

  /** A guest has written to one of them. */
  get changed(): boolean {
    return this.overlays.some((overlay) => overlay.changedPages > 0);
  }

  /** What a snapshot must take along. */
  get attachments(): Record<string, DiskOverlay> {
    return Object.fromEntries(this.overlays.map((overlay, n) => [this.words(n), overlay]));
  }
}
