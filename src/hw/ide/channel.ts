import type { Bus } from '../../mem/bus.ts';
import type { Transaction } from '../../mem/transaction.ts';
import type { BankHooks } from '../../reg/bank.ts';
import type { Simulation } from '../../sim/component.ts';
import { breach, forgives } from '../../sim/forgive.ts';
import type { SimEvent } from '../../sim/scheduler.ts';
import type { Cells } from '../../sim/state.ts';
import type { Ticks } from '../../sim/time.ts';
import type { CableDrive } from '../ata/cable-drive.ts';
import { COMMAND, CONTROL_BIT, DEVICE_BIT, PHASE, SECTOR } from '../ata/spec.ts';
import type { DmaCompletion, DmaPort, DmaPortOptions } from '../dma-port.ts';
import type { COMMAND_BLOCK, CONTROL_BLOCK } from './spec.ts';

/** What a channel needs of the device that it is part of. */
export interface ChannelOwner {
  readonly sim: Simulation;
  cells(group: string, cells: Cells): void;
  event(name: string, action: () => void): SimEvent;
  note(what: string, detail: string): void;
  dmaPort(name: string, options: DmaPortOptions): DmaPort;
  completion(port: DmaPort, name: string, action: (status: number) => void): DmaCompletion;
  /** The bus on which the host's accesses arrive: wait states hold it. */
  bus(): Bus | null;
  /** Whether the controller may master the bus. */
  mayMaster(): boolean;
}

/** Cycle times on the cable, from the controller's timing registers. Arrays are by drive. */
export interface ChannelTiming {
  /** Per word at the data port. */
  readonly pio: readonly [Ticks, Ticks];
  /**
   * Reads of the data port are prefetched and writes posted: the cable works while the host's bus
   * does other things.
   */
  readonly prefetch: readonly [boolean, boolean];
  /** Per access of any other register. */
  readonly register: Ticks;
  /**
   * Per word of a DMA transfer, or 0 if controller and drive do not agree on a protocol: nothing
   * moves then.
   */
  dma(drive: CableDrive, toMemory: boolean): Ticks;
}

type CommandRows = (typeof COMMAND_BLOCK)['registers'];
type ControlRows = (typeof CONTROL_BLOCK)['registers'];

/**
 * No drive drives the data lines: they are high but for DD7, which the host pulls down so that BSY
 * reads 0 (ATA-6 §6.1, cable pull-up and pull-down resistors). Two words of the cable: a read of 8
 * or 16 bits sees the low end.
 */
const FLOATING = 0xff7fff7f;

/**
 * Bits of a buffer index within a sector. A constant of this module, unlike an imported one, goes
 * into machine code.
 */
const IN_SECTOR = SECTOR - 1;
const PIO_IN = PHASE.PIO_IN;

/**
 * One ATA channel: two drive positions, the registers that the host sees, the time that accesses
 * take on the cable. Part of a device, which owns its state and declares the banks with
 * `commandHooks` and `controlHooks`.
 */
export class IdeChannel {
  readonly name: string;
  readonly drives: readonly [CableDrive | null, CableDrive | null];
  readonly s = {
    /** Selected position. */
    dev: 0,
    /** Device control register. */
    control: 0,
    /**
     * The cable is taken by PIO until this time; with prefetch: the next word is in the
     * controller's buffer from then on.
     */
    cableFree: 0,
  };
  /** Counted since reset, for experiments: accesses by the host. */
  readonly counters = {
    dataReads16: 0, dataReads32: 0, dataWrites16: 0, dataWrites32: 0, statusReads: 0, alternateStatusReads: 0,
    registerReads: 0, registerWrites: 0, commands: 0,
  };
  timing!: ChannelTiming;
  readonly commandHooks: BankHooks<CommandRows>;
  readonly controlHooks: BankHooks<ControlRows>;
  /** DMARQ may have changed: the bus master looks. */
  onDmaRequest: () => void = () => {};
  private readonly owner: ChannelOwner;
  private readonly sim: Simulation;
  private readonly empty: boolean;

