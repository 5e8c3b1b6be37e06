/**
 * The data pages that a core has translated, one direct-mapped table of `TLB_ENTRIES` for each
 * regime, with the geometry of the engine's TLB (`ir/layout.ts`), which is filled from it: whatever
 * the engine's TLB holds is held here too, but for pages that may be read without being translated
 * (`pass`). An instruction set adds the walk that fills a slot.
 */
import type { EngineMemory } from '../ir/engine-memory.ts';
import { INVALID_TAG, TLB_ENTRIES } from '../ir/layout.ts';
import { EngineTlb } from '../jit/tables.ts';
import { MEMORY_TYPE } from '../mem/transaction.ts';
import type { Translations } from './isa.ts';
import type { PhysicalMemory } from './physical-memory.ts';

/**
 * Slots behind the others, by the lowest bit of the page's number: for pages that were translated
 * for one read and are not kept. They are no state.
 */
const PASSING = 2;

/** In `flags`: the page may be written; the memory type from bit 8 on. Bits 1 to 7 are free. */
export const WRITABLE = 1, TYPE_SHIFT = 8;

export abstract class TranslationTable implements Translations {
  /** Virtual page of each slot (or INVALID_TAG), its physical page, its flags. `kept` is state. */
  readonly tags: Int32Array;
  readonly frames: Int32Array;
  readonly flags: Int32Array;
  /** Derived from `frames` and the memory map. */
  readonly hosts: Int32Array;
  readonly codePages: Uint8Array;
  /** Every access goes over the bus, so that it is traced. */
  protected overBus = false;
  protected readonly words: Int32Array;
  /** All of linear memory, for page tables. */
  protected readonly host: Int32Array;
  private readonly engine: EngineTlb;
  protected readonly physical: PhysicalMemory;
  /** Regime that the passing slots were filled in. */
  private passingRegime = 0;
  /** How many slots there are. */
  protected readonly slots: number;

  constructor(engine: EngineMemory, physical: PhysicalMemory, regimes: number) {
    this.words = engine.words;
    this.host = engine.host.words;
    this.engine = new EngineTlb(engine.words, regimes);
    this.physical = physical;
    this.slots = regimes * TLB_ENTRIES;
    const all = this.slots + PASSING;
    this.tags = new Int32Array(all).fill(INVALID_TAG);
    this.frames = new Int32Array(all);
    this.flags = new Int32Array(all);
    this.hosts = new Int32Array(all).fill(-1);
    this.codePages = engine.codePages.pages;
  }

  /** The slots that are state: views of `tags`, `frames` and `flags`. */
  get kept(): { readonly tags: Int32Array; readonly frames: Int32Array; readonly flags: Int32Array } {
    const { tags, frames, flags, slots } = this;
    return { tags: tags.subarray(0, slots), frames: frames.subarray(0, slots), flags: flags.subarray(0, slots) };
  }

  translate(address: number, regime: number, write: number): number {
    const slot = this.slotOf(address, regime);
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

  /** Translates the page of `address` for reads without keeping it; returns the slot. */
  protected pass(address: number, regime: number, frame: number, host: number): number {
    const slot = this.slots + ((address >>> 12) & (PASSING - 1));
    this.tags[slot] = address & ~0xfff;
    this.frames[slot] = frame;
    this.hosts[slot] = host;
    this.flags[slot] = MEMORY_TYPE.NONE << TYPE_SHIFT;
    this.passingRegime = regime;
    return slot;
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
    const tag = this.tags[slot];
    if (slot >= this.slots) {
      this.engine.fillRead(this.slotOf(tag, this.passingRegime), tag, host - tag);
      return;
    }
    const writable = (this.flags[slot] & WRITABLE) !== 0 && this.codePages[host >>> 12] === 0;
    this.engine.fill(slot, tag, writable, host - tag);
  }

  /**
   * Enters the page of an address that has just been translated into the engine's TLB, for those
   * who reach memory through it only. A passing page enters it for the regime that it was passed
   * in: what passes is translated alike in all, and goes with the engine's TLB.
   */
  offerEngine(address: number, regime: number, write: number): void {
    const slot = this.slotOf(address, regime), page = address & ~0xfff;
    if (this.tags[slot] === page) {
      if (write === 0 || (this.flags[slot] & WRITABLE) !== 0) this.fillEngine(slot);
      return;
    }
    const passing = this.slots + ((address >>> 12) & (PASSING - 1));
    if (write === 0 && this.tags[passing] === page) this.fillEngine(passing);
  }

  private slotOf(address: number, regime: number): number {
    return (regime << 10) | ((address >>> 12) & (TLB_ENTRIES - 1));
  }

  protected dropEngine(slot: number): void {
    this.engine.drop(slot);
  }

  flushEngine(): void {
    this.tags.fill(INVALID_TAG, this.slots);
    this.engine.flush();
  }

  dropWrites(host: number): void {
    const page = host & ~0xfff;
    for (let slot = 0; slot < this.slots; slot++)
      if (this.hosts[slot] === page) this.engine.dropWrite(slot);
  }

  setOverBus(on: boolean): void {
    if (on === this.overBus) return;
    this.overBus = on;
    this.rebuild();
  }

  abstract rebuild(): void;
}
