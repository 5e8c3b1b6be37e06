import type { SimEvent } from '../../../sim/scheduler.ts';
import type { Ticks } from '../../../sim/time.ts';
import type { FloppyDrive } from '../drive.ts';
import { MARK } from '../medium.ts';
import { DATA_CRC, ID_FIELD, SECTOR_BYTES, SECTOR_CODE, TO_DATA } from '../track.ts';
import { bytesToEnd, nextAddress } from './address.ts';
import type { Fifo } from './fifo.ts';
import { COMMAND, OPTION, ST0, ST1, ST2 } from './spec.ts';

/** What the data commands need of the chip. */
export interface TransferOwner {
  readonly fifo: Fifo;
  event(name: string, action: () => void): SimEvent;
  now(): Ticks;
  drive(unit: number): FloppyDrive | null;
  /** Bits per second (DRATE_SEL). */
  rate(): number;
  /** Head load time of SPECIFY; 0 if the head is loaded on this drive. */
  headLoadTime(unit: number): Ticks;
  /** Starts the FIFO as configured. */
  startFifo(reading: boolean, left: number): void;
  /** The head stays loaded for the head unload time; result phase, interrupt. */
  result(unit: number, st0: number, st1: number, st2: number): void;
  note(what: string, detail: string): void;
  overrun(): void;
  /** There must be a disk: whether the command is to end all the same. */
  forgivesNoDisk(): boolean;
  forgivesDensity(): boolean;
  /** The chip believes a head to be on this cylinder. */
  headAt(unit: number, cylinder: number): void;
}

/** What happens next. */
export const STEP = {
  NONE: 0, LOADED: 1, TRACK_INDEX: 2, BYTES: 3, SECTOR_END: 4, SKIPPED: 5, NOT_FOUND: 6, ID: 7, WAIT_INDEX: 8, DRAIN: 9,
  FORMAT: 10,
} as const;

const DELETED: ReadonlySet<number> = new Set([COMMAND.READ_DELETED_DATA, COMMAND.WRITE_DELETED_DATA]);
const WRITES: ReadonlySet<number> = new Set([COMMAND.WRITE_DATA, COMMAND.WRITE_DELETED_DATA]);

/**
 * The data commands (§5.1): find sectors under the head and move their bytes at the rate of the
 * disk. FORMAT TRACK has its own file.
 */
export class Transfer {
  readonly s = {
    code: 0, unit: 0, head: 0, mt: false, mfm: false, sk: false,
    /** C, H, R, N of the command, as it goes on; EOT, GPL, DTL or SC. */
    c: 0, h: 0, r: 0, n: 0, eot: 0, gpl: 0, dtl: 0, enableCount: false,
    st0: 0, st1: 0, st2: 0,
    step: 0 as number,
    /** Next byte of the sector under the head. */
    at: 0,
    /** TC was seen; the host was too late. */
    terminal: false, late: false,
    /** When the disk came to speed: it is still the same turn of the motor. */
    origin: 0,
    /** Sectors of READ TRACK; cylinder and sector under the head. */
    done: 0, sector: 0, cylinder: 0,
    buffer: new Uint8Array(SECTOR_BYTES),
  };
  private readonly owner: TransferOwner;
  private readonly byte: SimEvent;
  private readonly mechanics: SimEvent;
  /** FORMAT TRACK's part of the steps: its first index pulse is awaited; what comes next. */
  formatBegins: () => void = () => {};
  formatStep: () => void = () => {};

  constructor(owner: TransferOwner) {
    this.owner = owner;
    this.byte = owner.event('byte', () => this.nextByte());
    this.mechanics = owner.event('mechanics', () => this.nextStep());
  }

  get writing(): boolean {
    return WRITES.has(this.s.code) || this.s.code === COMMAND.FORMAT_TRACK;
  }