  constructor(
    owner: ChannelOwner, name: string,
    drives: readonly [CableDrive | null, CableDrive | null],
    options: { cable80: boolean },
  ) {
    this.owner = owner;
    this.sim = owner.sim;
    this.name = name;
    this.drives = drives;
    this.empty = drives[0] === null && drives[1] === null;
    owner.cells(name, this.s);
    owner.cells(`${name}.counters`, this.counters);
    drives.forEach((d, position) =>
      d?.attach(
        {
          cells: (group, cells) => owner.cells(group, cells),
          event: (event, action) => owner.event(event, action),
          note: (what, detail) => owner.note(what, detail),
          now: () => owner.sim.scheduler.now,
          dmaRequest: () => this.onDmaRequest(),
        },
        `${name}.${position === 0 ? 'master' : 'slave'}`,
        { position, peer: drives[1 - position] !== null, cable80: options.cable80 },
      ),
    );
    this.commandHooks = this.makeCommandHooks();
    this.controlHooks = {
      ALTERNATE_STATUS: {
        value: () => this.status,
        read: (_size, tx) => {
          this.counters.alternateStatusReads++;
          this.spend(tx);
        },
      },
      DEVICE_CONTROL: { write: (w, tx) => this.writeControl(w.value, tx) },
    };
  }

  /** The selected drive, or null. */
  get selected(): CableDrive | null {
    return this.drives[this.s.dev as 0 | 1];
  }

  /**
   * INTRQ at the host's end of the cable: only the selected drive drives it, and not while nIEN is
   * set (§7.8).
   */
  get intrq(): boolean {
    const d = this.drives[this.s.dev as 0 | 1];
    return d !== null && d.s.intrq && (this.s.control & CONTROL_BIT.NIEN) === 0;
  }

  /** Power-on or RESET-: both drives. */
  hardReset(): void {
    for (const d of this.drives) d?.hardReset();
  }

  /** Status of the selected position. */
  private get status(): number {
    const d = this.selected;
    return d === null ? this.absent(0) : d.s.status;
  }

  /**
   * What an absent drive's register reads: device 0 answers for device 1 (§9.16) with `forOther`;
   * otherwise nobody drives the lines.
   */
  private absent(forOther: number): number {
    return this.empty || this.drives[0] === null ? FLOATING : forOther;
  }

  /**
   * The drive whose registers are read: the selected one, or device 0 in place of an absent device
   * 1 (ATA-6 §9.16). A drive with packets lets all of them read 00h, so that its signature is not
   * seen twice.
   */
  private get answering(): CableDrive | null {
    const other = this.drives[0];
    return this.selected ?? (this.s.dev === 1 && other?.packets === false ? other : null);
  }

  private makeCommandHooks(): BankHooks<CommandRows> {
    type Key = 'count' | 'low' | 'mid' | 'high';
    const register = (key: Key) => {
      const previous = `${key}Previous` as const;
      return {
        value: () => {
          const d = this.answering;
          if (d === null) return this.absent(0);
          return (this.s.control & CONTROL_BIT.HOB) !== 0 ? d.s[previous] : d.s[key];
        },
        read: this.registerRead,
        write: (w: { readonly value: number }, tx: Transaction) => {
          for (const d of this.drives) {
            if (d === null) continue;
            d.s[previous] = d.s[key];
            d.s[key] = w.value;
          }
          this.registerWritten(tx);
        },
      };
    };
    return {
      DATA: {
        value: (size) => this.dataValue(size),
        read: (size, tx) => this.dataRead(size, tx),
        write: (w, tx) => this.dataWritten(w.value, w.size, tx),
      },
      ERROR: { value: () => this.answering?.s.error ?? this.absent(0), read: this.registerRead },
      FEATURES: {
        write: (w, tx) => {
          for (const d of this.drives) {
            if (d === null) continue;
            d.s.featuresPrevious = d.s.features;
            d.s.features = w.value;
          }
          this.registerWritten(tx);
        },
      },
      SECTOR_COUNT: register('count'),
      LBA_LOW: register('low'),
      LBA_MID: register('mid'),
      LBA_HIGH: register('high'),
      DEVICE: {
        value: () => this.answering?.s.device ?? this.absent(0),
        read: this.registerRead,
        write: (w, tx) => {
          for (const d of this.drives) if (d !== null) d.s.device = w.value;
          this.s.dev = (w.value & DEVICE_BIT.DEV) === 0 ? 0 : 1;
          this.registerWritten(tx);
          this.onDmaRequest();
        },
      },
      STATUS: {
        value: () => this.status,
        read: (_size, tx) => {
          this.counters.statusReads++;
          const d = this.selected;
          if (d !== null) d.s.intrq = false;
          this.spend(tx);
        },
      },
      COMMAND: {
        write: (w, tx) => {
          this.counters.commands++;
          this.registerWritten(tx);
          this.command(w.value);
        },
      },
    };
  }

  private readonly registerRead = (_size: number, tx: Transaction): void => {
    this.counters.registerReads++;
    this.spend(tx);
  };

  /** Any write to the command block ends HOB (§7.8). */
  private registerWritten(tx: Transaction): void {
    this.counters.registerWrites++;
    this.s.control &= ~CONTROL_BIT.HOB;
    this.spend(tx);
  }

