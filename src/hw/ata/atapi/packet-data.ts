import type { DataMovements } from '../cable-drive.ts';
import { PHASE, READY, STATUS_BIT, STEP } from '../spec.ts';
import type { AtapiDrive } from './drive.ts';
import { CD_SECTOR, PACKET_BYTES, PACKET_DEVICE, REASON, SENSE, WINDOW } from './spec.ts';

/** A byte count limit of FFFFh means FFFEh (ATA-6 §8.24, byte count). */
const MOST_BYTES = 0xfffe;

/**
 * The phases of a PACKET command: the packet itself, then data to the host in DRQ blocks not longer
 * than its byte count limit (ATA-6 §9.8) or by DMA (§9.9). It has no state of its own.
 */
export class PacketData implements DataMovements {
  private readonly drive: AtapiDrive;

  constructor(drive: AtapiDrive) {
    this.drive = drive;
  }

  /** Asks for the packet: DRQ without an interrupt, as word 0 of IDENTIFY PACKET DEVICE says. */
  askPacket(): void {
    const { s } = this.drive;
    s.index = 0;
    s.end = PACKET_BYTES;
    s.phase = PHASE.PIO_OUT;
    s.status = READY | STATUS_BIT.DRQ;
    s.count = REASON.COMMAND;
  }

  blockWritten(): void {
    const d = this.drive, { s } = d;
    d.packet.set(d.buffer.subarray(0, PACKET_BYTES));
    s.phase = PHASE.NONE;
    s.status = STATUS_BIT.BSY | READY;
    d.later(STEP.BLOCK_OUT, d.packetTime());
  }

  /** Data of IDENTIFY PACKET DEVICE: one DRQ block, whatever the limit. */
  offerWhole(bytes: number): void {
    const { s } = this.drive;
    s.filled = bytes;
    s.left = 0;
    this.block(0, bytes);
  }

  /** The drive's answer is in the buffer: so much of it as the host allows for. */
  reply(bytes: number, allocation: number): void {
    const { s } = this.drive;
    s.filled = Math.min(bytes, allocation);
    s.left = 0;
    this.begin();
  }

  /** Reads `left` sectors from `lba` on (in the drive's state). */
  readSectors(): void {
    const d = this.drive, { s } = d;
    s.filled = 0;
    if (s.left === 0) d.complete();
    else if (!s.dma && s.limit === 0) d.abort();
    else this.medium(0);
  }

  private begin(): void {
    const d = this.drive, { s } = d;
    if (s.filled === 0) d.complete();
    else if (s.dma) this.openDma();
    else if (s.limit === 0) d.abort();
    else this.openBlock(0);
  }

  /** Waits for the disc after `delay`, which the interface takes. */
  private medium(delay: number): void {
    const d = this.drive, { s } = d;
    const n = Math.min(WINDOW, s.left);
    const wait = delay + d.surface.read(d.now, s.lba, n);
    s.filled = 0;
    if (s.dma) s.phase = PHASE.DMA_IN;
    s.index = s.end = 0;
    s.status = STATUS_BIT.BSY | READY;
    d.later(s.dma ? STEP.DMA_NEXT : STEP.NEXT_IN, wait);
  }

  /** The next DRQ block: of what is in the buffer, or of what has come from the disc. */
  nextIn(): void {
    const { s } = this.drive;
    if (s.end < s.filled) this.openBlock(s.end);
    else if (this.fill()) this.openBlock(0);
  }

  /** The disc has caught up with a DMA command. */
  nextDma(): void {
    if (this.fill()) this.openDma();
  }

  private openBlock(from: number): void {
    const { s } = this.drive, rest = s.filled - from;
    // An odd limit is for the last block alone.
    const most = Math.min(s.limit, MOST_BYTES), limit = most >= rest ? rest : Math.max(2, most & ~1);
    const bytes = Math.min(rest, limit);
    s.mid = bytes & 0xff;
    s.high = bytes >> 8;
    s.count = REASON.TO_HOST;
    this.block(from, from + bytes);
  }

  private block(from: number, to: number): void {
    const { s } = this.drive;
    s.index = from;
    s.end = to;
    s.phase = PHASE.PIO_IN;
    s.status = READY | STATUS_BIT.DRQ;
    s.intrq = true;
  }

  blockRead(): void {
    const d = this.drive, { s } = d;
    s.phase = PHASE.NONE;
    s.status = STATUS_BIT.BSY | READY;
    // Whoever reads 32 bits may have read past an end that is no multiple.
    s.index = s.end;
    if (s.end < s.filled) d.later(STEP.NEXT_IN, d.timing.blockGap);
    else if (s.left > 0) this.medium(d.timing.blockGap);
    else if (s.command === PACKET_DEVICE.PACKET) d.later(STEP.FINISH, d.timing.finish);
    else s.status = READY;
  }

  private openDma(): void {
    const d = this.drive, { s } = d;
    s.index = 0;
    s.end = s.filled;
    s.phase = PHASE.DMA_IN;
    s.status = READY | STATUS_BIT.DRQ;
    s.count = REASON.TO_HOST;
    d.requestDma();
  }

  dmaTake(to: Uint8Array, at: number, n: number): void {
    const d = this.drive, { s } = d;
    for (let k = 0; k < n; k++) to[at + k] = d.buffer[s.index + k];
    s.index += n;
    if (s.index < s.end) return;
    if (s.left > 0) {
      this.medium(0);
      return;
    }
    s.phase = PHASE.NONE;
    s.status = STATUS_BIT.BSY | READY;
    d.later(STEP.FINISH, d.timing.finish);
  }

  /** No command takes data by DMA, so none are asked for. */
  dmaGive(): void {}

  /** The end of a command: C/D and I/O (ATA-6 §9.8, interrupt reason). */
  reasonEnd(): void {
    this.drive.s.count = REASON.COMMAND | REASON.TO_HOST;
  }

  /** Sectors into the buffer, as far as the first bad one. False: the command has ended. */
  private fill(): boolean {
    const d = this.drive, { s } = d;
    let n = Math.min(WINDOW, s.left);
    for (let k = 0; k < n && d.badSectors.size > 0; k++) if (d.badSectors.has(s.lba + k)) n = k;
    if (n === 0) {
      d.check(SENSE.UNRECOVERED_READ, s.lba);
      return false;
    }
    d.disc.read(s.lba * CD_SECTOR, d.buffer, 0, n * CD_SECTOR);
    s.lba += n;
    s.left -= n;
    s.index = 0;
    s.end = s.filled = n * CD_SECTOR;
    return true;
  }
}
