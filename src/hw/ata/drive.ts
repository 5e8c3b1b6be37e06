import type { BlockBackend } from '../../host/block.ts';
import type { SimEvent } from '../../sim/scheduler.ts';
import type { Ticks } from '../../sim/time.ts';
import { DEFAULT_HEADS, DEFAULT_SECTORS_PER_TRACK, storeAddress } from './address.ts';
import { CableDrive, type CableDriveOptions, type CablePlace, type DriveOwner } from './cable-drive.ts';
import { COMMANDS } from './commands.ts';
import { DataPhases } from './data-phases.ts';
import { Surface, type SurfaceFigures } from './surface.ts';
import { COMMAND, DIAGNOSTIC_PASSED, READY, SECTOR, STEP } from './spec.ts';

/** Sectors of `badSectors` end in UNC. */
export interface AtaDriveOptions extends CableDriveOptions {
  disk: BlockBackend;
  /** Largest DRQ block of READ/WRITE MULTIPLE: a power of two to 128 (default 16). */
  maxMultiple?: number;
  /** Its mechanics; null (default): data take `timing.sector`, wherever they are. */
  surface?: SurfaceFigures | null;
}

const PIO_OUT_COMMANDS: ReadonlySet<number> = new Set([
  COMMAND.WRITE_SECTORS, COMMAND.WRITE_SECTORS_NO_RETRY, COMMAND.WRITE_SECTORS_EXT, COMMAND.WRITE_MULTIPLE,
  COMMAND.WRITE_MULTIPLE_EXT,
]);

/** An ATA disk, apart from its transport: registers, command set, data phases. */
export class AtaDrive extends CableDrive {
  readonly packets = false;
  readonly disk: BlockBackend;
  readonly sectors: number;
  readonly maxMultiple: number;
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
  readonly data = new DataPhases(this);
  /** The heads have arrived; the first sector is under them. Only to be seen in the trace. */
  private arrived: SimEvent | null = null;
  private underHeads: SimEvent | null = null;

  constructor(options: AtaDriveOptions) {
    super(options, { model: 'NORTHBRIDGE ATA DISK', serial: 'NB00000001', maxUltra: 5 });
    this.disk = options.disk;
    this.sectors = Math.floor(options.disk.size / SECTOR);
    this.maxMultiple = options.maxMultiple ?? 16;
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

  get title(): string {
    return `disk ${this.disk.name}`;
  }

  override attach(owner: DriveOwner, name: string, place: CablePlace): void {
    super.attach(owner, name, place);
    if (this.surface === null) return;
    owner.cells(`${name}.surface`, this.surface.s);
    this.arrived = owner.event(`${name}.seek`, () => {});
    this.underHeads = owner.event(`${name}.rotation`, () => {});
  }

  override softReset(): void {
    super.softReset();
    const { s } = this;
    s.standby = false;
    if (!s.revert) return;
    s.multiple = 0;
    s.writeCache = true;
    s.lookAhead = true;
  }

  protected override get asleep(): boolean {
    return this.s.command === COMMAND.SLEEP && this.s.standby;
  }

  protected commandTime(code: number): Ticks {
    return this.late() + (COMMANDS[code]?.media === true ? this.timing.overhead : this.timing.nonData);
  }

  // --- What commands and data phases use.

  /** The command has ended with an error; `sector` is where, if it is known. */
  override fail(error: number, sector = -1): void {
    super.fail(error);
    if (sector >= 0) storeAddress(this.s, sector, this.s.ext);
  }

  /**
   * Forgives a host that does not wait for DRQ: a PIO data-out command that is still busy with its
   * overhead or with its last block asks for data at once.
   */
  override askForDataNow(): void {
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

  protected goOn(step: number): void {
    const s = this.s;
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
      default:
        break;
    }
  }

  protected signature(): void {
    this.sign(0, 0, READY);
  }
}
