/**
 * Paging (SDM vol. 3, 3.6 to 3.12) and the translation caches.
 *
 * There are two levels. The *architectural* TLBs here decide when page tables are read and
 * accessed/dirty bits written, so they are part of the machine's state and of its snapshots. The
 * engine's TLB (`ir/layout.ts`) and the jump cache are derived from them and may be dropped at any
 * time: whatever they hold is held here too, so losing them never causes a walk. Data: 1024 entries
 * each for supervisor and user, direct mapped, the same geometry as the engine's. Code: 4096 each;
 * replacing a code entry drops the jump cache.
 */
import type { EngineMemory } from '../../ir/engine-memory.ts';
import { ENGINE, INVALID_TAG, TLB_ENTRIES } from '../../ir/layout.ts';
import { ALL_REGIMES } from '../../jit/tables.ts';
import { MEMORY_TYPE } from '../../mem/transaction.ts';
import { PF, VECTOR, type FaultRecord } from './fault.ts';
import type { PhysicalMemory } from '../physical-memory.ts';
import { TranslationTable, TYPE_SHIFT, WRITABLE } from '../translation-table.ts';
import type { MemoryTypes } from './memory-types.ts';
import { CR0, CR2, CR3, CR4 } from './state.ts';

export const CR0_PE = 1,
  CR0_MP = 2,
  CR0_EM = 4,
  CR0_TS = 8,
  CR0_ET = 0x10,
  CR0_NE = 0x20,
  CR0_WP = 0x10000,
  CR0_AM = 0x40000;
export const CR0_NW = 0x20000000, CR0_CD = 0x40000000, CR0_PG = 0x80000000 | 0;
export const CR4_TSD = 4, CR4_DE = 8, CR4_PSE = 0x10, CR4_PGE = 0x80, CR4_PCE = 0x100, CR4_OSFXSR = 0x200;

/** Page table entry bits. */
const P = 1, RW = 2, US = 4, ACCESSED = 0x20, DIRTY = 0x40, PS = 0x80, GLOBAL = 0x100;
/** Bits 21:13 of a 4 MiB entry are reserved; bit 12 is its PAT bit. */
const LARGE_RESERVED = 0x3fe000;

/** Flags of an architectural entry, beside `WRITABLE` and the memory type. */
const IS_GLOBAL = 2, IS_LARGE = 4;

/**
 * Reads of RAM from here on need no TLB while paging is off. Below lie a PC's windows and ROMs.
 */
export const FLAT_FROM = 0x100000;
/** The longest access reaches so far beyond its first byte. */
const LONGEST = 7;
const FLAT_BYTES = ENGINE.FLAT_BYTES >> 2;

/** Constants of this module's own go into machine code, imported ones are looked up. */
const TYPE = TYPE_SHIFT;
const DATA = 2 * TLB_ENTRIES;
const CODE_ENTRIES = 4096;

/** What the MMU tells the rest of the processor. */
export interface MmuListener {
  /** Jump targets found by virtual address are void: by regime. */
  flushJumps(regimes: number): void;
  /** A page walk is about to write a page table in a page that holds decoded code. */
  codeWritten(host: number, length: number): void;
}

export class Mmu extends TranslationTable {
  /**
   * Code entries: virtual page, physical page with bit 0 = global, bit 1 = part of a 4 MiB page.
   * State.
   */
  readonly codeTags: Int32Array = new Int32Array(2 * CODE_ENTRIES).fill(INVALID_TAG);
  readonly codeFrames: Int32Array = new Int32Array(2 * CODE_ENTRIES);
  /** Slots with non-global entries since the last flush, so that a flush need not look at all. */
  private readonly dirtySlots = new Int32Array(DATA + 2 * CODE_ENTRIES);
  private readonly listed = new Uint8Array(DATA + 2 * CODE_ENTRIES);
  private dirtyCount = 0;
  /**
   * By 4 MiB of linear addresses: 1 = there may be entries that are parts of a 4 MiB page. Derived.
   */
  private readonly largeRegions = new Uint8Array(1024);

  private readonly fault: FaultRecord;
  private readonly types: MemoryTypes;
  private readonly listener: MmuListener;

  private readonly ramBase: number;
  /** What A20M# lets pass of a physical address. Derived from the pin. */
  private addressMask = ~0;

  constructor(
    engine: EngineMemory, fault: FaultRecord, physical: PhysicalMemory, types: MemoryTypes,
    listener: MmuListener,
  ) {
    super(engine, physical, 2);
    this.ramTypes = new Uint8Array(this.tags.length);
    this.ramBase = engine.ramBase;
    this.fault = fault;
    this.types = types;
    this.listener = listener;
  }

