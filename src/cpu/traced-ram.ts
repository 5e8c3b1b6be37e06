import type { Architecture } from '../arch/isa.ts';
import type { EngineMemory } from '../ir/engine-memory.ts';
import type { AddressSpace } from '../mem/address-space.ts';
import type { Transaction } from '../mem/transaction.ts';
import type { Ticks } from '../sim/time.ts';
import type { Trace } from '../sim/trace.ts';

/** What a recorded access says of the instruction at hand. */
export interface AccessMoment {
  /** Its time. */
  readonly instant: Ticks;
  /** Its virtual address. */
  currentLinear(): number;
  /** RAM is about to be written. */
  codeWritten(host: number, length: number): void;
}

/**
 * Accesses of a processor to main memory that are made one by one so that they can be recorded or
 * tallied. They are made as if they were not: they take no time, no counter counts them, and no
 * event runs before them.
 */
export class TracedRam {
  private readonly architecture: Architecture;
  private readonly memory: AddressSpace;
  private readonly engine: EngineMemory;
  private readonly moment: AccessMoment;
  private readonly tx: Transaction;
  private readonly trace: Trace;

  constructor(
    architecture: Architecture, memory: AddressSpace, engine: EngineMemory, moment: AccessMoment, tx: Transaction,
    trace: Trace,
  ) {
    this.architecture = architecture;
    this.memory = memory;
    this.engine = engine;
    this.moment = moment;
    this.tx = tx;
    this.trace = trace;
  }

  /** Whether a physical address is in main memory, which the processor reaches without the bus. */
  holds(address: number): boolean {
    return this.host(address) >= 0;
  }

  read(address: number, size: number, memoryType: number): number {
    const value = valueAt(this.engine.host.view, this.host(address), size);
    this.record(address, size, false, value, memoryType);
    return value;
  }

  write(address: number, size: number, value: number, memoryType: number): void {
    const { view } = this.engine.host, host = this.host(address);
    if (this.architecture.translations.codePages[host >>> 12] !== 0) this.moment.codeWritten(host, size);
    if (size === 4) view.setUint32(host, value, true);
    else if (size === 1) view.setUint8(host, value);
    else view.setUint16(host, value, true);
    this.record(address, size, true, value, memoryType);
  }

  /** Byte address in linear memory, or -1. */
  private host(address: number): number {
    const host = this.architecture.translations.hostPage((address & ~0xfff) >>> 0);
    return host < 0 ? -1 : host + (address & 0xfff);
  }

  private record(address: number, size: number, write: boolean, value: number, memoryType: number): void {
    const { tx, trace } = this;
    tx.memoryType = memoryType;
    this.architecture.describe(tx);
    if (trace.ramTally !== null) trace.ramTally.processor(address, size, write, tx.privileged);
    if (!trace.recordsRam) return;
    tx.pc = this.moment.currentLinear();
    this.memory.recordAccess(address, size, write, value, this.moment.instant, tx);
  }
}

/** 1, 2 or 4 bytes of linear memory, unsigned. */
export function valueAt(view: DataView, at: number, size: number): number {
  return size === 4 ? view.getUint32(at, true) : size === 1 ? view.getUint8(at) : view.getUint16(at, true);
}
