/**
 * Access to memory by virtual address from TypeScript, for any instruction set: what the engine's
 * TLB does not let pass, and what slow operations and the processor itself touch. Little endian.
 */
import { GUEST_FAULT, type FaultRecord } from './guest-fault.ts';
import type { CorePort, GuestAccess, Translations } from './isa.ts';

/** How `load` is meant. */
export const INTENT = { READ: 0, MODIFY: 1 } as const;

export class LinearMemory implements GuestAccess {
  private readonly view: DataView;
  private readonly mmu: Translations;
  private readonly env: CorePort;
  private readonly fault: FaultRecord;

  constructor(view: DataView, mmu: Translations, env: CorePort, fault: FaultRecord) {
    this.view = view;
    this.mmu = mmu;
    this.env = env;
    this.fault = fault;
  }

  /**
   * Loads 1, 2 or 4 bytes (unsigned). intent 1: faults as a write would. On a fault it is recorded
   * (`fault.pending`) and 0 comes back.
   */
  load(address: number, size: number, regime: number, intent: number): number {
    const offset = address & 0xfff;
    if (offset + size > 0x1000) return this.loadAcross(address, size, regime, intent);
    const slot = this.mmu.translate(address, regime, intent);
    if (slot < 0) return 0;
    return this.loadSlot(slot, offset, size);
  }

  /** Loads within the page of a translated slot. */
  loadSlot(slot: number, offset: number, size: number): number {
    const mmu = this.mmu;
    const host = mmu.hosts[slot];
    if (host >= 0) {
      const at = host + offset;
      return size === 4
        ? this.view.getUint32(at, true)
        : size === 1
          ? this.view.getUint8(at)
          : this.view.getUint16(at, true);
    }
    return this.env.busRead((mmu.frames[slot] | offset) >>> 0, size, mmu.memoryType(slot));
  }

  /** Stores 1, 2 or 4 bytes; false if a fault was recorded (then nothing was stored). */
  store(address: number, size: number, value: number, regime: number): boolean {
    const offset = address & 0xfff;
    if (offset + size > 0x1000) return this.storeAcross(address, size, value, regime);
    const slot = this.mmu.translate(address, regime, 1);
    if (slot < 0) return false;
    this.storeSlot(slot, offset, size, value);
    return true;
  }

  /** Stores within the page of a slot translated for writing. */
  storeSlot(slot: number, offset: number, size: number, value: number): void {
    const mmu = this.mmu;
    const host = mmu.hosts[slot];
    if (host < 0) {
      this.env.busWrite(
        (mmu.frames[slot] | offset) >>> 0,
        size,
        size === 4 ? value >>> 0 : size === 2 ? value & 0xffff : value & 0xff,
        mmu.memoryType(slot),
      );
      return;
    }
    const at = host + offset;
    if (mmu.codePages[host >>> 12] !== 0) this.env.codeWritten(at, size);
    if (size === 4) this.view.setInt32(at, value, true);
    else if (size === 1) this.view.setInt8(at, value);
    else this.view.setInt16(at, value, true);
  }

  /**
   * True if `size` bytes (any number) may be written; else the fault is recorded. Nothing is
   * accessed.
   */
  writable(address: number, size: number, regime: number): boolean {
    const last = address + size - 1;
    for (let page = address & ~0xfff; ; page = (page + 0x1000) | 0) {
      if (this.mmu.translate(page === (address & ~0xfff) ? address : page, regime, 1) < 0) return false;
      if (page === (last & ~0xfff)) return true;
    }
  }

  /** True if `size` bytes may be read; else the fault is recorded. */
  readable(address: number, size: number, regime: number): boolean {
    const last = address + size - 1;
    for (let page = address & ~0xfff; ; page = (page + 0x1000) | 0) {
      if (this.mmu.translate(page === (address & ~0xfff) ? address : page, regime, 0) < 0) return false;
      if (page === (last & ~0xfff)) return true;
    }
  }

  private loadAcross(address: number, size: number, regime: number, intent: number): number {
    const first = this.mmu.translate(address, regime, intent);
    if (first < 0) return 0;
    const next = (address + size - 1) & ~0xfff;
    const head = 0x1000 - (address & 0xfff);
    // The second translation may replace the slot of the first only if both pages share it, which
    // neighbours never do.
    const second = this.mmu.translate(next, regime, intent);
    if (second < 0) return 0;
    let value = 0;
    for (let k = 0; k < size; k++) {
      const byte = k < head ? this.loadSlot(first, (address & 0xfff) + k, 1) : this.loadSlot(second, k - head, 1);
      value |= byte << (8 * k);
    }
    return value >>> 0;
  }

  private storeAcross(address: number, size: number, value: number, regime: number): boolean {
    const first = this.mmu.translate(address, regime, 1);
    if (first < 0) return false;
    const next = (address + size - 1) & ~0xfff;
    const head = 0x1000 - (address & 0xfff);
    const second = this.mmu.translate(next, regime, 1);
    if (second < 0) return false;
    for (let k = 0; k < size; k++) {
      if (k < head) this.storeSlot(first, (address & 0xfff) + k, 1, value >>> (8 * k));
      else this.storeSlot(second, k - head, 1, value >>> (8 * k));
    }
    return true;
  }

  /**
   * As `load`, for slow operations: throws GUEST_FAULT. `regime` 0 for the processor's own accesses
   * to tables and task state.
   */
  read(address: number, size: number, regime: number): number {
    const value = this.load(address, size, regime, INTENT.READ);
    if (this.fault.pending) throw GUEST_FAULT;
    return value;
  }

  /** As `store`, for slow operations: throws GUEST_FAULT. */
  write(address: number, size: number, value: number, regime: number): void {
    if (!this.store(address, size, value, regime)) throw GUEST_FAULT;
  }

  /** Throws GUEST_FAULT unless `size` bytes may be written. */
  probeWrite(address: number, size: number, regime: number): void {
    if (!this.writable(address, size, regime)) throw GUEST_FAULT;
  }

  /** Throws GUEST_FAULT unless `size` bytes may be read. */
  probeRead(address: number, size: number, regime: number): void {
    if (!this.readable(address, size, regime)) throw GUEST_FAULT;
  }
}
