/** Finds or makes the block at a place: fetch translation, limits, decoding, the IR cache. */
import type { Architecture, FetchWindow, Isa } from '../arch/isa.ts';
import type { EngineMemory } from '../ir/engine-memory.ts';
import { Builder } from '../ir/builder.ts';
import { NO_PAGE, type Block } from '../ir/block.ts';
import { IrCache } from '../ir/ir-cache.ts';
import { JumpCache } from '../jit/tables.ts';
import type { AddressSpace } from '../mem/address-space.ts';
import type { Ram } from '../mem/ram.ts';
import { CodeStore } from './code-store.ts';

/** Longest block. */
const BLOCK_INSNS = 64;
/** Page keys of memory that is not in linear memory start here. */
const FOREIGN = 1 << 21;
const NOTHING = new Uint8Array(0);

/**
 * The way to code that is neither in the machine's RAM nor in a ROM: over the bus, afresh for each
 * instruction. A card's memory is among it, as others may write it unseen.
 */
export interface CodeBus {
  /** The budget is used up: no instruction may begin. */
  readonly exhausted: boolean;
  /** Reads the byte at a physical address, as the processor does: it takes time. */
  fetchByte(address: number): number;
}

/** Where a physical page of code is. */
interface Place {
  bytes: Uint8Array;
  /** Offset of the page in `bytes`. */
  at: number;
  /** Page key, or NO_PAGE if the code may not be kept. */
  key: number;
  host: number;
  /** Physical address of the page if it is to be fetched over the bus, else -1. */
  bus: number;
}

export class Translator {
  readonly cache: IrCache;
  readonly jumps: JumpCache;
  readonly store: CodeStore;
  /** Blocks translated, for benchmarks. */
  translated = 0;
  /** Times that the IR cache was full. */
  flushes = 0;
  private readonly architecture: Architecture;
  private readonly engine: EngineMemory;
  private readonly memory: AddressSpace;
  private readonly builder = new Builder();
  private readonly bus: CodeBus;
  private readonly foreign = new Map<Ram, number>();
  private readonly window: FetchWindow;
  /** Where the page of the fetch is, and the page behind it. */
  private place: Place;
  private other: Place;
  /** Of the fetch under way. */
  private linear = 0;
  private room = 0;
  private most = 0;
  private key2: number = NO_PAGE;
  private host2 = -1;
  /** It was put off: no instruction may begin before the run loop has looked around. */
  private postponed = false;

  constructor(
    isa: Isa, architecture: Architecture, engine: EngineMemory, memory: AddressSpace, bus: CodeBus, core: number,
  ) {
    this.architecture = architecture;
    this.engine = engine;
    this.memory = memory;
    this.cache = new IrCache(engine.words, isa.runs);
    this.jumps = new JumpCache(engine.words, isa.regimes);
    this.store = new CodeStore(this.cache, this.jumps, engine.codePages, core);
    this.bus = bus;
    this.place = { bytes: engine.host.bytes, at: 0, key: NO_PAGE, host: -1, bus: -1 };
    this.other = { ...this.place };
    this.window = { bytes: engine.host.bytes, start: 0, end: 0, nextPage: (index) => this.nextPage(index) };
  }

  /**
   * The block at `pc` in mode number `mode` and `regime`; null with a fault recorded, or without
   * one if the budget is used up. It is in the jump cache if it may be.
   */
  block(pc: number, mode: number, regime: number): Block | null {
    const from = this.architecture.fetch(pc);
    if (from === null) return null;
    this.linear = from.linear;
    this.most = from.room;
    const offset = this.linear & 0xfff;
    this.find(from.frame);
    const place = this.place;
    let block = place.key === NO_PAGE ? null : this.store.find(place.key, pc, mode);
    if (block !== null && block.page2 !== NO_PAGE && !this.sameSecondPage(block)) {
      if (this.architecture.fault.pending) return null;
      this.store.retire(block);
      block = null;
    }
    if (block === null) {
      block = this.translate(pc, mode, offset);
      if (block === null) return null;
    }
    if (place.key !== NO_PAGE) this.jumps.insert(pc, mode, block.address, regime);
    return block;
  }

  /** The last block may be kept, and so be linked to. */
  get kept(): boolean {
    return this.place.key !== NO_PAGE;
  }