  override fillEngine(slot: number): void {
    // Without paging compiled code relies on one addend (`X86Mode.paging`).
    if ((this.words[CR0 >> 2] & CR0_PG) === 0 && ((this.hosts[slot] - this.tags[slot]) | 0) !== this.ramBase) return;
    super.fillEngine(slot);
  }

  /**
   * A20M# forces bit 20 of every address that leaves the processor to 0, those of page walks
   * included (SDM vol. 3A, 8.7.13.4). Nothing that was translated before holds.
   */
  maskA20(masked: boolean): void {
    this.addressMask = maskOf(masked);
    this.flushAll();
    this.words[FLAT_BYTES] = 0;
  }

  /** The pin's level was restored, and the translations with it. */
  restoreA20(masked: boolean): void {
    this.addressMask = maskOf(masked);
  }

  /** A physical address as it leaves the processor. */
  passed(address: number): number {
    return (address & this.addressMask) >>> 0;
  }

  /** Physical page for fetching from a linear address, or -1 with a page fault recorded. */
  fetch(address: number, user: number): number {
    const page = address & ~0xfff;
    const slot = user * CODE_ENTRIES + ((address >>> 12) & (CODE_ENTRIES - 1));
    if (this.codeTags[slot] === page) return (this.codeFrames[slot] & ~0xfff) >>> 0;
    const rights = this.find(address, user, 0);
    if (rights < 0) return -1;
    if (this.codeTags[slot] !== INVALID_TAG) this.listener.flushJumps(1 << user);
    const global = (rights & IS_GLOBAL) !== 0;
    this.codeTags[slot] = page;
    const large = (rights & IS_LARGE) !== 0;
    if (large) this.largeRegions[address >>> 22] = 1;
    this.codeFrames[slot] = this.frame | (global ? 1 : 0) | (large ? 2 : 0);
    if (!global) this.list(DATA + slot);
    return this.frame >>> 0;
  }

  /** Memory types of RAM pages, for the trace only, while every access goes over the bus. */
  private readonly ramTypes: Uint8Array;
  /** Result of `find`: physical page. */
  private frame = 0;
  /** Result of `find`: PAT index. */
  private patIndex = 0;

  protected walk(address: number, slot: number, user: number, write: number): number {
    const rights = this.find(address, user, write);
    if (rights < 0) return -1;
    const frame = this.frame;
    const host = this.physical.hostPage(frame >>> 0);
    // A read of RAM that is where it is without paging: compiled code makes it without the TLB, so
    // nobody may keep it.
    if (write === 0 && (this.words[CR0 >> 2] & CR0_PG) === 0 && host - (frame >>> 0) === this.ramBase) {
      const passing = this.pass(address, user, frame, this.overBus ? -1 : host);
      if (this.overBus) this.ramTypes[passing] = this.typeOf(frame >>> 0);
      return passing;
    }
    // The type matters where the access goes over the bus; whether it is traced must leave no mark.
    this.enter(
      slot, address, frame, rights, this.overBus ? -1 : host, host >= 0 ? MEMORY_TYPE.NONE : this.typeOf(frame >>> 0),
    );
    if (this.overBus && host >= 0) this.ramTypes[slot] = this.typeOf(frame >>> 0);
    if ((rights & IS_LARGE) !== 0) this.largeRegions[address >>> 22] = 1;
    if ((rights & IS_GLOBAL) === 0) this.list(slot);
    return slot;
  }

  override memoryType(slot: number): number {
    return this.overBus ? this.tracedType(slot) : this.flags[slot] >>> TYPE;
  }

  private tracedType(slot: number): number {
    const type = this.flags[slot] >>> TYPE;
    return type === MEMORY_TYPE.NONE ? this.ramTypes[slot] : type;
  }

  private typeOf(page: number): number {
    if ((this.words[CR0 >> 2] & CR0_CD) !== 0) return MEMORY_TYPE.UC;
    return this.types.effective(page, this.patIndex);
  }

