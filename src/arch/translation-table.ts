/**
 * The data pages that a core has translated, one direct-mapped table of `TLB_ENTRIES` for each
 * regime, with the geometry of the engine's TLB (`ir/layout.ts`), which is filled from it: whatever
 * the engine's TLB holds is held here too. An instruction set adds the walk that fills a slot.
 */
import { INVALID_TAG, MAP, TLB, TLB_ENTRIES } from '../ir/layout.ts';
import type { Translations } from './isa.ts';
import type { PhysicalMemory } from './physical-memory.ts';

/** In `flags`: the page may be written; the memory type from bit 8 on. Bits 1 to 7 are free. */
export const WRITABLE = 1, TYPE_SHIFT = 8;

export abstract class TranslationTable implements Translations {
  /** Virtual page of each slot (or INVALID_TAG), its physical page, its flags. State. */
  readonly tags: Int32Array;
  readonly frames: Int32Array;
  readonly flags: Int32Array;
  /** Derived from `frames` and the memory map. */
  readonly hosts: Int32Array;
  readonly codePages: Uint8Array;
  /** Every access goes over the bus, so that it is traced. */
  protected overBus = false;
  protected readonly words: Int32Array;
  protected readonly physical: PhysicalMemory;
  /** How many slots there are. */
  protected readonly slots: number;

  constructor(words: Int32Array, physical: PhysicalMemory, regimes: number) {
    this.words = words;
    this.physical = physical;
    this.slots = regimes * TLB_ENTRIES;
    this.tags = new Int32Array(this.slots).fill(INVALID_TAG);
    this.frames = new Int32Array(this.slots);
    this.flags = new Int32Array(this.slots);
    this.hosts = new Int32Array(this.slots).fill(-1);
    this.codePages = new Uint8Array((words.length * 4) >>> 12);
  }

  translate(address: number, regime: number, write: number): number {
    const slot = (regime << 10) | ((address >>> 12) & (TLB_ENTRIES - 1));
    if (this.tags[slot] === (address & ~0xfff) && (write === 0 || (this.flags[slot] & WRITABLE) !== 0)) return slot;
    return this.walk(address, slot, regime, write);
  }

  /** Fills `slot` by `enter` and returns it, or -1 with the fault recorded. */
  protected abstract walk(address: number, slot: number, regime: number, write: number): number;

  /**
   * Enters the page of `address` into a slot; `type` of the page if it turns out to be reached over
   * the bus.
   */
  protected enter(slot: number, address: number, frame: number, rights: number, host: number, type: number): void {
    this.tags[slot] = address & ~0xfff;
    this.frames[slot] = frame;
    this.hosts[slot] = host;
    this.flags[slot] = rights | (type << TYPE_SHIFT);
    this.dropEngine(slot);
  }

  memoryType(slot: number): number {
    return this.flags[slot] >>> TYPE_SHIFT;
  }

  hostPage(page: number): number {
    return this.physical.hostPage(page);
  }

  fillEngine(slot: number): void {
    const host = this.hosts[slot];
    if (host < 0) return;
    const w = this.words, tag = this.tags[slot], at = engineEntry(slot);
    w[at + (TLB.READ >> 2)] = tag;
    w[at + (TLB.WRITE >> 2)] =
      (this.flags[slot] & WRITABLE) !== 0 && this.codePages[host >>> 12] === 0 ? tag : INVALID_TAG;
    w[at + (TLB.ADDEND >> 2)] = host - tag;
  }

  /**
   * Enters the page of an address that has just been translated into the engine's TLB, for those
   * who reach memory through it only.
   */
  offerEngine(address: number, regime: number, write: number): void {
    const slot = (regime << 10) | ((address >>> 12) & (TLB_ENTRIES - 1));
    if (this.tags[slot] === (address & ~0xfff) && (write === 0 || (this.flags[slot] & WRITABLE) !== 0))
      this.fillEngine(slot);
  }

  protected dropEngine(slot: number): void {
    const at = engineEntry(slot);
    this.words[at + (TLB.READ >> 2)] = INVALID_TAG;
    this.words[at + (TLB.WRITE >> 2)] = INVALID_TAG;
  }

  flushEngine(): void {
    this.words.fill(INVALID_TAG, MAP.TLB_SUPERVISOR >> 2, (MAP.TLB_USER + TLB.BYTES) >> 2);
  }

  protect(host: number): void {
    const page = host & ~0xfff;
    this.codePages[page >>> 12] = 1;
    for (let slot = 0; slot < this.slots; slot++)
      if (this.hosts[slot] === page) this.words[engineEntry(slot) + (TLB.WRITE >> 2)] = INVALID_TAG;
  }

  unprotect(host: number): void {
    this.codePages[host >>> 12] = 0;
  }

  setOverBus(on: boolean): void {
    if (on === this.overBus) return;
    this.overBus = on;
    this.rebuild();
  }

  abstract rebuild(): void;
}

/** Word of a slot's entry in the first table of the engine's TLB. */
function engineEntry(slot: number): number {
  return (slot < TLB_ENTRIES ? MAP.TLB_SUPERVISOR >> 2 : (MAP.TLB_USER >> 2) - TLB_ENTRIES) + slot;
}
