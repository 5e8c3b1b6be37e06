import { AddressSpace } from '../mem/address-space.ts';
import { Transaction, type Target } from '../mem/transaction.ts';
import type { IrqLine, IrqSink } from '../irq/line.ts';
import type { DmaPort } from '../hw/dma-port.ts';
import type { Component } from '../sim/component.ts';
import { Scheduler } from '../sim/scheduler.ts';
import type { RuleName } from '../sim/forgive.ts';
import { Trace } from '../sim/trace.ts';
import { Ram } from '../mem/ram.ts';
import { Recording } from './recording.ts';

/**
 * A bench for device tests: scheduler, trace, a memory and an I/O space, and an initiator; no
 * processor.
 */
export class DeviceBench {
  readonly trace = new Trace();
  readonly scheduler = new Scheduler(this.trace);
  /** Rules of devices that are not kept; all are, unless a test says otherwise. */
  forgiven: ReadonlySet<RuleName> = new Set();
  readonly memory = new AddressSpace('memory', 32, this);
  readonly io = new AddressSpace('io', 16, this);
  /** The bench's own accesses, as a processor's. */
  readonly tx = new Transaction('bench');
  private readonly recordings: Recording[] = [];

  /** Resets components in three phases. */
  reset(...components: Component[]): void {
    for (const c of components) c.resetEnter();
    for (const c of components) c.resetHold();
    for (const c of components) c.resetExit();
  }
  /** Lets `ticks` of simulated time pass. */
  run(ticks: number): void {
    this.scheduler.runUntil(this.scheduler.now + ticks);
  }
  /** Runs until the condition holds or `limit` ticks have passed; returns whether it holds. */
  until(condition: () => boolean, limit: number): boolean {
    const end = this.scheduler.now + limit;
    while (!condition()) {
      const next = this.scheduler.nextTime;
      if (next > end) return false;
      this.scheduler.runUntil(next);
    }
    return true;
  }
  inb(port: number): number {
    return this.io.read(port, 1, this.tx);
  }
  inw(port: number): number {
    return this.io.read(port, 2, this.tx);
  }
  inl(port: number): number {
    return this.io.read(port, 4, this.tx);
  }
  outb(port: number, value: number): void {
    this.io.write(port, 1, value, this.tx);
  }
  outw(port: number, value: number): void {
    this.io.write(port, 2, value, this.tx);
  }
  outl(port: number, value: number): void {
    this.io.write(port, 4, value, this.tx);
  }
  /** Reads 1, 2 or 4 bytes of the memory space. */
  readMemory(address: number, size: 1 | 2 | 4 = 4): number {
    return this.memory.read(address, size, this.tx);
  }
  writeMemory(address: number, value: number, size: 1 | 2 | 4 = 4): void {
    this.memory.write(address, size, value, this.tx);
  }
  mapIo(base: number, size: number, target: Target, offset = 0): void {
    this.io.map(base, size, target, { offset });
  }
  mapMemory(base: number, size: number, target: Target, offset = 0): void {
    this.memory.map(base, size, target, { offset });
  }
  /** Puts RAM into the memory space; its bytes. */
  addRam(base: number, size: number, name = 'ram'): Uint8Array {
    const ram = new Ram(name, new Uint8Array(size));
    this.memory.map(base, size, ram);
    return ram.bytes;
  }
  /** Lets a DMA port see the memory space, with no bus between. */
  bindDma(port: DmaPort): void {
    port.bind({ space: this.memory, bus: null, latency: 0, enabled: () => true });
  }
  /** A probe at the end of a line. */
  probe(line: IrqLine): IrqProbe {
    return new IrqProbe(line, (name, level) => {
      const record = { kind: 'level', id: this.trace.cause, line: name, level, time: this.scheduler.now } as const;
      for (const r of this.recordings) r.take(record);
    });
  }
  /**
   * Records transactions, notes and the levels at probes from now on. Each call begins a recording
   * of its own.
   */
  record(): Recording {
    const recording = new Recording(this.trace);
    this.recordings.push(recording);
    return recording;
  }
}

/** Counts rising edges and remembers the level of a line. */
export class IrqProbe implements IrqSink {
  readonly name: string;
  level = false;
  rising = 0;
  private readonly seen: (line: string, level: boolean) => void;

  constructor(line?: IrqLine, seen: (line: string, level: boolean) => void = () => {}) {
    this.name = line?.name ?? '';
    this.seen = seen;
    line?.connect(this, 0);
  }
  irqLevel(_input: number, level: boolean): void {
    if (level && !this.level) this.rising++;
    this.level = level;
    this.seen(this.name, level);
  }
}
