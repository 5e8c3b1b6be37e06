import type { InputPin, IrqLine } from '../../irq/line.ts';
import type { AddressSpace } from '../../mem/address-space.ts';
import type { Region } from '../../mem/region.ts';
import type { Bus } from '../../mem/bus.ts';
import { Ram } from '../../mem/ram.ts';
import { STATUS, type Target } from '../../mem/transaction.ts';
import type { Bank, BankHooks, BankView, Hooks } from '../../reg/bank.ts';
import type { Fields, Layout, Registers } from '../../reg/layout.ts';
import type { Clock } from '../../sim/clock.ts';
import type { Component } from '../../sim/component.ts';
import { Device } from '../device.ts';
import type { CompletionAction, DmaCompletion, DmaPort } from '../dma-port.ts';

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

/** Offset of the command register, and its bits (PCI 2.2 §6.2.2). */
const COMMAND = 0x04, COMMAND_IO = 1, COMMAND_MEM = 2, COMMAND_BME = 4, COMMAND_INTX_DISABLE = 0x400;
/** Status register bits (PCI 2.2 §6.2.3). */
const STATUS_RTA = 0x1000, STATUS_RMA = 0x2000;
const LATENCY_TIMER = 0x0d;
/** Base address registers (PCI 2.2 §6.2.5): six from 10h on, and that of the expansion ROM. */
const FIRST_BAR = 0x10, LAST_BAR = 0x24, ROM_BAR = 0x30;
/** Flags of a base address register: I/O; memory of 64 address bits; bit 0 of the ROM's enables. */
const BAR_IO = 1, BAR_64 = 4, ROM_ENABLE = 1;

/**
 * A function of a PCI device: a configuration space (rows as in `spec.ts`, with at least COMMAND
 * and STATUS) and the ranges that it decodes, which follow the base address registers and the
 * command register. The bus maps them when the function is put into a slot. A subclass declares its
 * rows once, `readonly config = this.configSpace(ROWS)`, and says what stands behind each base
 * address register with `bar`; size and kind are the row's.
 */
export abstract class PciFunction extends Device {
  /** The 256 bytes of configuration space. */
  abstract readonly config: Bank;
  /** INTA#-INTD# that the function drives, by pin number 1-4. */
  readonly intx = new Map<number, IrqLine>();
  /**
   * What stands behind the card's connectors and is its own, such as a wire and who is at its other
   * end: goes onto the board with it. Complete before it is put into a slot.
   */
  parts: readonly Component[] = [];
  /** Lines of those parts that end on the card: `to` names what they are wired to. */
  partWires: readonly { readonly line: IrqLine; readonly pin: InputPin; readonly to: string }[] = [];
  /** The bus's clock, once it is in a slot. */
  override clock: Clock | null = null;
  /** The bus whose time its DMA and its ranges take; null before it is put into a slot. */
  protected pciBus: Bus | null = null;
  private readonly ranges: Range[] = [];
  private command: { value: number } = { value: 0 };
  private pciStatus: { value: number } = { value: 0 };
  private mlt: { readonly value: number } | null = null;
  private space: Bank | null = null;