  /**
   * Looks an address up in the page tables and sets accessed and dirty bits. Returns WRITABLE |
   * IS_GLOBAL flags with `frame` and `patIndex` set, or -1.
   */
  private find(address: number, user: number, write: number): number {
    const w = this.words;
    const cr0 = w[CR0 >> 2], mask = this.addressMask;
    if ((cr0 & CR0_PG) === 0) {
      this.frame = address & ~0xfff & mask;
      this.patIndex = 0;
      return WRITABLE;
    }
    const directory = (w[CR3 >> 2] & ~0xfff & mask) >>> 0;
    const pdeAt = (address >>> 22) << 2;
    const directoryHost = this.physical.hostPage(directory);
    const pde = directoryHost >= 0 ? this.host[(directoryHost + pdeAt) >> 2] : this.physical.read32(directory + pdeAt);
    const error = (user << 2) | (write << 1);
    if ((pde & P) === 0) return this.pageFault(address, error);
    const cr4 = w[CR4 >> 2];
    const protectedFromSupervisor = (cr0 & CR0_WP) !== 0;
    if ((pde & PS) !== 0 && (cr4 & CR4_PSE) !== 0) {
      if ((pde & LARGE_RESERVED) !== 0) return this.pageFault(address, error | PF.PRESENT | PF.RESERVED);
      if (denied(pde, user, write, protectedFromSupervisor)) return this.pageFault(address, error | PF.PRESENT);
      const marked = pde | ACCESSED | (write !== 0 ? DIRTY : 0);
      if (marked !== pde) this.mark(directory + pdeAt, directoryHost < 0 ? -1 : directoryHost + pdeAt, marked);
      this.frame = ((pde & 0xffc00000) | (address & 0x3ff000)) & mask;
      this.patIndex = ((pde >>> 3) & 3) | ((pde >>> 10) & 4);
      return granted(marked, pde, user, protectedFromSupervisor, cr4) | IS_LARGE;
    }
    const table = (pde & ~0xfff & mask) >>> 0;
    const pteAt = ((address >>> 12) & 0x3ff) << 2;
    const tableHost = this.physical.hostPage(table);
    const pte = tableHost >= 0 ? this.host[(tableHost + pteAt) >> 2] : this.physical.read32(table + pteAt);
    if ((pte & P) === 0) return this.pageFault(address, error);
    const rights = pde & pte;
    if (denied(rights, user, write, protectedFromSupervisor)) return this.pageFault(address, error | PF.PRESENT);
    if ((pde & ACCESSED) === 0)
      this.mark(directory + pdeAt, directoryHost < 0 ? -1 : directoryHost + pdeAt, pde | ACCESSED);
    const marked = pte | ACCESSED | (write !== 0 ? DIRTY : 0);
    if (marked !== pte) this.mark(table + pteAt, tableHost < 0 ? -1 : tableHost + pteAt, marked);
    this.frame = pte & ~0xfff & mask;
    this.patIndex = ((pte >>> 3) & 3) | ((pte >>> 5) & 4);
    return granted(marked, rights, user, protectedFromSupervisor, cr4);
  }

  private mark(address: number, host: number, entry: number): void {
    if (host < 0) {
      this.physical.write32(address, entry);
      return;
    }
    if (this.codePages[host >>> 12] !== 0) this.listener.codeWritten(host, 4);
    this.host[host >> 2] = entry;
  }

  private pageFault(address: number, error: number): number {
    this.words[CR2 >> 2] = address;
    this.fault.set(VECTOR.PF, error);
    return -1;
  }

  private list(index: number): void {
    if (this.listed[index] !== 0) return;
    this.listed[index] = 1;
    this.dirtySlots[this.dirtyCount++] = index;
  }

  /**
   * MOV to CR3, task switch: all entries but the global ones go. Returns whether code entries were
   * among them: if not, code that is running is still where it was.
   */
  flushNonGlobal(): boolean {
    let code = 0;
    for (let i = 0; i < this.dirtyCount; i++) {
      const index = this.dirtySlots[i];
      this.listed[index] = 0;
      if (index < DATA) {
        if ((this.flags[index] & IS_GLOBAL) !== 0) continue;
        this.tags[index] = INVALID_TAG;
        this.dropEngine(index);
      } else if ((this.codeFrames[index - DATA] & 1) === 0 && this.codeTags[index - DATA] !== INVALID_TAG) {
        this.codeTags[index - DATA] = INVALID_TAG;
        code |= index - DATA < CODE_ENTRIES ? 1 : 2;
      }
    }
    this.dirtyCount = 0;
    if (code !== 0) this.listener.flushJumps(code);
    return code !== 0;
  }

  /** All entries go: paging, its options or memory types were changed. */
  flushAll(): void {
    this.tags.fill(INVALID_TAG);
    this.codeTags.fill(INVALID_TAG);
    this.listed.fill(0);
    this.dirtyCount = 0;
    // What may be read without the TLB is still the same.
    const flat = this.words[FLAT_BYTES];
    this.flushEngine();
    this.words[FLAT_BYTES] = flat;
    this.listener.flushJumps(ALL_REGIMES);
  }

  override flushEngine(): void {
    super.flushEngine();
    this.words[FLAT_BYTES] = 0;
  }

