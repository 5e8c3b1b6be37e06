import { DISK_FORMATS, diskFormat } from '../../../src/hw/floppy/track.ts';
import { InputError } from '../input-error.ts';
import { Images } from './images.ts';

/** Drives of a PC. */
const DRIVES = ['A', 'B'] as const;

/** The images of `--floppy`. */
export class Floppies extends Images {
  /** @throws InputError for more than two, or a file that is no image of a 3½-inch disk */
  constructor(paths: readonly string[]) {
    if (paths.length > DRIVES.length)
      throw new InputError(`--floppy is given ${paths.length} times; a PC has two drives, ${DRIVES.join(' and ')}`);
    super(paths, '--write-floppy', (n) => `floppy ${n}`);
    const wrong = this.files.findIndex((file) => diskFormat(file.size) === null);
    if (wrong >= 0) {
      const sizes = DISK_FORMATS.map((f) => `${f.size} (${f.title})`).join(' or ');
      throw new InputError(`floppy '${paths[wrong]}' has ${this.files[wrong].size} bytes; a disk has ${sizes}`);
    }
  }
}
