import type { DriveLabel } from '../../host/block.ts';
import type { SimEvent } from '../../sim/scheduler.ts';
import type { Cells } from '../../sim/state.ts';
import { us, type Ticks } from '../../sim/time.ts';
import type { AddressRegisters } from './address.ts';
import { DEVICE_BIT, DIAGNOSTIC_PASSED, ERROR_BIT, PHASE, READY, STATUS_BIT, STEP } from './spec.ts';

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

/** What any drive is given. */
export interface CableDriveOptions extends DriveLabel {
  /** Highest Ultra DMA mode, -1 for none (default: 5 of disks, 2 of CD-ROM drives). */
  maxUltra?: number;
  timing?: Partial<DriveTiming>;
  /** Sectors that cannot be read. For fault experiments. */
  badSectors?: ReadonlySet<number>;
  /** By how much it begins later with a command, asked for each: a faulty drive. */
  lateness?: (() => Ticks) | null;
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

/** Where a drive is on its cable. */
export interface CablePlace {
  /** 0 or 1. */
  readonly position: number;
  /** There is another drive. */
  readonly peer: boolean;
  readonly cable80: boolean;
}

/** The registers of a drive and the state of its data phase, as the transport sees them. */
export interface CableRegisters extends AddressRegisters {
  features: number;
  featuresPrevious: number;
  status: number;
  error: number;
  intrq: boolean;
  command: number;
  /** What its timer does next. */
  step: number;
  /** PHASE. */
  phase: number;
  /** The bytes of the buffer from index to end are to be moved. */
  index: number;
  end: number;
  /** Sectors of the command that the buffer has not had yet, or not given yet. */
  left: number;
  /** Selected transfer modes, -1 for none. */
  pio: number;
  multiword: number;
  ultra: number;
}

/** What the transport tells a drive about its data. */
export interface DataMovements {
  /** The host has read the last word of a DRQ block. */
  blockRead(): void;
  /** The host has written the last word of a DRQ block. */
  blockWritten(): void;
  /** The transport takes `n` bytes, at most `dmaAvailable`. */
  dmaTake(to: Uint8Array, at: number, n: number): void;
  /** The transport gives `n` bytes, at most `dmaAvailable`. */
  dmaGive(from: Uint8Array, at: number, n: number): void;
}

/**
 * A drive on an ATA cable, whatever its command set, apart from its transport. The transport hands
 * it register writes and moves the data of its buffer; the drive calls nothing back but
 * `dmaRequest`. Interrupt and status are state (`s.intrq`, `s.status`).
 */
export abstract class CableDrive {
  abstract readonly s: CableRegisters;
  /** Data on their way, with room for the far half of a 32-bit access at the last word. */
  abstract readonly buffer: Uint8Array;
  abstract readonly view: DataView;
  abstract readonly data: DataMovements;
  /** It has commands in packets (ATAPI). */
  abstract readonly packets: boolean;
  /** What it is called in messages. */
  abstract readonly title: string;
  readonly model: string;
  readonly serial: string;
  readonly firmware: string;
  /** Highest Ultra DMA mode, -1 for none. */
  readonly maxUltra: number;
  readonly timing: DriveTiming;
  readonly badSectors: ReadonlySet<number>;
  private readonly lateness: (() => Ticks) | null;
  /** 0 or 1 on the cable, and whether there is another drive. */
  position = 0;
  peer = false;
  cable80 = true;
  protected owner!: DriveOwner;
  protected timer!: SimEvent;

  /** @param kind defaults of this kind of drive */
  constructor(options: CableDriveOptions, kind: { model: string; serial: string; maxUltra: number }) {
    this.model = options.model ?? kind.model;
    this.serial = options.serial ?? kind.serial;
    this.firmware = options.firmware ?? '1.0';
    this.maxUltra = options.maxUltra ?? kind.maxUltra;
    this.timing = { ...DEFAULT_DRIVE_TIMING, ...options.timing };
    this.badSectors = options.badSectors ?? new Set();
    this.lateness = options.lateness ?? null;
  }

