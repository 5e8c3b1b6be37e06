import type { BlockBackend } from '../../host/block.ts';
import type { SimEvent } from '../../sim/scheduler.ts';
import type { Cells } from '../../sim/state.ts';
import { us, type Ticks } from '../../sim/time.ts';
import { DEFAULT_HEADS, DEFAULT_SECTORS_PER_TRACK, storeAddress } from './address.ts';
import { COMMANDS } from './commands.ts';
import { DataPhases } from './data-phases.ts';
import { Surface, type SurfaceFigures } from './surface.ts';
import { COMMAND, DEVICE_BIT, DIAGNOSTIC_PASSED, ERROR_BIT, PHASE, SECTOR, STATUS_BIT, STEP } from './spec.ts';

/**
 * How long a drive takes. These are assumptions: a drive of about 2000 whose cache and read-ahead
 * keep up with its interface, so that the interface is what limits.
 */
export interface DriveTiming {
  /** From the command to the first data or to the first DRQ of a write (default 50 µs). */
  overhead: Ticks;
  /** From the command to the end of a command without data (default 10 µs). */
  nonData: Ticks;
  /** BSY between two DRQ blocks of a PIO command, and after a block was written (default 5 µs). */
  blockGap: Ticks;
  /** From the last word of a DMA command to its interrupt (default 2 µs). */
  finish: Ticks;
  /** Time of the medium per sector, 0: the data is in the cache when it is asked for (default). */
  sector: Ticks;
  /** From the end of a reset to BSY = 0 (default 1 ms). */
  reset: Ticks;
}

export const DEFAULT_DRIVE_TIMING: DriveTiming = {
  overhead: us(50),
  nonData: us(10),
  blockGap: us(5),
  finish: us(2),
  sector: 0,
  reset: us(1000),
};

export interface AtaDriveOptions {
  disk: BlockBackend;
  model?: string;
  serial?: string;
  firmware?: string;
  /** Largest DRQ block of READ/WRITE MULTIPLE: a power of two to 128 (default 16). */
  maxMultiple?: number;
  /** Highest Ultra DMA mode, -1 for none (default 5). */
  maxUltra?: number;
  timing?: Partial<DriveTiming>;
  /** Sectors that cannot be read: UNC. For fault experiments. */
  badSectors?: ReadonlySet<number>;
  /** By how much it begins later with a command, asked for each: a faulty drive. */
  lateness?: (() => Ticks) | null;
  /** Its mechanics; null (default): data take `timing.sector`, wherever they are. */
  surface?: SurfaceFigures | null;
}

/** What a drive needs of the device (the transport) that it is part of. */
export interface DriveOwner {
  cells(group: string, cells: Cells): void;
  event(name: string, action: () => void): SimEvent;
  note(what: string, detail: string): void;
  now(): Ticks;
  /** The drive asserts its DMA request. */
  dmaRequest(): void;
}

const PIO_OUT_COMMANDS: ReadonlySet<number> = new Set([
  COMMAND.WRITE_SECTORS, COMMAND.WRITE_SECTORS_NO_RETRY, COMMAND.WRITE_SECTORS_EXT, COMMAND.WRITE_MULTIPLE,
  COMMAND.WRITE_MULTIPLE_EXT,
]);

/**
 * An ATA disk, apart from its transport: registers, command set, data phases. The transport hands
 * it register writes and moves the data of its buffer; the drive calls nothing back but
 * `dmaRequest`. Interrupt and status are state (`s.intrq`, `s.status`).
 */
export class AtaDrive {
  readonly disk: BlockBackend;
  readonly sectors: number;
  readonly model: string;
  readonly serial: string;
  readonly firmware: string;
  readonly maxMultiple: number;
  readonly maxUltra: number;
  readonly timing: DriveTiming;
  readonly badSectors: ReadonlySet<number>;
  private readonly lateness: (() => Ticks) | null;
  private readonly surface: Surface | null;
  /** Sectors on their way; a DRQ block of READ MULTIPLE fits in. */
  readonly buffer: Uint8Array;
  readonly view: DataView;
  /** Sectors that fit into `buffer`. */
  readonly window: number;
  readonly s = {
    features: 0, featuresPrevious: 0, count: 1, countPrevious: 0, low: 1, lowPrevious: 0, mid: 0,
    midPrevious: 0, high: 0, highPrevious: 0, device: 0,
    status: 0 as number,
    error: DIAGNOSTIC_PASSED as number,
    intrq: false, command: 0,
    step: 0 as number,
    phase: 0 as number,
    /**
     * Next sector of the medium; sectors not yet in the buffer (in) or not yet taken from it (out).
     */
    lba: 0, left: 0,
    /** Sectors of a DRQ block of this command. */
    block: 1,
    /**
     * The bytes of `buffer` from index to end are to be moved; those below `committed` are on the
     * disk (DMA out).
     */
    index: 0, end: 0, committed: 0,
    ext: false,
    heads: DEFAULT_HEADS, sectorsPerTrack: DEFAULT_SECTORS_PER_TRACK, multiple: 0, pio: 0, multiword: -1,
    ultra: -1, writeCache: true, lookAhead: true, revert: true, standby: false,
  };
  /** 0 or 1 on the cable, and whether there is another drive. */
  position = 0;
  peer = false;
  cable80 = true;
  readonly data = new DataPhases(this);
  private owner!: DriveOwner;
  private timer!: SimEvent;
  /** The heads have arrived; the first sector is under them. Only to be seen in the trace. */
  private arrived: SimEvent | null = null;
  private underHeads: SimEvent | null = null;