  /** Fills `place` for the physical page `frame`. */
  private find(frame: number): void {
    const place = this.place;
    place.bus = -1;
    const host = this.architecture.translations.hostPage(frame);
    if (host >= 0) {
      this.inMainMemory(host);
      return;
    }
    const ram = this.memory.ramAt(frame, 4096);
    if (ram?.readOnly === true) {
      const main = ram.bytes.buffer === this.engine.host.bytes.buffer;
      const at = this.memory.ramOffset + (main ? ram.bytes.byteOffset : 0);
      if ((at & 0xfff) === 0) {
        // Main memory that is write protected here: whoever writes it elsewhere retires the code.
        if (main) this.inMainMemory(at);
        else {
          place.bytes = ram.bytes;
          place.at = at;
          place.key = this.foreignKey(ram) + (at >>> 12);
          place.host = -1;
        }
        return;
      }
    }
    place.host = -1;
    place.bytes = NOTHING;
    place.at = 0;
    place.key = NO_PAGE;
    place.bus = frame;
  }

  private inMainMemory(host: number): void {
    const place = this.place;
    place.bytes = this.engine.host.bytes;
    place.at = place.host = host;
    place.key = host >>> 12;
  }

  private foreignKey(ram: Ram): number {
    let key = this.foreign.get(ram);
    if (key === undefined) {
      key = FOREIGN;
      for (const other of this.foreign.keys()) key += (other.bytes.length >>> 12) + 1;
      this.foreign.set(ram, key);
    }
    return key;
  }

  /** A block over two pages is only good while the second page is the same. */
  private sameSecondPage(block: Block): boolean {
    const next = this.architecture.fetchFrame((this.linear & ~0xfff) + 0x1000);
    return next >= 0 && this.second(next).key === block.page2;
  }

  private translate(pc: number, mode: number, offset: number): Block | null {
    const { architecture } = this, place = this.place, b = this.builder, window = this.window;
    this.room = place.bus >= 0 ? 0 : Math.min(0x1000 - offset, this.most);
    this.postponed = false;
    this.key2 = NO_PAGE;
    this.host2 = -1;
    window.bytes = place.bytes;
    window.start = place.bus >= 0 ? 0 : place.at + offset;
    window.end = window.start + this.room;
    const key = place.key, host = place.host;
    b.begin();
    const result = architecture.lift(window, pc, mode, b, place.bus >= 0 ? 1 : BLOCK_INSNS);
    if (result.fetchFailed || result.insns === 0) {
      if (!architecture.fault.pending && !this.postponed) architecture.fetchBeyond();
      return null;
    }
    b.finish((pc + result.bytes) | 0);
    this.translated++;
    const page = key === NO_PAGE ? FOREIGN - 1 : key;
    const page2 = result.crosses ? (this.key2 === NO_PAGE ? FOREIGN - 1 : this.key2) : NO_PAGE;
    let block = this.cache.add(b, pc, mode, page, page2);
    if (block === null) {
      this.flush();
      block = this.cache.add(b, pc, mode, page, page2);
      if (block === null) throw new Error('a block does not fit into the empty IR cache');
    }
    place.key = key;
    if (key !== NO_PAGE && !(result.crosses && this.key2 === NO_PAGE))
      this.store.add(block, key, host, offset, result.bytes, page2, this.host2);
    else place.key = NO_PAGE;
    return block;
  }

  /** Byte `index` behind the window: on the bus, or of the next page. */
  private nextPage(index: number): number {
    const { architecture } = this;
    if (this.room + index >= this.most) {
      architecture.fetchBeyond();
      return -1;
    }
    const offset = (this.linear & 0xfff) + this.room + index;
    if (offset < 0x1000) return this.overBus(this.place.bus + offset);
    const frame = architecture.fetchFrame((this.linear & ~0xfff) + 0x1000);
    if (frame < 0) return -1;
    const { bytes, at, key, host, bus } = this.second(frame);
    this.key2 = key;
    this.host2 = host;
    return bus >= 0 ? this.overBus(bus + offset - 0x1000) : bytes[at + offset - 0x1000];
  }

  private overBus(address: number): number {
    this.postponed = this.bus.exhausted;
    return this.postponed ? -1 : this.bus.fetchByte(address);
  }

  /** Where the second page is; `place` is the first afterwards. */
  private second(frame: number): Place {
    const first = this.place;
    this.place = this.other;
    this.find(frame);
    this.other = this.place;
    this.place = first;
    return this.other;
  }

  /** Empties the IR cache and everything that points into it. Never from within an import. */
  flush(): void {
    this.flushes++;
    this.store.clear();
    this.cache.flush();
    this.jumps.flush();
  }
}
