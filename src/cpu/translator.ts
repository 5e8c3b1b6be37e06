/** Finds or makes the block at a place: fetch translation, limits, decoding, the IR cache. */
import type { Architecture, FetchWindow, Isa } from '../arch/isa.ts';
import type { EngineMemory } from '../ir/engine-memory.ts';
import { Builder } from '../ir/builder.ts';
import { NO_PAGE, type Block } from '../ir/block.ts';
import { IrCache } from '../ir/ir-cache.ts';
import { JumpCache } from '../jit/tables.ts';
import type { AddressSpace } from '../mem/address-space.ts';
import type { Ram } from '../mem/ram.ts';
import { MEMORY_TYPE, Transaction } from '../mem/transaction.ts';
import { CodeStore } from './code-store.ts';

/** Longest block. */
const BLOCK_INSNS = 64;
/** Page keys of memory that is not in linear memory start here. */
const FOREIGN = 1 << 21;
/** Code at addresses with no RAM or ROM is fetched afresh each time, in pieces of this size. */
const FETCH_BYTES = 16;

/** Where a physical page of code is. */
interface Place {
  bytes: Uint8Array;
  /** Offset of the page in `bytes`. */
  at: number;
  /** Page key, or NO_PAGE if the code may not be kept. */
  key: number;
  host: number;
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
  private readonly tx: Transaction;
  private readonly foreign = new Map<Ram, number>();
  private readonly piece = new Uint8Array(0x1000 + FETCH_BYTES);
  private readonly window: FetchWindow;
  private readonly place: Place;
  /** Of the fetch under way. */
  private linear = 0;
  private room = 0;
  private most = 0;
  private key2: number = NO_PAGE;
  private host2 = -1;

  constructor(
    isa: Isa, architecture: Architecture, engine: EngineMemory, memory: AddressSpace, name: string, core: number,
  ) {
    this.architecture = architecture;
    this.engine = engine;
    this.memory = memory;
    this.cache = new IrCache(engine.words, isa.runs);
    this.jumps = new JumpCache(engine.words, isa.regimes);
    this.store = new CodeStore(this.cache, this.jumps, engine.codePages, core);
    this.tx = new Transaction(name);
    this.tx.memoryType = MEMORY_TYPE.UC;
    this.place = { bytes: engine.host.bytes, at: 0, key: NO_PAGE, host: -1 };
    this.window = { bytes: engine.host.bytes, start: 0, end: 0, nextPage: (index) => this.nextPage(index) };
  }

  /**
   * The block at `pc` in mode number `mode` and `regime`, or null with a fault recorded. It is in
   * the jump cache if it may be.
   */
  block(pc: number, mode: number, regime: number): Block | null {
    const from = this.architecture.fetch(pc);
    if (from === null) return null;
    this.linear = from.linear;
    this.most = from.room;
    const offset = this.linear & 0xfff;
    this.find(from.frame, offset);
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

  /** Fills `place` for the physical page `frame`. */
  private find(frame: number, offset: number): void {
    const place = this.place;
    const { bytes } = this.engine.host;
    const host = this.architecture.translations.hostPage(frame);
    if (host >= 0) {
      place.bytes = bytes;
      place.at = host;
      place.key = host >>> 12;
      place.host = host;
      return;
    }
    place.host = -1;
    const ram = this.memory.ramAt(frame, 4096);
    if (ram !== null && ram.bytes.buffer !== bytes.buffer && (this.memory.ramOffset & 0xfff) === 0) {
      place.bytes = ram.bytes;
      place.at = this.memory.ramOffset;
      place.key = ram.readOnly ? this.foreignKey(ram) + (this.memory.ramOffset >>> 12) : NO_PAGE;
      return;
    }
    place.bytes = this.piece;
    place.at = 0;
    place.key = NO_PAGE;
    const n = Math.min(FETCH_BYTES, 0x1000 - offset);
    for (let i = 0; i < n; i++) this.piece[offset + i] = this.memory.read(frame + offset + i, 1, this.tx);
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
    const { bytes, at, key, host } = this.place;
    const next = this.architecture.fetchFrame((this.linear & ~0xfff) + 0x1000);
    if (next < 0) return false;
    this.find(next, 0);
    const same = this.place.key === block.page2;
    this.back(bytes, at, key, host);
    return same;
  }

  private translate(pc: number, mode: number, offset: number): Block | null {
    const { architecture } = this, place = this.place, b = this.builder, window = this.window;
    const fresh = place.bytes === this.piece;
    this.room = Math.min(fresh ? FETCH_BYTES : 0x1000, 0x1000 - offset, this.most);
    this.key2 = NO_PAGE;
    this.host2 = -1;
    window.bytes = place.bytes;
    window.start = place.at + offset;
    window.end = window.start + this.room;
    const key = place.key, host = place.host;
    b.begin();
    const result = architecture.lift(window, pc, mode, b, fresh ? 1 : BLOCK_INSNS);
    if (result.fetchFailed || result.insns === 0) {
      if (!architecture.fault.pending) architecture.fetchBeyond();
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

  /** Byte `index` behind the window, of an instruction that crosses into the next page. */
  private nextPage(index: number): number {
    const { architecture } = this;
    if (this.room + index >= this.most) {
      architecture.fetchBeyond();
      return -1;
    }
    const frame = architecture.fetchFrame((this.linear & ~0xfff) + 0x1000);
    if (frame < 0) return -1;
    const { bytes, at, key, host } = this.place;
    this.find(frame, 0);
    const byte = this.place.bytes[this.place.at + index];
    this.key2 = this.place.key;
    this.host2 = this.place.host;
    this.back(bytes, at, key, host);
    return byte;
  }

  /** After a look at the second page, `place` is the first again. */
  private back(bytes: Uint8Array, at: number, key: number, host: number): void {
    const place = this.place;
    place.bytes = bytes;
    place.at = at;
    place.key = key;
    place.host = host;
  }

  /** Empties the IR cache and everything that points into it. Never from within an import. */
  flush(): void {
    this.flushes++;
    this.store.clear();
    this.cache.flush();
    this.jumps.flush();
  }
}