  /** Takes a command of nine bytes, or READ ID and FORMAT TRACK with theirs. */
  prepare(code: number, p: Uint8Array): void {
    const s = this.s;
    s.code = code;
    s.mt = (p[0] & OPTION.MT) !== 0;
    s.mfm = (p[0] & OPTION.MFM) !== 0 || (code === COMMAND.READ_ID && this.owner.forgivesDensity());
    s.sk = (p[0] & OPTION.SK) !== 0;
    s.unit = p[1] & 3;
    s.head = p[1] >> 2 & 1;
    s.enableCount = (p[1] & 0x80) !== 0;
    [, , s.c, s.h, s.r, s.n, s.eot, s.gpl, s.dtl] = p;
    s.st0 = 0;
    s.st1 = 0;
    s.st2 = 0;
    s.at = 0;
    s.done = 0;
    s.terminal = false;
    s.late = false;
    s.step = STEP.NONE;
  }

  /** Execution begins: the head is on its cylinder, or an implied seek has moved it. */
  start(left: number): void {
    const { owner, s } = this;
    const reading = !this.writing && s.code !== COMMAND.VERIFY && s.code !== COMMAND.READ_ID;
    if (this.writing && owner.drive(s.unit)?.medium?.writeProtected === true) {
      s.st1 |= ST1.NW;
      this.finish(ST0.ABNORMAL);
      return;
    }
    owner.startFifo(reading, left);
    this.later(STEP.LOADED, owner.headLoadTime(s.unit));
  }

  /** Bytes from this sector to the end of what EOT allows. */
  get bytesToEnd(): number {
    return bytesToEnd(this.s);
  }

  /** TC, with DACK#. */
  terminalCount(): void {
    const s = this.s;
    s.terminal = true;
    this.owner.fifo.stop();
    // A sector that has begun is read to its end; another is not waited for.
    const begun = s.step === STEP.SECTOR_END || (s.step === STEP.BYTES && s.at > 0);
    if (!this.writing && !begun) this.finish(0);
  }

  /** The host has taken the last byte that was in the FIFO. */
  drained(): void {
    if (this.s.step === STEP.DRAIN) this.end();
  }

  /** A motor was switched: index pulses may come now. */
  motorChanged(): void {
    if (this.s.step === STEP.WAIT_INDEX && this.owner.drive(this.s.unit)?.turning === true)
      this.later(STEP.LOADED, 0);
  }

  /** Reset of the chip. A sector that is being written is left damaged. */
  stop(): void {
    const s = this.s;
    if (s.step === STEP.BYTES && this.writing && s.at > 0) {
      this.owner.drive(s.unit)?.medium?.mark(s.cylinder, s.head, s.sector, MARK.DAMAGED);
      const sector = `${s.cylinder}/${s.head}/${s.sector}`;
      this.owner.note('floppy-write-cut', `sector ${sector}: its write ended at byte ${s.at}`);
    }
    this.byte.cancel();
    this.mechanics.cancel();
    s.step = STEP.NONE;
  }

  later(step: number, delay: Ticks): void {
    this.s.step = step;
    this.mechanics.after(delay);
  }

  at(step: number, time: Ticks): void {
    this.s.step = step;
    this.mechanics.at(time);
  }

  /**
   * The drive, if its index pulses come as they did when the step was planned. If not, the chip
   * waits for them: for ever, if there is no disk (§8.1).
   */
  turning(): FloppyDrive | null {
    const { owner, s } = this;
    const drive = owner.drive(s.unit);
    if (drive !== null && drive.medium === null && owner.forgivesNoDisk()) {
      s.st1 |= ST1.MA | ST1.ND;
      drive.s.cylinder = s.c;
      owner.headAt(s.unit, s.c);
      this.finish(ST0.ABNORMAL);
      return null;
    }
    if (drive === null || !drive.turning) {
      s.step = STEP.WAIT_INDEX;
      owner.note('fdc-no-index', `drive ${s.unit}: waiting for index pulses (no disk, no motor, not selected)`);
      return null;
    }
    return drive;
  }

