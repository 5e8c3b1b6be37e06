import { DiskOverlay } from '../../../src/control/disk-overlay.ts';
import { I82077aa } from '../../../src/hw/floppy/i82077aa/i82077aa.ts';
import { FloppyMedium } from '../../../src/hw/floppy/medium.ts';
import { diskFormat } from '../../../src/hw/floppy/track.ts';
import { FileDisk } from '../hosts/disk.ts';
import { InputError } from '../input-error.ts';
import type { QtestMachine } from './machine.ts';

/** The floppy drives of a machine that runs: somebody puts disks in and takes them out. */
export class FloppyPlaces {
  private readonly fdc: I82077aa | undefined;
  private readonly floppies: ReadonlyMap<string, number>;

  constructor({ machine, floppies }: QtestMachine) {
    this.fdc = machine.board.components.find((c) => c instanceof I82077aa);
    this.floppies = floppies;
  }

  /** Puts an image into a drive; null: takes the disk out. Returns why not, or ''. */
  change(id: string, file: string | null): string {
    const unit = this.floppies.get(id) ?? -1;
    let medium: FloppyMedium | null = null;
    try {
      if (file !== null) {
        const image = new FileDisk(file);
        if (diskFormat(image.size) === null) return `'${file}' has ${image.size} bytes: no size of a floppy disk`;
        medium = new FloppyMedium(new DiskOverlay(image));
      }
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return error.message;
    }
    return this.fdc?.changeDisk(unit, medium) === true ? '' : `Device '${id}' not found`;
  }
}
