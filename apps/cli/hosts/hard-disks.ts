import type { BlockBackend } from '../../../src/host/block.ts';
import { InputError } from '../input-error.ts';
import { Images } from './images.ts';

/** Drives on the cables of a PC: primary master and slave, secondary master and slave. */
const DRIVES = 4;
/** Where a CD-ROM drive is. */
const SECONDARY_MASTER = 2;

/** The images of `--disk`: they take the places on the two cables in order. */
export class HardDisks extends Images {
  /** Places without the one of the CD-ROM drive. */
  private readonly places: readonly number[];

  /** @throws InputError for more disks than there are places, or a file that is no image of one */
  constructor(paths: readonly string[], cd: boolean) {
    const places = Array.from({ length: DRIVES }, (_, n) => n).filter((n) => !cd || n !== SECONDARY_MASTER);
    if (paths.length > places.length)
      throw new InputError(`--disk is given ${paths.length} times; a PC's two cables have four places` +
        (cd ? ', and the CD-ROM drive has one of them' : ''));
    super(paths, '--write-disk', (n) => (n === 0 ? 'disk' : `disk ${n}`));
    this.places = places;
  }

  /** What is on the cables, by place; null: nothing. */
  cabled(cd: BlockBackend | null): (BlockBackend | null)[] {
    return Array.from({ length: DRIVES }, (_, place) => {
      if (cd !== null && place === SECONDARY_MASTER) return cd;
      return this.overlays[this.places.indexOf(place)] ?? null;
    });
  }
}