  /**
   * INVLPG: the page of a linear address, global or not; all parts of it if it is a 4 MiB page.
   * Returns whether code entries went.
   */
  flushPage(address: number): boolean {
    const page = address & ~0xfff;
    let dropped = false;
    if (this.largeRegions[address >>> 22] !== 0) dropped = this.flushLarge(address & ~0x3fffff);
    for (let user = 0; user < 2; user++) {
      const slot = (user << 10) | ((address >>> 12) & (TLB_ENTRIES - 1));
      if (this.tags[slot] === page) {
        this.tags[slot] = INVALID_TAG;
        this.dropEngine(slot);
      }
      const code = user * CODE_ENTRIES + ((address >>> 12) & (CODE_ENTRIES - 1));
      if (this.codeTags[code] === page) {
        this.codeTags[code] = INVALID_TAG;
        dropped = true;
      }
    }
    if (dropped) this.listener.flushJumps(ALL_REGIMES);
    return dropped;
  }

  /** Returns whether code entries were among what it dropped. */
  private flushLarge(region: number): boolean {
    let dropped = false;
    for (let slot = 0; slot < DATA; slot++) {
      if (
        (this.tags[slot] & ~0x3fffff) !== region ||
        (this.flags[slot] & IS_LARGE) === 0 ||
        this.tags[slot] === INVALID_TAG
      )
        continue;
      this.tags[slot] = INVALID_TAG;
      this.dropEngine(slot);
    }
    for (let code = 0; code < 2 * CODE_ENTRIES; code++) {
      if (
        (this.codeTags[code] & ~0x3fffff) !== region ||
        (this.codeFrames[code] & 2) === 0 ||
        this.codeTags[code] === INVALID_TAG
      )
        continue;
      this.codeTags[code] = INVALID_TAG;
      dropped = true;
    }
    return dropped;
  }

  /** Computes everything derived anew: after a restore, or when tracing was switched. */
  rebuild(): void {
    this.flushEngine();
    // Under the mask compiled code reads nothing that was not translated.
    if (!this.overBus && this.addressMask === ~0)
      this.words[FLAT_BYTES] = Math.max(0, this.physical.flatBytes(FLAT_FROM) - LONGEST);
    this.listed.fill(0);
    this.dirtyCount = 0;
    for (let slot = 0; slot < DATA; slot++) {
      if (this.tags[slot] === INVALID_TAG) continue;
      const frame = this.frames[slot] >>> 0;
      const host = this.physical.hostPage(frame);
      this.hosts[slot] = this.overBus ? -1 : host;
      const type = host >= 0 ? MEMORY_TYPE.NONE : this.typeOfEntry(slot, frame);
      if (this.overBus && host >= 0) this.ramTypes[slot] = this.typeOfEntry(slot, frame);
      this.flags[slot] = (this.flags[slot] & ((1 << TYPE_SHIFT) - 1)) | (type << TYPE_SHIFT);
      if ((this.flags[slot] & IS_GLOBAL) === 0) this.list(slot);
      if ((this.flags[slot] & IS_LARGE) !== 0) this.largeRegions[this.tags[slot] >>> 22] = 1;
    }
    for (let slot = 0; slot < 2 * CODE_ENTRIES; slot++) {
      if (this.codeTags[slot] === INVALID_TAG) continue;
      if ((this.codeFrames[slot] & 1) === 0) this.list(DATA + slot);
      if ((this.codeFrames[slot] & 2) !== 0) this.largeRegions[this.codeTags[slot] >>> 22] = 1;
    }
    this.listener.flushJumps(ALL_REGIMES);
  }

  /**
   * Type for an entry whose PAT index is not known any more: RAM pages turned over to the bus are
   * taken as the MTRRs say.
   */
  private typeOfEntry(slot: number, frame: number): number {
    const type = this.flags[slot] >>> TYPE_SHIFT;
    if (type !== MEMORY_TYPE.NONE) return type;
    return (this.words[CR0 >> 2] & CR0_CD) !== 0 ? MEMORY_TYPE.UC : this.types.ofPhysical(frame);
  }
}

function maskOf(masked: boolean): number {
  return masked ? ~0x100000 : ~0;
}

/**
 * Does a page with these rights (directory and table entry and-ed) refuse the access? (SDM vol. 3,
 * table 4-2.)
 */
function denied(rights: number, user: number, write: number, protectedFromSupervisor: boolean): boolean {
  if (user !== 0 && (rights & US) === 0) return true;
  return write !== 0 && (rights & RW) === 0 && (user !== 0 || protectedFromSupervisor);
}

function granted(leaf: number, rights: number, user: number, protectedFromSupervisor: boolean, cr4: number): number {
  const mayWrite = (leaf & DIRTY) !== 0 && ((rights & RW) !== 0 || (user === 0 && !protectedFromSupervisor));
  return (mayWrite ? WRITABLE : 0) | ((leaf & GLOBAL) !== 0 && (cr4 & CR4_PGE) !== 0 ? IS_GLOBAL : 0);
}
