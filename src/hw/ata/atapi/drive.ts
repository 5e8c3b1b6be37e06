import type { BlockBackend } from '../../../host/block.ts';
import type { Ticks } from '../../../sim/time.ts';
import { CableDrive, type CableDriveOptions, type CablePlace, type DriveOwner } from '../cable-drive.ts';
import { setTransferMode } from '../set-features.ts';
import { COMMAND, DIAGNOSTIC_PASSED, ERROR_BIT, FEATURE, SECTOR, STEP } from '../spec.ts';
import type { Surface } from '../surface.ts';
import { identifyPacket } from './identify-packet.ts';
import { DEFAULT_CD, spiral, type CdFigures } from './mechanism.ts';
import { PacketData } from './packet-data.ts';
import { PACKETS } from './packets.ts';
import {
  CD_SECTOR, PACKET, PACKET_BYTES, PACKET_DEVICE, PACKET_FEATURE, SENSE, SIGNATURE, WINDOW, type Sense,
} from './spec.ts';

export interface AtapiDriveOptions extends CableDriveOptions {
  /** The disc: whole sectors of 2048 bytes; of 0 bytes: none is in the drive. */
  disc: BlockBackend;
  mechanics?: Partial<CdFigures>;
}

/**
 * A CD-ROM drive with the packet interface: SFF-8020i revision 2.6 and the data commands of MMC-2,
 * with the protocols of ATA/ATAPI-6 §9.8 and §9.9.
 */
export class AtapiDrive extends CableDrive {
  readonly packets = true;
  readonly disc: BlockBackend;
  /** Of the disc, if there is one. */
  readonly sectors: number;
  readonly figures: CdFigures;
  readonly surface: Surface;
  readonly buffer = new Uint8Array(WINDOW * CD_SECTOR + 4);
  readonly view = new DataView(this.buffer.buffer);
  /** The command packet. */
  readonly packet = new Uint8Array(PACKET_BYTES);
  readonly s = {
    features: 0, featuresPrevious: 0, count: 1, countPrevious: 0, low: 1, lowPrevious: 0,
    mid: SIGNATURE.MID as number, midPrevious: 0, high: SIGNATURE.HIGH as number, highPrevious: 0, device: 0,
    status: 0 as number,
    error: DIAGNOSTIC_PASSED as number,
    intrq: false, command: 0,
    step: 0 as number,
    phase: 0 as number,
    index: 0, end: 0,
    /** Bytes of the buffer that are for the host; `end` is the end of the DRQ block. */
    filled: 0,
    /** Next sector of the disc; sectors not yet in the buffer. */
    lba: 0, left: 0,
    /** The packet's data go by DMA; byte count limit of a DRQ block. */
    dma: false, limit: 0,
    pio: 0, multiword: -1, ultra: -1,
    /** Sense data of the last packet command, and the sector in question (-1: none). */
    key: 0, asc: 0, ascq: 0, sector: -1,
    /** What the host has not been told yet: UNIT ATTENTION codes, 0 for none. */
    reset: false, changed: false,
    trayOpen: false, locked: false,
    /** The disc turns, or is up at this time. */
    turning: true, upAt: 0,
    /** Media event for GET EVENT STATUS NOTIFICATION: 0 none, 2 new, 3 removed. */
    event: 0,
  };
  readonly data = new PacketData(this);

  constructor(options: AtapiDriveOptions) {
    super(options, { model: 'NORTHBRIDGE CD-ROM', serial: 'NB00000002', maxUltra: 2 });
    this.disc = options.disc;
    this.sectors = options.disc.size / CD_SECTOR;
    this.figures = { ...DEFAULT_CD, ...options.mechanics };
    if (!Number.isInteger(this.sectors) || this.sectors >= 2 ** 32)
      throw new Error(`disc ${options.disc.name}: ${options.disc.size} bytes are no whole sectors of ${CD_SECTOR}`);
    this.surface = spiral(this.figures, Math.max(1, this.sectors));
  }

  get title(): string {
    return `disc ${this.disc.name}`;
  }

  override attach(owner: DriveOwner, name: string, place: CablePlace): void {
    super.attach(owner, name, place);
    owner.cells(`${name}.packet`, { bytes: this.packet });
    owner.cells(`${name}.surface`, this.surface.s);
  }

  /** Time since the board's power on. */
  get now(): Ticks {
    return this.owner.now();
  }

  /** A disc is in the drive and the tray is closed. */
  get loaded(): boolean {
    return this.sectors > 0 && !this.s.trayOpen;
  }

  override hardReset(): void {
    super.hardReset();
    this.s.reset = true;
    this.spinUp();
  }

  override softReset(): void {
    super.softReset();
    this.s.reset = true;
    this.s.locked = false;
  }

  override command(code: number): void {
    if (code === PACKET_DEVICE.DEVICE_RESET) {
      // §DEVICE RESET: whatever the drive does; it ends without an interrupt.
      this.softReset();
      this.later(STEP.RESET, this.timing.nonData);
    } else super.command(code);
  }

