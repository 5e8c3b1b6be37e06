import { AddressSpace } from '../../src/mem/address-space.ts';
import { Transaction, type Target } from '../../src/mem/transaction.ts';
import type { IrqLine, IrqSink } from '../../src/irq/line.ts';
import type { Component } from '../../src/sim/component.ts';
import { Scheduler } from '../../src/sim/scheduler.ts';
import { Trace, type TraceRecord } from '../../src/sim/trace.ts';

/**
 * A bench for device tests: scheduler, trace, a memory and an I/O space, and an initiator; no
 * processor.
 */
export class DeviceBench {
  readonly scheduler = new Scheduler();
  readonly trace = new Trace();
  readonly memory = new AddressSpace('memory', 32, this);
  readonly io = new AddressSpace('io', 16, this);
  readonly tx = new Transaction('bench');

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
  mapIo(base: number, size: number, target: Target, offset = 0): void {
    this.io.map(base, size, target, { offset });
  }
  /** Records everything that is traced from now on (copies). */
  record(): TraceRecord[] {
    const records: TraceRecord[] = [];
    this.trace.listen((r) => records.push({ ...r }));
    return records;
  }
}

/** Counts rising edges and remembers the level of a line. */
export class IrqProbe implements IrqSink {
  level = false;
  rising = 0;
  constructor(line?: IrqLine) {
    line?.connect(this, 0);
  }
  irqLevel(_input: number, level: boolean): void {
    if (level && !this.level) this.rising++;
    this.level = level;
  }
}