  private nextStep(): void {
    const s = this.s;
    switch (s.step) {
      case STEP.LOADED:
        this.begin();
        break;
      case STEP.TRACK_INDEX:
      case STEP.SKIPPED:
        this.search();
        break;
      case STEP.SECTOR_END:
        this.sectorEnd();
        break;
      case STEP.NOT_FOUND:
        this.drain(ST0.ABNORMAL);
        break;
      case STEP.ID:
        this.finish(0);
        break;
      case STEP.FORMAT:
        this.formatStep();
        break;
      default:
        break;
    }
  }

  private begin(): void {
    const drive = this.turning();
    if (drive === null) return;
    const { s } = this;
    s.origin = drive.s.origin;
    const from = drive.readable(this.owner.now());
    if (s.code === COMMAND.READ_TRACK) this.at(STEP.TRACK_INDEX, drive.nextIndex(from));
    else if (s.code === COMMAND.FORMAT_TRACK) {
      this.formatBegins();
      this.at(STEP.FORMAT, drive.nextIndex(from));
    } else this.search();
  }

  /** Looks for the sector until the second index pulse from here (§6.2, ND and MA). */
  private search(): void {
    const drive = this.turning();
    if (drive === null) return;
    const { owner, s } = this, { cylinder } = drive.s, medium = drive.medium;
    if (medium === null) return;
    s.origin = drive.s.origin;
    s.cylinder = cylinder;
    const start = drive.readable(owner.now());
    const { revolution } = drive.mechanics;
    const until = drive.nextIndex(start) + revolution;
    let from = start, seen = false;
    while (s.mfm && owner.rate() === medium.format.rate && drive.findId(s.head, from, until)) {
      const { place, start: at } = drive.found;
      const sector = medium.sectorAt(cylinder, s.head, place);
      seen = true;
      if (s.code === COMMAND.READ_ID) {
        s.c = cylinder;
        s.h = s.head;
        s.r = sector;
        s.n = SECTOR_CODE;
        this.at(STEP.ID, at + ID_FIELD * medium.byteTime);
        return;
      }
      const match = s.c === cylinder && s.h === s.head && s.n === SECTOR_CODE && s.r === sector;
      if (match || s.code === COMMAND.READ_TRACK) {
        if (!match) s.st1 |= ST1.ND;
        this.sectorFound(drive, sector, at);
        return;
      }
      if (at - start >= revolution) break;
      from = at + 1;
    }
    s.st1 |= seen ? ST1.ND : ST1.MA;
    if (seen && s.c !== cylinder) s.st2 |= s.c === 0xff ? ST2.BC : ST2.WC;
    this.at(STEP.NOT_FOUND, until);
  }

  private sectorFound(drive: FloppyDrive, sector: number, at: Ticks): void {
    const { s } = this, medium = drive.medium;
    if (medium === null) return;
    s.sector = sector;
    s.at = 0;
    const data = at + TO_DATA * medium.byteTime;
    const marks = medium.marksOf(s.cylinder, s.head, sector);
    const other = ((marks & MARK.DELETED) !== 0) !== DELETED.has(s.code);
    if (other && !WRITES.has(s.code) && s.code !== COMMAND.READ_TRACK) {
      s.st2 |= ST2.CM;
      if (s.sk) {
        s.st2 &= ~ST2.CM;
        this.at(STEP.SECTOR_END, data + (SECTOR_BYTES + DATA_CRC) * medium.byteTime);
        s.at = -1;
        return;
      }
    }
    s.step = STEP.BYTES;
    this.byte.at(data + (WRITES.has(s.code) ? 0 : medium.byteTime));
  }

