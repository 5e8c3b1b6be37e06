import type { AddressSpace } from '../mem/address-space.ts';
import { MEMORY_TYPE, MEMORY_TYPE_NAMES, type Transaction } from '../mem/transaction.ts';
import type { WriteCombiningBuffers } from '../mem/write-combining.ts';

const UC = MEMORY_TYPE.UC, WC = MEMORY_TYPE.WC;
/** Types that let a cache hold the memory, as bits. */
const CACHEABLE = (1 << MEMORY_TYPE.WT) | (1 << MEMORY_TYPE.WP) | (1 << MEMORY_TYPE.WB);

/**
 * How a processor makes an access over the bus: simulated time is brought up to it, and goes on.
 * Main memory is reached without, but a card's memory is not, though it is a `Ram`, too.
 */
export interface TimedAccess {
  begin(memoryType: number): void;
  settle(): void;
  note(what: string, detail: string): void;
}

/**
 * What memory types mean for accesses over the bus (SDM vol. 3A, 11.3): stores of type WC wait in
 * buffers; an uncached access comes after all that is in them, one of another type after what is
 * stored to the same line. There is no cache: WT, WP and WB on a card cost what UC costs, which is
 * noted once (`uncached`). That a cached access drains nothing is 11.3.1's list, which names none.
 */
export class MemoryTypeRules {
  private readonly access: TimedAccess;
  private readonly tx: Transaction;
  private readonly space: AddressSpace;
  private readonly buffers: WriteCombiningBuffers;
  /** Declared by the processor. */
  readonly cells: { cacheNoted: boolean } = { cacheNoted: false };

  /** @param tx of the processor, as `access` begins it */
  constructor(access: TimedAccess, tx: Transaction, space: AddressSpace, buffers: WriteCombiningBuffers) {
    this.access = access;
    this.tx = tx;
    this.space = space;
    this.buffers = buffers;
  }

  /** A store of type WC: it stays in a buffer until its line leaves. */
  combine(address: number, size: number, value: number): void {
    if (!this.buffers.merged(address, size, value)) this.place(address, size, value);
  }

  /** As `combine`, where the store was not `merged`. */
  place(address: number, size: number, value: number): void {
    const { access } = this;
    access.begin(WC);
    this.buffers.write(address, size, value, this.tx);
    access.settle();
  }

  /** All that waits leaves, and the processor waits for it. */
  drain(): void {
    const { access, buffers } = this;
    if (!buffers.pending) return;
    access.begin(WC);
    buffers.drain(this.tx);
    access.settle();
  }

  /** In front of an access that is not a store of type WC: what comes first, leaves. */
  before(address: number, size: number, memoryType: number): void {
    if (((CACHEABLE >> memoryType) & 1) !== 0 && !this.cells.cacheNoted) this.noteCacheable(address, memoryType);
    if (!this.buffers.pending) return;
    if (memoryType === UC) this.drain();
    else this.expose(address, size);
  }

  private expose(address: number, size: number): void {
    const { access } = this;
    access.begin(WC);
    this.buffers.expose(address, size, this.tx);
    access.settle();
  }

  /** On a bus only: main memory that the host bridge closes to writes is no card's. */
  private noteCacheable(address: number, memoryType: number): void {
    const region = this.space.find(address);
    if (region === null || region.bus === null) return;
    this.cells.cacheNoted = true;
    this.access.note(
      'uncached', `${region.name}: type ${MEMORY_TYPE_NAMES[memoryType]} at 0x${address.toString(16)} costs ` +
        'what UC costs: no cache is modelled',
    );
  }
}