  /** Declares the configuration space. Unnamed bytes read 0 (PCI 2.2 §6.1). */
  protected configSpace<R extends Registers>(layout: Layout<R>, hooks: BankHooks<R> = {}): Bank<R> {
    const all: Record<string, Hooks<Fields>> = { ...(hooks as Record<string, Hooks<Fields>>) };
    for (const [name, { offset }] of Object.entries(layout.registers)) {
      if (offset !== COMMAND && offset !== ROM_BAR && (offset < FIRST_BAR || offset > LAST_BAR)) continue;
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
    this.space = bank;
    const view: BankView<Registers> = this.space.r;
    this.command = view['COMMAND'];
    this.pciStatus = view['STATUS'];
    const timer = Object.entries(layout.registers).find(([, { offset }]) => offset === LATENCY_TIMER);
    if (timer !== undefined) this.mlt = view[timer[0]];
    return bank;
  }

  /**
   * Says what stands behind a base address register, by the name of its row (`ioBar`, `memoryBar`,
   * `memoryBar64` with its `upperBar`, `romBar`). Kind and size are those of the row. A base of 0
   * is not decoded.
   * @throws Error if memory is not as long as the row says
   */
  protected bar(row: string, target: Target): void {
    const register = this.space?.layout.registers[row];
    const size = register?.options.covers;
    if (this.space === null || register === undefined || size === undefined)
      throw new Error(`${this.name}: configuration space has no base address register ${row}`);
    if (target instanceof Ram && target.bytes.length !== size)
      throw new Error(`${this.name}: ${row} covers ${size} bytes, ${target.name} has ${target.bytes.length}`);
    const low = this.space.r[row];
    const rom = register.offset === ROM_BAR;
    const kind = !rom && (low.value & BAR_IO) !== 0 ? 'io' : 'memory';
    const upper = kind === 'memory' && !rom && (low.value & BAR_64) !== 0 ? this.rowAt(register.offset + 4) : null;
    const flags = kind === 'io' ? 3 : rom ? 0x7ff : 15;
    const base = (): number => (upper === null ? 0 : upper.value * 2 ** 32) + ((low.value & ~flags) >>> 0);
    const enabled = rom ? () => (low.value & ROM_ENABLE) !== 0 && base() !== 0 : () => base() !== 0;
    this.target(target);
    this.ranges.push({ kind, size, target, name: target.name, base, enabled, region: null });
  }

  /** Puts plain memory behind a base address register; its contents are in snapshots. */
  protected barMemory(row: string, name: string, bytes: Uint8Array): Ram {
    const ram = this.memory(name, bytes);
    this.bar(row, ram);
    return ram;
  }

  /**
   * Puts an image behind the expansion ROM's base address register (PCI 2.2 §6.2.5.2). Where it
   * ends before the register's range does, FFh is read, as from an erased chip.
   */
  protected rom(row: string, image: Uint8Array): void {
    const size = this.space?.layout.registers[row]?.options.covers ?? 0;
    const chip = new Uint8Array(Math.max(size, image.length)).fill(0xff);
    chip.set(image);
    this.bar(row, this.target(new Ram(`${this.name}.rom`, chip, true)));
  }

  private rowAt(offset: number): { readonly value: number } {
    const found = Object.entries(this.space?.layout.registers ?? {}).find(([, r]) => r.offset === offset);
    if (this.space === null || found === undefined)
      throw new Error(`${this.name}: a memory base address register of 64 bits needs an upper half at ${offset}`);
    return this.space.r[found[0]];
  }

  /** Declares a range at a fixed address that the function decodes while `enabled`. */
  protected fixedRange(
    kind: 'io' | 'memory',
    base: number, size: number, target: Target,
    enabled: () => boolean,
  ): void {
    this.ranges.push({ kind, size, target, name: target.name, base: () => base, enabled, region: null });
  }

  /** @internal What its ranges reach. */
  get decoded(): readonly Target[] {
    return this.ranges.map((r) => r.target);
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

  /** Its latency timer, in clocks of the bus; 0 if it has none (PCI 2.2 §6.2.4). */
  get latencyTimer(): number {
    return this.mlt?.value ?? 0;
  }

  /** Bus Master Enable: whether the function may begin transactions. */
  get mayMaster(): boolean {
    return (this.command.value & COMMAND_BME) !== 0;
  }

  /**
   * Records how a transaction that this function began has ended (PCI 2.2 §6.2.3: received master
   * abort, received target abort).
   */
  private recordAbort(status: number): void {
    if (status === STATUS.DECODE_ERROR) this.pciStatus.value |= STATUS_RMA;
    else if (status !== STATUS.OK) this.pciStatus.value |= STATUS_RTA;
  }

  /**
   * Declares a DMA completion. If its transaction was aborted, that stands in the status register
   * before `action` runs.
   */
  protected override completion(port: DmaPort, name: string, action: CompletionAction): DmaCompletion {
    return super.completion(port, name, (status, aborted) => {
      if (aborted) this.recordAbort(status);
      action(status, aborted);
    });
  }

  /** Software has switched INTx off (PCI 2.3 §6.2.2, bit 10 of the command register). */
  protected get intxDisabled(): boolean {
    return (this.command.value & COMMAND_INTX_DISABLE) !== 0;
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