  /** A byte of the data field is under the head. */
  private nextByte(): void {
    const { owner, s } = this;
    const drive = this.turning();
    if (drive === null || drive.medium === null) return;
    if (drive.s.origin !== s.origin) {
      this.search();
      return;
    }
    const { medium } = drive;
    const last = s.at === SECTOR_BYTES - 1;
    if (WRITES.has(s.code)) {
      s.buffer[s.at] = this.written(last);
    } else {
      if (s.at === 0) medium.read(s.cylinder, s.head, s.sector, s.buffer);
      if (s.code !== COMMAND.VERIFY && !s.terminal && !s.late)
        if (!owner.fifo.fromDisk(s.buffer[s.at], last, owner.now())) this.tooLate();
    }
    s.at++;
    if (!last) this.byte.after(medium.byteTime);
    else this.later(STEP.SECTOR_END, (DATA_CRC + (WRITES.has(s.code) ? 1 : 0)) * medium.byteTime);
  }

  /** The byte that goes to the disk; 00 behind the host's last, or if it was too late (§4.2.5). */
  private written(last: boolean): number {
    const { owner, s } = this, { fifo } = owner;
    if (!s.late && !s.terminal && fifo.s.left > 0 && !fifo.inTime(last, owner.now())) this.tooLate();
    const value = fifo.toDisk();
    return value < 0 ? 0 : value;
  }

  /** The sector is completed as if TC had come; the rest of the FIFO is not asked for (§4.2.5). */
  private tooLate(): void {
    const { owner, s } = this;
    s.late = true;
    s.st1 |= ST1.OR;
    owner.fifo.stop();
    owner.overrun();
  }

  /** Data and CRC of a sector have passed. */
  private sectorEnd(): void {
    const { owner, s } = this;
    const drive = this.turning();
    if (drive === null || drive.medium === null) return;
    if (s.at >= 0) {
      if (WRITES.has(s.code)) {
        drive.medium.write(s.cylinder, s.head, s.sector, s.buffer);
        drive.medium.mark(s.cylinder, s.head, s.sector, DELETED.has(s.code) ? MARK.DELETED : 0);
      } else if ((drive.medium.marksOf(s.cylinder, s.head, s.sector) & MARK.DAMAGED) !== 0) {
        s.st1 |= ST1.DE;
        s.st2 |= ST2.DD;
        if (s.code !== COMMAND.READ_TRACK) {
          this.drain(ST0.ABNORMAL);
          return;
        }
      }
    }
    if (s.late || (s.st2 & ST2.CM) !== 0) {
      this.drain(s.late ? ST0.ABNORMAL : 0);
      return;
    }
    const more = this.advance();
    if (s.terminal && (!this.writing || owner.fifo.s.count === 0)) this.finish(0);
    else if (more) this.search();
    else this.drain(0);
  }

  /** Goes to the next sector (table 5-5); false if that was the last. */
  private advance(): boolean {
    const s = this.s;
    if (s.code === COMMAND.READ_TRACK) {
      s.r = s.r + 1 & 0xff;
      return ++s.done < s.eot;
    }
    if (s.code === COMMAND.VERIFY && s.enableCount && --s.dtl <= 0) {
      nextAddress(s);
      return false;
    }
    const last = s.r === s.eot && !(s.mt && s.head === 0);
    nextAddress(s);
    return !last;
  }

  /** No more comes from the disk: the host takes what is left, then the result phase begins. */
  private drain(st0: number): void {
    const { owner, s } = this;
    s.st0 |= st0;
    if (this.writing || s.terminal || s.late || owner.fifo.s.count === 0) {
      this.end();
      return;
    }
    s.step = STEP.DRAIN;
    owner.fifo.s.request = true;
  }

  /** The end without TC: EN where the last sector was reached (§6.2, EN). */
  private end(): void {
    const s = this.s;
    const whole = s.st0 === 0 && s.st1 === 0 && !s.terminal && (s.st2 & ST2.CM) === 0;
    if (whole && s.code !== COMMAND.VERIFY) {
      s.st1 |= ST1.EN;
      s.st0 |= ST0.ABNORMAL;
    }
    this.finish(0);
  }

  finish(st0: number): void {
    const s = this.s;
    this.byte.cancel();
    this.mechanics.cancel();
    s.step = STEP.NONE;
    s.st0 |= st0;
    this.owner.result(s.unit, s.st0 | s.head << 2 | s.unit, s.st1, s.st2);
  }
}
