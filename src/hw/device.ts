import { allOnes } from '../bits/field.ts';
import { Component, type Simulation } from '../sim/component.ts';
import { breach, forgives, type RuleName } from '../sim/forgive.ts';
import type { SimEvent } from '../sim/scheduler.ts';
import { Ram } from '../mem/ram.ts';
import { IrqLine, type IrqSink } from '../irq/line.ts';
import type { PictureTap, VideoOutput } from '../host/video.ts';
import type { Guard, Target } from '../mem/transaction.ts';
import { Bank, type BankHooks, type BankOptions } from '../reg/bank.ts';
import type { Layout, Registers } from '../reg/layout.ts';
import type { DmaRequester } from './dma/isa-dma.ts';
import { DmaPort, type CompletionAction, type DmaCompletion, type DmaPortOptions } from './dma-port.ts';

/** What every bus master counts. */
const DEVICE_COUNTERS = {
  deviceBytes: 'data that devices moved to or from memory themselves (descriptors not included)',
  deviceTransfers: 'bus transactions in which they did, descriptor fetches included',
} as const;

/** Options of a register bank of a device. */
export interface RegsOptions extends Omit<BankOptions, 'guard' | 'after'> {
  /**
   * Stored values survive reset (battery-backed registers, or a chip whose reset pin leaves them
   * alone).
   */
  keep?: boolean;
}

/**
 * A device: registers as rows with hooks, outputs computed from state, named events and DMA
 * completions. It knows no address, no interrupt number and no host: the board binds them.
 */
export abstract class Device extends Component {
  /** Set while the device is accessed or its DMA is on the bus: the one guard against re-entry. */
  readonly guard: Guard = { engaged: false };
  /** Register banks by name, for the memory map, the fidelity page and the panels. */
  readonly banks = new Map<string, Bank>();
  /** Everything of this device that can be mapped into an address space. */
  readonly targets = new Set<Target>();
  readonly dmaPorts: DmaPort[] = [];
  readonly irqLines: IrqLine[] = [];
  /** The output of a display card: what a monitor shows. */
  readonly video: VideoOutput | null = null;
  /** Of a display card: who gets the pictures that its beam finishes. The machine sets it. */
  pictures: PictureTap | null = null;
  /** Ports all of whose bytes are data. */
  private readonly bytesBy: DmaPort[] = [];

  constructor(name: string, sim: Simulation) {
    super(name, sim);
  }

  /**
   * Outputs (interrupt lines, pins) computed from state. The framework runs it after every register
   * access, event, input change and DMA completion, after reset and after a restore.
   */
  protected outputs(): void {}

  /** Declares a register bank: rows and hooks. */
  protected regs<R extends Registers>(
    name: string,
    layout: Layout<R>,
    hooks: BankHooks<R>,
    options: RegsOptions = {},
  ): Bank<R> {
    const bank = new Bank<R>(`${this.name}.${name}`, layout, hooks, {
      ...options, guard: this.guard,
      after: this.outputs === Device.prototype.outputs ? null : this.outputs.bind(this),
    });
    this.state.declare(`regs.${name}`, { values: bank.values, locked: bank.locked }, options.keep ?? false);
    this.banks.set(name, bank);
    this.targets.add(bank);
    return bank;
  }

  /** Declares a target that is no register bank: a buffer, a window. */
  protected target<T extends Target>(target: T): T {
    this.targets.add(target);
    return target;
  }

  /** Declares an interrupt (or other one-bit) output. */
  protected irqOut(name: string): IrqLine {
    const line = new IrqLine(`${this.name}.${name}`, this.sim);
    this.irqLines.push(line);
    return line;
  }

  /** Declares a one-bit input array; `changed` runs when a level changes, then `outputs`. */
  protected irqIn(changed: (input: number, level: boolean) => void): IrqSink {
    return {
      irqLevel: (input, level) => {
        changed(input, level);
        this.outputs();
      },
    };
  }

  /** Declares a named event; `outputs` runs after it. */
  protected override event(name: string, action: () => void, priority = 0): SimEvent {
    return super.event(
      name,
      () => {
        action();
        this.outputs();
      },
      priority,
    );
  }

  /** Declares a bus-master port. */
  protected dmaPort(name: string, options: DmaPortOptions): DmaPort {
    const port = new DmaPort(`${this.name}.${name}`, this.sim, this.guard, options);
    this.cells(`dma.${name}`, port.cells);
    if (this.dmaPorts.length === 0) this.countTransfers();
    this.dmaPorts.push(port);
    if (options.countsData !== true) this.bytesBy.push(port);
    return port;
  }

  private countTransfers(): void {
    const { deviceBytes, deviceTransfers } = DEVICE_COUNTERS;
    this.counter('deviceTransfers', '', deviceTransfers, () => {
      return this.dmaPorts.reduce((sum, p) => sum + p.counters.bursts, 0);
    });
    this.counter('deviceBytes', 'B', deviceBytes, () => {
      return this.bytesBy.reduce((sum, p) => sum + p.counters.bytes, this.dataBytes());
    });
  }

  /** Bytes of data that went through ports declared with `countsData`. */
  protected dataBytes(): number {
    return 0;
  }

  /**
   * Declares plain memory of the device: a target to map, and state. A reset brings the contents
   * back that it was declared with.
   */
  protected memory(name: string, bytes: Uint8Array): Ram {
    this.cells(`memory.${name}`, { bytes });
    return this.target(new Ram(`${this.name}.${name}`, bytes));
  }

  /**
   * Declares a DMA completion: a named member that gets the STATUS of the transfer; `outputs` runs
   * after it.
   */
  protected completion(port: DmaPort, name: string, action: CompletionAction): DmaCompletion {
    return port.completion(name, (status, aborted) => {
      action(status, aborted);
      this.outputs();
    });
  }

  /**
   * Declares the device's end of a DREQ/DACK# pair of an ISA DMA controller; `outputs` sets `dreq`
   * and runs after each cycle. What is not given: a read gives ones, a write is lost.
   */
  protected isaDma(
    name: string,
    cycles: {
      read?: (size: number, terminal: boolean) => number;
      write?: (size: number, value: number, terminal: boolean) => void;
      verify?: (terminal: boolean) => void;
    },
  ): DmaRequester {
    return {
      dreq: this.irqOut(name),
      dack: {
        name: this.name,
        guard: this.guard,
        dackRead: (size, terminal) => {
          const value = cycles.read?.(size, terminal) ?? allOnes(size);
          this.outputs();
          return value;
        },
        dackWrite: (size, value, terminal) => {
          cycles.write?.(size, value, terminal);
          this.outputs();
        },
        dackVerify: (terminal) => {
          cycles.verify?.(terminal);
          this.outputs();
        },
      },
    };
  }

  /** Notes something that software did wrong or that is worth seeing. */
  protected note(what: string, detail: string): void {
    this.sim.trace.note(this.sim.scheduler.now, this.name, what, detail);
  }

  /**
   * Software broke a rule that can be forgiven: notes it, and says whether to do as if it had not.
   */
  protected broken(rule: RuleName, what: string): boolean {
    this.note(rule, breach(this.sim, rule, what));
    return forgives(this.sim, rule);
  }

  override get atWork(): boolean {
    return this.dmaPorts.some((p) => p.active);
  }

  override resetEnter(): void {
    super.resetEnter();
    for (const p of this.dmaPorts) p.abort();
    this.guard.engaged = false;
  }

  override resetHold(): void {
    this.outputs();
  }

  /**
   * Runs after the states of all components were restored: mappings and other derived things follow
   * state again. Lines already have their levels.
   */
  restored(): void {}
}