  protected commandTime(): Ticks {
    return this.timing.nonData;
  }

  // --- What packet commands use.

  /** The command has ended without error. */
  override complete(): void {
    super.complete();
    if (this.s.command === PACKET_DEVICE.PACKET) this.data.reasonEnd();
  }

  /** The packet command has ended with sense data. */
  check(sense: Sense, sector = -1): void {
    const { s } = this;
    this.keepSense(sense, sector);
    s.left = 0;
    this.fail((sense.key << 4) | (sense === SENSE.INVALID_OPCODE ? ERROR_BIT.ABRT : 0));
    this.data.reasonEnd();
  }

  keepSense({ key, asc, ascq }: Sense, sector = -1): void {
    Object.assign(this.s, { key, asc, ascq, sector });
  }

  /** The disc begins to turn, if it can. */
  spinUp(): void {
    this.s.turning = true;
    this.s.upAt = this.now + this.figures.spinUp;
  }

  protected override stop(): void {
    super.stop();
    this.s.filled = 0;
  }

  protected goOn(step: number): void {
    switch (step) {
      case STEP.COMMAND: this.run(); break;
      case STEP.BLOCK_OUT: this.runPacket(); break;
      case STEP.NEXT_IN: this.data.nextIn(); break;
      case STEP.DMA_NEXT: this.data.nextDma(); break;
      default: break;
    }
  }

  private run(): void {
    const { s } = this;
    switch (s.command) {
      case PACKET_DEVICE.PACKET:
        s.dma = (s.features & PACKET_FEATURE.DMA) !== 0;
        s.limit = s.mid | (s.high << 8);
        this.data.askPacket();
        break;
      case PACKET_DEVICE.IDENTIFY_PACKET_DEVICE:
        identifyPacket(this, this.buffer);
        this.data.offerWhole(SECTOR);
        break;
      case COMMAND.SET_FEATURES:
        if (s.features === FEATURE.SET_TRANSFER_MODE && !setTransferMode(this)) this.abort();
        else if (FEATURES.has(s.features)) this.complete();
        else this.abort();
        break;
      case COMMAND.CHECK_POWER_MODE:
        s.count = 0xff;
        this.complete();
        break;
      case COMMAND.IDLE_IMMEDIATE: case COMMAND.STANDBY_IMMEDIATE: case COMMAND.SLEEP:
        this.complete();
        break;
      case COMMAND.IDENTIFY_DEVICE: case COMMAND.READ_SECTORS:
        // §9.12: so software learns what it is.
        this.signature();
        this.abort();
        break;
      default:
        if (s.command !== COMMAND.NOP) this.note('unknown-command', `command 0x${s.command.toString(16)}; aborted`);
        this.abort();
        break;
    }
  }

  /** The packet has come. */
  private runPacket(): void {
    const { packet } = this, code = packet[0], row = PACKETS[code];
    if (row === undefined) {
      this.note('unknown-command', `packet command 0x${code.toString(16)}; ILLEGAL REQUEST`);
      this.check(SENSE.INVALID_OPCODE);
      return;
    }
    if (!row.always) {
      const attention = this.takeAttention();
      if (attention !== null) {
        this.check(attention);
        return;
      }
    }
    const missing = row.disc ? this.notReady() : null;
    if (missing !== null) {
      this.check(missing);
      return;
    }
    if (code !== PACKET.REQUEST_SENSE) this.keepSense(SENSE.NONE);
    row.run(this, packet);
  }

  /**
   * What the host has not been told yet, or null: told once, by the first command that can tell it
   * (SFF-8020i §10.8.20).
   */
  takeAttention(): Sense | null {
    const { s } = this;
    if (s.reset) {
      s.reset = false;
      return SENSE.POWER_ON;
    }
    if (!s.changed) return null;
    s.changed = false;
    return SENSE.MEDIUM_CHANGED;
  }

  /** Why the disc cannot be used, or null. */
  notReady(): Sense | null {
    const { s } = this;
    if (s.trayOpen) return SENSE.TRAY_OPEN;
    if (this.sectors === 0) return SENSE.NO_MEDIUM;
    if (!s.turning) return SENSE.STOPPED;
    return this.now < s.upAt ? SENSE.BECOMING_READY : null;
  }

  /** How long until a packet that has come is done or has its first data, without the medium. */
  packetTime(): Ticks {
    return this.late() + (PACKETS[this.packet[0]]?.disc === true ? this.timing.overhead : this.timing.nonData);
  }

  protected signature(): void {
    this.sign(SIGNATURE.MID, SIGNATURE.HIGH, 0);
  }
}

/** Subcommands of SET FEATURES that it takes. */
const FEATURES: ReadonlySet<number> = new Set([
  FEATURE.SET_TRANSFER_MODE, FEATURE.DISABLE_REVERT, FEATURE.ENABLE_REVERT,
]);