  private command(code: number): void {
    if ((this.s.control & CONTROL_BIT.SRST) !== 0) return;
    if (code === COMMAND.EXECUTE_DEVICE_DIAGNOSTIC) {
      this.s.dev = 0;
      for (const d of this.drives) d?.diagnose();
      return;
    }
    this.selected?.command(code);
  }

  private writeControl(value: number, tx: Transaction): void {
    this.counters.registerWrites++;
    const was = this.s.control & CONTROL_BIT.SRST;
    const is = value & CONTROL_BIT.SRST;
    this.s.control = value & (CONTROL_BIT.NIEN | CONTROL_BIT.SRST | CONTROL_BIT.HOB);
    if (was === 0 && is !== 0) {
      this.s.dev = 0;
      for (const d of this.drives) d?.softReset();
    } else if (was !== 0 && is === 0) {
      for (const d of this.drives) d?.endSoftReset();
    }
    this.spend(tx);
  }

  /** Time of an 8-bit register access: it waits for the cable, and the host's bus waits with it. */
  private spend(tx: Transaction): void {
    const now = this.sim.scheduler.now;
    const end = Math.max(now + tx.ticks, this.s.cableFree) + this.timing.register;
    this.s.cableFree = end;
    this.finish(tx, now, end);
  }

  private finish(tx: Transaction, now: Ticks, end: Ticks): void {
    tx.ticks = end - now;
    const bus = this.owner.bus();
    if (bus !== null && bus.busyUntil < end) bus.busyUntil = end;
  }

  // --- The data port: the hottest path of the machine.

  private dataValue(size: number): number {
    const d = this.drives[this.s.dev as 0 | 1];
    if (d === null) return this.absent(0);
    const s = d.s;
    if (s.phase !== PIO_IN) return 0;
    return size === 2
      ? d.view.getUint16(s.index, true)
      : size === 4
        ? d.view.getUint32(s.index, true)
        : d.buffer[s.index];
  }

  private dataRead(size: number, tx: Transaction): void {
    const c = this.s;
    const dev = c.dev as 0 | 1;
    const d = this.drives[dev];
    const now = this.sim.scheduler.now;
    const cycle = size === 4 ? 2 * this.timing.pio[dev] : this.timing.pio[dev];
    if (size === 4) this.counters.dataReads32++;
    else this.counters.dataReads16++;
    const at = now + tx.ticks;
    let end = at > c.cableFree ? at : c.cableFree;
    if (d === null || d.s.phase !== PIO_IN) {
      if (d !== null) this.owner.note('ata-read-before-drq', `${this.name}: data were read while DRQ was clear`);
      end += cycle;
      c.cableFree = end;
    } else {
      const s = d.s;
      // The first read of a sector is a demand read; each one starts the prefetch of the next
      // within the sector (82371AB §9.3; 82371SB alike).
      const prefetch = this.timing.prefetch[dev];
      if (!prefetch || (s.index & IN_SECTOR) === 0) end += cycle;
      s.index += size === 4 ? 4 : 2;
      c.cableFree = prefetch && (s.index & IN_SECTOR) !== 0 ? end + cycle : end;
      if (s.index >= s.end) d.data.blockRead();
    }
    this.finish(tx, now, end);
  }

  private dataWritten(value: number, size: number, tx: Transaction): void {
    const c = this.s;
    const dev = c.dev as 0 | 1;
    const d = this.drives[dev];
    const now = this.sim.scheduler.now;
    const cycle = size === 4 ? 2 * this.timing.pio[dev] : this.timing.pio[dev];
    if (size === 4) this.counters.dataWrites32++;
    else this.counters.dataWrites16++;
    const at = now + tx.ticks;
    let end = at > c.cableFree ? at : c.cableFree;
    c.cableFree = end + cycle;
    // A posted write ends for the host as soon as the buffer takes it.
    if (!this.timing.prefetch[dev]) end += cycle;
    if (d !== null && d.s.phase !== PHASE.PIO_OUT) {
      const rule = 'ata-data-before-drq';
      this.owner.note(rule, breach(this.sim, rule, `${this.name}: data were written while DRQ was clear`));
      if (forgives(this.sim, rule)) d.askForDataNow();
    }
    if (d !== null && d.s.phase === PHASE.PIO_OUT) {
      const s = d.s;
      if (size === 4) {
        d.view.setUint32(s.index, value, true);
        s.index += 4;
      } else {
        d.view.setUint16(s.index, value, true);
        s.index += 2;
      }
      if (s.index >= s.end) d.data.blockWritten();
    }
    this.finish(tx, now, end);
  }
}