  constructor(options: AtaDriveOptions) {
    this.disk = options.disk;
    this.sectors = Math.floor(options.disk.size / SECTOR);
    this.model = options.model ?? 'NORTHBRIDGE ATA DISK';
    this.serial = options.serial ?? 'NB00000001';
    this.firmware = options.firmware ?? '1.0';
    this.maxMultiple = options.maxMultiple ?? 16;
    this.maxUltra = options.maxUltra ?? 5;
    this.timing = { ...DEFAULT_DRIVE_TIMING, ...options.timing };
    this.badSectors = options.badSectors ?? new Set();
    this.lateness = options.lateness ?? null;
    this.surface = options.surface ? new Surface(options.surface, this.sectors) : null;
    if (this.sectors < 1 || this.sectors > 2 ** 48)
      throw new Error(`disk ${options.disk.name}: ${options.disk.size} bytes is no size of an ATA disk`);
    if (!(this.maxMultiple >= 1 && this.maxMultiple <= 128 && (this.maxMultiple & (this.maxMultiple - 1)) === 0))
      throw new Error(`disk ${options.disk.name}: maxMultiple must be a power of two to 128`);
    this.window = Math.max(16, this.maxMultiple);
    // Room for the far half of a 32-bit access that begins at the last word.
    this.buffer = new Uint8Array(this.window * SECTOR + 4);
    this.view = new DataView(this.buffer.buffer);
  }

  /** Makes the drive part of a device. */
  attach(owner: DriveOwner, name: string, place: { position: number; peer: boolean; cable80: boolean }): void {
    if (this.owner !== undefined) throw new Error(`disk ${this.disk.name} is attached twice`);
    this.owner = owner;
    this.position = place.position;
    this.peer = place.peer;
    this.cable80 = place.cable80;
    owner.cells(name, this.s);
    owner.cells(`${name}.buffer`, { bytes: this.buffer });
    this.timer = owner.event(`${name}.timer`, () => this.step());
    if (this.surface === null) return;
    owner.cells(`${name}.surface`, this.surface.s);
    this.arrived = owner.event(`${name}.seek`, () => {});
    this.underHeads = owner.event(`${name}.rotation`, () => {});
  }

  /**
   * After a hardware reset (power-on state is in the cells): BSY until the drive is up, then the
   * signature.
   */
  hardReset(): void {
    this.s.status = STATUS_BIT.BSY;
    this.later(STEP.RESET, this.timing.reset);
  }

  /**
   * SRST was set (§9.2, software reset protocol): whatever was going on ends; BSY until SRST is
   * cleared and the drive is up again.
   */
  softReset(): void {
    const s = this.s;
    this.stop();
    s.status = STATUS_BIT.BSY;
    s.intrq = false;
    s.standby = false;
    if (s.revert) {
      s.multiple = 0;
      s.writeCache = true;
      s.lookAhead = true;
    }
  }

  /** SRST was cleared. */
  endSoftReset(): void {
    this.later(STEP.RESET, this.timing.reset);
  }

  /**
   * EXECUTE DEVICE DIAGNOSTIC: both drives take part (§EXECUTE DEVICE DIAGNOSTIC); device 0
   * interrupts.
   */
  diagnose(): void {
    this.stop();
    this.s.status = STATUS_BIT.BSY;
    this.s.intrq = false;
    this.later(STEP.DIAGNOSTIC, this.timing.nonData);
  }

  /** A write of the Command register by the host, this drive being selected. */
  command(code: number): void {
    const s = this.s;
    if ((s.status & STATUS_BIT.BSY) !== 0) {
      this.owner.note('command-while-busy', `command 0x${code.toString(16)} while BSY was set; ignored`);
      return;
    }
    if ((s.status & STATUS_BIT.DRQ) !== 0)
      this.owner.note(
        'command-while-drq',
        `command 0x${code.toString(16)} ends the data phase of 0x${s.command.toString(16)}`,
      );
    if (s.command === COMMAND.SLEEP && s.standby) {
      this.owner.note('command-in-sleep', 'only a reset wakes the drive');
      return;
    }
    this.stop();
    s.intrq = false;
    s.error = 0;
    s.command = code;
    s.status = STATUS_BIT.BSY | STATUS_BIT.DRDY | STATUS_BIT.DSC;
    const row = COMMANDS[code];
    const late = this.lateness === null ? 0 : this.lateness();
    this.later(STEP.COMMAND, late + (row !== undefined && row.media ? this.timing.overhead : this.timing.nonData));
  }

