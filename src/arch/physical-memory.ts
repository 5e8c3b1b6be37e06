import type { EngineMemory } from '../ir/engine-memory.ts';
import type { AddressSpace } from '../mem/address-space.ts';
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
    const ram = this.memory.ramAt(page, 4096);
    let host = -1;
    if (ram !== null && !ram.readOnly && ram.bytes.buffer === this.engine.memory.buffer) {
      const start = ram.bytes.byteOffset + this.memory.ramOffset;
      if (start >= this.engine.ramBase && (start & 0xfff) === 0) host = start;
    }
    this.keys[at] = page;
    this.values[at] = host;
    return host;
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