  /** Makes the drive part of a device. */
  attach(owner: DriveOwner, name: string, place: CablePlace): void {
    if (this.owner !== undefined) throw new Error(`${this.title} is attached twice`);
    this.owner = owner;
    this.position = place.position;
    this.peer = place.peer;
    this.cable80 = place.cable80;
    owner.cells(name, this.s as unknown as Cells);
    owner.cells(`${name}.buffer`, { bytes: this.buffer });
    this.timer = owner.event(`${name}.timer`, () => this.step());
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
   * SRST was set (ATA-6 §9.2, software reset protocol): whatever was going on ends; BSY until SRST
   * is cleared and the drive is up again.
   */
  softReset(): void {
    this.stop();
    this.s.status = STATUS_BIT.BSY;
    this.s.intrq = false;
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
    const { s } = this;
    if ((s.status & STATUS_BIT.BSY) !== 0) {
      this.note('command-while-busy', `command 0x${code.toString(16)} while BSY was set; ignored`);
      return;
    }
    if ((s.status & STATUS_BIT.DRQ) !== 0)
      this.note(
        'command-while-drq',
        `command 0x${code.toString(16)} ends the data phase of 0x${s.command.toString(16)}`,
      );
    if (this.asleep) {
      this.note('command-in-sleep', 'only a reset wakes the drive');
      return;
    }
    this.stop();
    s.intrq = false;
    s.error = 0;
    s.command = code;
    s.status = STATUS_BIT.BSY | READY;
    this.later(STEP.COMMAND, this.commandTime(code));
  }

  /** It takes no commands until a reset. */
  protected get asleep(): boolean {
    return false;
  }

  /** From the command to what it does. */
  protected abstract commandTime(code: number): Ticks;

  /** DMARQ: the drive has data for the host, or room for data, in a DMA command. */
  get dmaAvailable(): number {
    return this.s.phase >= PHASE.DMA_IN ? this.s.end - this.s.index : 0;
  }

  /** It waits no more for the rest of its data; the host hears nothing. */
  giveUp(): void {
    this.stop();
    this.s.status = READY;
  }

  /** The command ends as if its data had been moved. */
  completeUnmoved(): void {
    this.stop();
    this.complete();
  }

  /**
   * Forgives a host that does not wait for DRQ: a drive that is about to ask for data asks at once.
   */
  askForDataNow(): void {}

  // --- What commands and data phases use.

  /** The command has ended without error. */
  complete(): void {
    const { s } = this;
    s.phase = PHASE.NONE;
    s.status = READY;
    s.intrq = true;
  }

  /** The command has ended with an error. */
  fail(error: number): void {
    const { s } = this;
    s.phase = PHASE.NONE;
    s.error = error;
    s.status = READY | STATUS_BIT.ERR;
    s.intrq = true;
  }

  abort(): void {
    this.fail(ERROR_BIT.ABRT);
  }

  /** By how much it begins later with this command. */
  protected late(): Ticks {
    return this.lateness === null ? 0 : this.lateness();
  }

  /** Goes on after a time. */
  later(step: number, delay: Ticks): void {
    this.s.step = step;
    this.timer.after(delay);
  }

  requestDma(): void {
    this.owner.dmaRequest();
  }

  note(what: string, detail: string): void {
    this.owner.note(what, detail);
  }

  /** Ends whatever is under way. */
  protected stop(): void {
    this.timer.cancel();
    const { s } = this;
    s.step = STEP.NONE;
    s.phase = PHASE.NONE;
    s.index = 0;
    s.end = 0;
    s.left = 0;
  }

  /** What the timer was set for. */
  protected step(): void {
    const { s } = this, { step } = s;
    s.step = STEP.NONE;
    switch (step) {
      case STEP.FINISH: this.complete(); break;
      case STEP.RESET: this.signature(); break;
      case STEP.DIAGNOSTIC:
        this.signature();
        s.intrq = this.position === 0;
        break;
      default: this.goOn(step);
    }
  }

  /** A step of a command, or none. */
  protected abstract goOn(step: number): void;

  /** Registers after a reset or a diagnosis: they tell what kind of device it is (§9.12). */
  protected abstract signature(): void;

  protected sign(mid: number, high: number, status: number): void {
    const { s } = this;
    s.count = s.low = 1;
    s.mid = mid;
    s.high = high;
    s.countPrevious = s.lowPrevious = s.midPrevious = s.highPrevious = 0;
    s.device &= ~(DEVICE_BIT.LBA | DEVICE_BIT.DEV | 15);
    s.error = DIAGNOSTIC_PASSED;
    s.status = status;
  }
}