  /** DMARQ: the drive has data for the host, or room for data, in a DMA command. */
  get dmaAvailable(): number {
    return this.s.phase >= PHASE.DMA_IN ? this.s.end - this.s.index : 0;
  }

  // --- What commands and data phases use.

  /** The command has ended without error. */
  complete(): void {
    const s = this.s;
    s.phase = PHASE.NONE;
    s.status = STATUS_BIT.DRDY | STATUS_BIT.DSC;
    s.intrq = true;
  }

  /** The command has ended with an error; `sector` is where, if it is known. */
  fail(error: number, sector = -1): void {
    const s = this.s;
    s.phase = PHASE.NONE;
    s.error = error;
    if (sector >= 0) storeAddress(s, sector, s.ext);
    s.status = STATUS_BIT.DRDY | STATUS_BIT.DSC | STATUS_BIT.ERR;
    s.intrq = true;
  }

  /** It waits no more for the rest of its data; the host hears nothing. */
  giveUp(): void {
    this.stop();
    this.s.status = STATUS_BIT.DRDY | STATUS_BIT.DSC;
  }

  /** The command ends as if its data had been moved. */
  completeUnmoved(): void {
    this.stop();
    this.complete();
  }

  abort(): void {
    this.fail(ERROR_BIT.ABRT);
  }

  /** Goes on after a time. */
  later(step: number, delay: Ticks): void {
    this.s.step = step;
    this.timer.after(delay);
  }

  /**
   * Forgives a host that does not wait for DRQ: a PIO data-out command that is still busy with its
   * overhead or with its last block asks for data at once.
   */
  askForDataNow(): void {
    const { step, command } = this.s;
    if (!PIO_OUT_COMMANDS.has(command) || (step !== STEP.COMMAND && step !== STEP.BLOCK_OUT)) return;
    this.timer.cancel();
    this.step();
  }

  /** Time of the medium until the next `n` sectors from `s.lba` on are in the buffer. */
  mediumIn(n: number): Ticks {
    if (this.surface === null) return this.timing.sector * n;
    return this.positioned(this.surface.read(this.owner.now(), this.s.lba, n));
  }

  /** Time of the medium after `n` sectors from `lba` on were given. */
  mediumOut(lba: number, n: number): Ticks {
    if (this.surface === null) return this.timing.sector * n;
    return this.positioned(this.surface.write(this.owner.now(), lba, n));
  }

  /** All that was written is on the medium after this time. */
  mediumFlush(): Ticks {
    return this.surface === null ? 0 : this.surface.flush(this.owner.now());
  }

  private positioned(time: Ticks): Ticks {
    const p = this.surface?.positioning ?? null;
    if (p !== null) {
      this.arrived?.after(p.seek);
      this.underHeads?.after(p.seek + p.rotation);
    }
    return time;
  }

  requestDma(): void {
    this.owner.dmaRequest();
  }

  note(what: string, detail: string): void {
    this.owner.note(what, detail);
  }

  /** Ends whatever is under way. */
  private stop(): void {
    this.timer.cancel();
    const s = this.s;
    s.step = STEP.NONE;
    s.phase = PHASE.NONE;
    s.left = 0;
    s.index = 0;
    s.end = 0;
  }

  private step(): void {
    const s = this.s;
    const step = s.step;
    s.step = STEP.NONE;
    switch (step) {
      case STEP.COMMAND: {
        const row = COMMANDS[s.command];
        if (row === undefined) {
          this.note('unknown-command', `command 0x${s.command.toString(16)}; aborted`);
          this.abort();
        } else {
          row.run(this);
        }
        break;
      }
      case STEP.NEXT_IN:
        this.data.nextIn();
        break;
      case STEP.BLOCK_OUT:
        this.data.blockOut();
        break;
      case STEP.DMA_NEXT:
        this.data.dmaNext();
        break;
      case STEP.FINISH:
        this.complete();
        break;
      case STEP.RESET:
        this.signature();
        break;
      case STEP.DIAGNOSTIC:
        this.signature();
        s.intrq = this.position === 0;
        break;
      default:
        break;
    }
  }

  /** Registers after a reset or a diagnosis (§9.12: signature of a device without packets). */
  private signature(): void {
    const s = this.s;
    s.count = s.low = 1;
    s.countPrevious = s.lowPrevious = s.mid = s.midPrevious = s.high = s.highPrevious = 0;
    s.device &= ~(DEVICE_BIT.LBA | DEVICE_BIT.DEV | 15);
    s.error = DIAGNOSTIC_PASSED;
    s.status = STATUS_BIT.DRDY | STATUS_BIT.DSC;
  }
}
