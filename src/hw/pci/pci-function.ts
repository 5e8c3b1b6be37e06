import type { IrqLine } from '../../irq/line.ts';
import type { AddressSpace, Region } from '../../mem/address-space.ts';
import type { Bus } from '../../mem/bus.ts';
import { STATUS, type Target } from '../../mem/transaction.ts';
import type { Bank, BankHooks, BankView, Hooks } from '../../reg/bank.ts';
import type { Fields, Layout, Registers } from '../../reg/layout.ts';
import type { Clock } from '../../sim/clock.ts';
import { Device } from '../device.ts';

/** Where a function's ranges are decoded. */
export interface PciDecode {
  memory: AddressSpace;
  io: AddressSpace;
  bus: Bus;
}

/** A range that a function decodes: behind a base address register, or fixed (a legacy range). */
interface Range {
  readonly kind: 'io' | 'memory';
  readonly size: number;
  readonly target: Target;
  readonly name: string;
  /** Base now. */
  readonly base: () => number;
  /** Beside the command register's enable bit. */
  readonly enabled: () => boolean;
  region: Region | null;
}

/** Command register bits (PCI 2.2 §6.2.2). */
const COMMAND_IO = 1, COMMAND_MEM = 2, COMMAND_BME = 4;
/** Status register bits (PCI 2.2 §6.2.3). */
const STATUS_RTA = 0x1000, STATUS_RMA = 0x2000;

/**
 * A function of a PCI device: a configuration space (rows named as in `spec.ts`, with at least
 * COMMAND and STATUS) and the ranges that it decodes, which follow the base address registers and
 * the command register. The bus maps them when the function is put into a slot.
 */
export abstract class PciFunction extends Device {
  /** The 256 bytes of configuration space. */
  abstract readonly config: Bank<Registers>;
  /** INTA#-INTD# that the function drives, by pin number 1-4. */
  readonly intx = new Map<number, IrqLine>();
  /** The bus's clock, once it is in a slot. */
  override clock: Clock | null = null;
  /** The bus whose time its DMA and its ranges take; null before it is put into a slot. */
  protected pciBus: Bus | null = null;
  private readonly ranges: Range[] = [];
  private command: { value: number } = { value: 0 };
  private pciStatus: { value: number } = { value: 0 };

  /** Declares the configuration space. Unnamed bytes read 0 (PCI 2.2 §6.1). */
  protected configSpace<R extends Registers>(layout: Layout<R>, hooks: BankHooks<R>): Bank<R> {
    const all: Record<string, Hooks<Fields>> = { ...(hooks as Record<string, Hooks<Fields>>) };
    for (const name of Object.keys(layout.registers)) {
      if (name !== 'COMMAND' && !name.startsWith('BAR')) continue;
      const own = all[name]?.write;
      all[name] = {
        ...all[name],
        write: (w, tx) => {
          own?.(w, tx);
          this.decode();
        },
      };
    }
    const bank = this.regs('config', layout, all as BankHooks<R>, { unclaimedValue: 'zero' });
    const view = bank.r as unknown as BankView<Registers>;
    this.command = view['COMMAND'];
    this.pciStatus = view['STATUS'];
    return bank;
  }

  /**
   * Declares what stands behind a base address register row (`ioBar`, `memoryBar`). A base of 0 is
   * not decoded.
   */
  protected bar(kind: 'io' | 'memory', size: number, register: { readonly value: number }, target: Target): void {
    const flags = kind === 'io' ? 3 : 15;
    const base = (): number => (register.value & ~flags) >>> 0;
    this.ranges.push({ kind, size, target, name: target.name, base, enabled: () => base() !== 0, region: null });
  }

  /** Declares a range at a fixed address that the function decodes while `enabled`. */
  protected fixedRange(
    kind: 'io' | 'memory',
    base: number, size: number, target: Target,
    enabled: () => boolean,
  ): void {
    this.ranges.push({ kind, size, target, name: target.name, base: () => base, enabled, region: null });
  }

  /** @internal The bus puts the function into a slot. */
  attach(where: PciDecode): void {
    this.pciBus = where.bus;
    this.clock = where.bus.clock;
    for (const r of this.ranges) {
      const space = r.kind === 'io' ? where.io : where.memory;
      // System RAM is decoded before anything on PCI, so ranges of functions stand below it.
      r.region = space.map(0, r.size, r.target, { name: r.name, bus: where.bus, priority: -1, disabled: true });
    }
    this.spaceEnds = { io: 2 ** where.io.bits, memory: 2 ** where.memory.bits };
    this.decode();
  }
  private spaceEnds = { io: 0, memory: 0 };

  /** Moves and switches the regions to what the registers say. */
  protected decode(): void {
    for (const r of this.ranges) {
      if (r.region === null) continue;
      const base = r.base();
      const on =
        (this.command.value & (r.kind === 'io' ? COMMAND_IO : COMMAND_MEM)) !== 0 &&
        r.enabled() &&
        base + r.size <= this.spaceEnds[r.kind];
      r.region.set(on ? base : 0, on);
    }
  }

  /** Bus Master Enable: whether the function may begin transactions. */
  get mayMaster(): boolean {
    return (this.command.value & COMMAND_BME) !== 0;
  }

  /**
   * Records how a transaction that this function began has ended (PCI 2.2 §6.2.3: received master
   * abort, received target abort).
   */
  protected recordAbort(status: number): void {
    if (status === STATUS.DECODE_ERROR) this.pciStatus.value |= STATUS_RMA;
    else if (status !== STATUS.OK) this.pciStatus.value |= STATUS_RTA;
  }

  /** Declares an INTx output. */
  protected intxOut(pin: 1 | 2 | 3 | 4): IrqLine {
    const line = this.irqOut(`INT${'ABCD'[pin - 1] as string}#`);
    this.intx.set(pin, line);
    return line;
  }

  override resetHold(): void {
    this.decode();
    super.resetHold();
  }

  override restored(): void {
    super.restored();
    this.decode();
  }
}
