import type { EngineMemory } from '../ir/engine-memory.ts';
import type { AddressSpace } from '../mem/address-space.ts';
import type { Ram } from '../mem/ram.ts';
import { MEMORY_TYPE, Transaction } from '../mem/transaction.ts';

const CACHED = 1024;

/**
 * Physical memory as the page walker sees it: which pages are RAM inside the engine's linear
 * memory, and slow access to all others.
 */
export class PhysicalMemory {
  private readonly memory: AddressSpace;
  private readonly engine: EngineMemory;
  private readonly tx: Transaction;
  private readonly keys = new Float64Array(CACHED).fill(-1);
  private readonly values = new Int32Array(CACHED);

  /**
   * `name`: initiator of the walker's accesses to page tables that are not in RAM. They take no
   * time.
   */
  constructor(memory: AddressSpace, engine: EngineMemory, name: string) {
    this.memory = memory;
    this.engine = engine;
    this.tx = new Transaction(name);
    this.tx.memoryType = MEMORY_TYPE.UC;
  }

  /**
   * Byte address in linear memory of the RAM page at physical `page` (a multiple of 4096), or -1 if
   * it is not writable RAM there.
   */
  hostPage(page: number): number {
    const at = (page >>> 12) & (CACHED - 1);
    if (this.keys[at] === page) return this.values[at];
    const ram = this.memory.ramAt(page, 4096), host = ram === null ? -1 : this.place(ram);
    this.keys[at] = page;
    this.values[at] = host;
    return host;
  }

  /** Where in linear memory the RAM that `ramAt` has just found lies, or -1. */
  private place(ram: Ram): number {
    if (ram.readOnly || ram.bytes.buffer !== this.engine.memory.buffer) return -1;
    const start = ram.bytes.byteOffset + this.memory.ramOffset;
    return start >= this.engine.ramBase && (start & 0xfff) === 0 ? start : -1;
  }

  /**
   * Bytes from physical `from` (a multiple of 4096) on that are writable RAM, one region of it, and
   * stand in linear memory at `ramBase` + their address.
   */
  flatBytes(from: number): number {
    const { memory } = this;
    let least = 4096;
    const ram = memory.ramAt(from, least);
    if (ram === null || this.place(ram) !== this.engine.ramBase + from) return 0;
    let most = ram.bytes.length - memory.ramOffset;
    while (least < most) {
      const middle = Math.ceil((least + most) / 2);
      if (memory.ramAt(from, middle) !== null) least = middle;
      else most = middle - 1;
    }
    return least;
  }

  /** Forgets what it found: the memory map has changed. */
  changed(): void {
    this.keys.fill(-1);
  }

  read32(address: number): number {
    return this.memory.read(address, 4, this.tx) | 0;
  }

  write32(address: number, value: number): void {
    this.memory.write(address, 4, value >>> 0, this.tx);
  }
}
