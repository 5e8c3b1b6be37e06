import type { AtaDrive } from './drive.ts';
import { ERROR_BIT, PHASE, READY, SECTOR, STATUS_BIT, STEP } from './spec.ts';

/**
 * The data phases of a drive: PIO data-in and data-out in DRQ blocks (ATA-6 §9.5, §9.6), DMA in and
 * out (§9.7). It has no state of its own.
 */
export class DataPhases {
  private readonly drive: AtaDrive;

  constructor(drive: AtaDrive) {
    this.drive = drive;
  }

  /**
   * Begins a PIO read of `left` sectors from `lba` (in the drive's state) in DRQ blocks of `block`
   * sectors.
   */
  beginIn(): void {
    const d = this.drive;
    const wait = d.mediumIn(Math.min(d.s.block, d.s.left));
    if (wait === 0) this.nextIn();
    else d.later(STEP.NEXT_IN, wait);
  }

  /** One DRQ block of data that the drive itself made is in the buffer. */
  offer(bytes: number): void {
    const s = this.drive.s;
    s.left = 0;
    s.index = 0;
    s.end = bytes;
    s.phase = PHASE.PIO_IN;
    s.status = READY | STATUS_BIT.DRQ;
    s.intrq = true;
  }

  /** The next DRQ block for the host: read, then DRQ and an interrupt. */
  nextIn(): void {
    const s = this.drive.s;
    const n = this.fill(Math.min(s.block, s.left));
    if (n === 0) return;
    s.phase = PHASE.PIO_IN;
    s.status = READY | STATUS_BIT.DRQ;
    s.intrq = true;
  }

  /** The host has read the last word of a DRQ block. */
  blockRead(): void {
    const d = this.drive, s = d.s;
    s.phase = PHASE.NONE;
    if (s.left === 0) {
      s.status = READY;
      return;
    }
    s.status = STATUS_BIT.BSY | READY;
    d.later(STEP.NEXT_IN, d.timing.blockGap + d.mediumIn(Math.min(s.block, s.left)));
  }

  /**
   * Asks the host for the next DRQ block. The first one of a command comes without an interrupt
   * (§9.6).
   */
  nextOut(interrupt: boolean): void {
    const s = this.drive.s;
    s.index = 0;
    s.end = Math.min(s.block, s.left) * SECTOR;
    s.phase = PHASE.PIO_OUT;
    s.status = READY | STATUS_BIT.DRQ;
    if (interrupt) s.intrq = true;
  }

  /** The host has written the last word of a DRQ block. */
  blockWritten(): void {
    const d = this.drive, s = d.s;
    s.phase = PHASE.NONE;
    s.status = STATUS_BIT.BSY | READY;
    d.later(STEP.BLOCK_OUT, d.timing.blockGap + d.mediumOut(s.lba, s.end / SECTOR));
  }

  /** The drive has taken the block: it is on the disk from now on. */
  blockOut(): void {
    const d = this.drive, s = d.s;
    const n = s.end / SECTOR;
    d.disk.write(s.lba * SECTOR, d.buffer, 0, s.end);
    s.lba += n;
    s.left -= n;
    if (s.left === 0) d.complete();
    else this.nextOut(true);
  }

  /** Begins a DMA read of `left` sectors from `lba`. */
  beginDmaIn(): void {
    const d = this.drive;
    const wait = d.mediumIn(Math.min(d.window, d.s.left));
    if (wait === 0) {
      this.nextDmaIn();
      return;
    }
    d.s.phase = PHASE.DMA_IN;
    d.later(STEP.DMA_NEXT, wait);
  }

  private nextDmaIn(): void {
    const d = this.drive, s = d.s;
    if (this.fill(Math.min(d.window, s.left)) === 0) return;
    s.phase = PHASE.DMA_IN;
    s.status = READY | STATUS_BIT.DRQ;
    d.requestDma();
  }

  /** Begins a DMA write. */
  beginDmaOut(): void {
    const d = this.drive, s = d.s;
    s.index = 0;
    s.committed = 0;
    s.end = Math.min(d.window, s.left) * SECTOR;
    s.phase = PHASE.DMA_OUT;
    s.status = READY | STATUS_BIT.DRQ;
    d.requestDma();
  }

  /** The transport takes `n` bytes, at most `dmaAvailable`. */
  dmaTake(to: Uint8Array, at: number, n: number): void {
    const d = this.drive, s = d.s;
    for (let k = 0; k < n; k++) to[at + k] = d.buffer[s.index + k];
    s.index += n;
    if (s.index < s.end) return;
    if (s.left === 0) this.dmaDone();
    else this.beginDmaIn();
  }

  /**
   * The transport gives `n` bytes, at most `dmaAvailable`. Each sector goes to the disk when it is
   * complete.
   */
  dmaGive(from: Uint8Array, at: number, n: number): void {
    const d = this.drive, s = d.s;
    for (let k = 0; k < n; k++) d.buffer[s.index + k] = from[at + k];
    s.index += n;
    const whole = s.index - (s.index % SECTOR) - s.committed;
    if (whole > 0) {
      d.disk.write(s.lba * SECTOR, d.buffer, s.committed, whole);
      s.lba += whole / SECTOR;
      s.left -= whole / SECTOR;
      s.committed += whole;
    }
    if (s.index < s.end) return;
    const wait = d.mediumOut(s.lba - s.end / SECTOR, s.end / SECTOR);
    if (s.left === 0) this.dmaDone();
    else if (wait === 0) this.beginDmaOut();
    else d.later(STEP.DMA_NEXT, wait);
  }

  /** The medium has caught up with a DMA command. */
  dmaNext(): void {
    if (this.drive.s.phase === PHASE.DMA_OUT) this.beginDmaOut();
    else this.nextDmaIn();
  }

  private dmaDone(): void {
    const d = this.drive;
    d.s.phase = PHASE.NONE;
    d.s.status = STATUS_BIT.BSY | READY;
    d.later(STEP.FINISH, d.timing.finish);
  }

  /**
   * Reads up to `n` sectors into the buffer, as far as the first bad one; returns how many. If the
   * first one is bad the command fails with UNC and 0 is returned.
   */
  private fill(n: number): number {
    const d = this.drive, s = d.s;
    let good = n;
    if (d.badSectors.size > 0) {
      for (let k = 0; k < n; k++) {
        if (!d.badSectors.has(s.lba + k)) continue;
        if (k === 0) {
          d.fail(ERROR_BIT.UNC, s.lba);
          return 0;
        }
        good = k;
        break;
      }
    }
    d.disk.read(s.lba * SECTOR, d.buffer, 0, good * SECTOR);
    s.lba += good;
    s.left -= good;
    s.index = 0;
    s.end = good * SECTOR;
    return good;
  }
}
