import { sectorPitch, SECTOR_BYTES, TRACK_HEADER } from '../track.ts';
import { ST1, ST0 } from './spec.ts';
import { STEP, type Transfer, type TransferOwner } from './transfer.ts';

/** Bytes of an identification that the host gives: C, H, R, N. */
export const ID_BYTES = 4;
/** Where in a sector's lead the identification is written: behind synchronisation and mark. */
const ID_AT = 12 + 4;

/**
 * FORMAT TRACK (§5.1.7): from one index pulse to the next, with the identifications that the host
 * gives just in time. Of the command: N and gap 3 as for the others, `eot` is SC, `dtl` the filler.
 */
export class FormatTrack {
  readonly s = {
    /** Sectors that are done, bytes of the next one's identification, and when the track began. */
    sector: 0, byte: 0, index: 0, id: new Uint8Array(ID_BYTES),
  };
  private readonly transfer: Transfer;
  private readonly owner: TransferOwner;
  private readonly filled = new Uint8Array(SECTOR_BYTES);

  constructor(transfer: Transfer, owner: TransferOwner) {
    this.transfer = transfer;
    this.owner = owner;
    transfer.formatStep = () => this.step();
    transfer.formatBegins = () => {
      this.s.sector = -1;
      this.s.byte = 0;
    };
  }

  /** Before `Transfer.start`: takes N, SC, GPL and D from the command's bytes. */
  prepare(p: Uint8Array): void {
    const t = this.transfer.s;
    t.n = p[2];
    t.eot = p[3];
    t.gpl = p[4];
    t.dtl = p[5];
  }

  private step(): void {
    const { s } = this, { transfer, owner } = this, t = transfer.s;
    const drive = transfer.turning();
    if (drive === null || drive.medium === null) return;
    if (drive.s.origin !== t.origin) {
      // The motor was off meanwhile: the track begins anew, and identifications will be lacking.
      transfer.later(STEP.LOADED, 0);
      return;
    }
    const { medium } = drive, now = owner.now();
    const fits = medium.format.rate === owner.rate();
    if (s.sector < 0) {
      s.sector = 0;
      s.index = now;
      t.cylinder = drive.s.cylinder;
      medium.erase(t.cylinder, t.head, t.gpl);
      if (!fits)
        owner.note('floppy-format-lost', `track ${t.cylinder}/${t.head}: the disk is not made for this data rate`);
    } else {
      const value = owner.fifo.toDisk();
      if (value < 0) {
        t.st1 |= ST1.OR;
        owner.overrun();
        transfer.finish(ST0.ABNORMAL);
        return;
      }
      s.id[s.byte++] = value;
      if (s.byte < ID_BYTES) {
        transfer.later(STEP.FORMAT, medium.byteTime);
        return;
      }
      s.byte = 0;
      this.filled.fill(t.dtl);
      if (fits && !medium.addSector(t.cylinder, t.head, s.id, this.filled))
        owner.note('floppy-format-lost', `track ${t.cylinder}/${t.head}: no place for sector ${s.id.join('/')}`);
      s.sector++;
    }
    const at = s.index + (TRACK_HEADER + s.sector * sectorPitch(t.gpl, t.n) + ID_AT) * medium.byteTime;
    const end = s.index + drive.mechanics.revolution;
    if (s.sector < t.eot && at < end) transfer.at(STEP.FORMAT, at);
    else transfer.at(STEP.ID, end);
  }
}
