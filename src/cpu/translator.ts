/** Finds or makes the block at a place: fetch translation, limits, decoding, the IR cache. */
import { SEGMENT } from '../ir/layout.ts';
import { Builder } from '../ir/builder.ts';
import { NO_PAGE, type Block } from '../ir/block.ts';
import { IrCache } from '../ir/ir-cache.ts';
import { JumpCache } from '../jit/tables.ts';
import type { AddressSpace } from '../mem/address-space.ts';
import type { Ram } from '../mem/ram.ts';
import { MEMORY_TYPE, Transaction } from '../mem/transaction.ts';
import type { CodeWindow } from '../arch/x86/mode.ts';
import { VECTOR } from '../arch/x86/fault.ts';
import { translateBlock } from '../arch/x86/lift/translate.ts';
import { CS, segmentCell } from '../arch/x86/state.ts';
import type { X86 } from '../arch/x86/x86.ts';
import { CodeStore } from './code-store.ts';
import type { ModeTable } from './mode-table.ts';

/** Longest block. */
const BLOCK_INSNS = 64;
/** Page keys of memory that is not in linear memory start here. */
const FOREIGN = 1 << 21;
/** Code at addresses with no RAM or ROM is fetched afresh each time, in pieces of this size. */
const FETCH_BYTES = 16;
const BASE_WORD = (segmentCell(CS) + SEGMENT.BASE) >> 2, LIMIT_WORD = (segmentCell(CS) + SEGMENT.LIMIT) >> 2;

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
  private readonly x: X86;
  private readonly memory: AddressSpace;
  private readonly modes: ModeTable;
  private readonly builder = new Builder();
  private readonly tx: Transaction;
  private readonly foreign = new Map<Ram, number>();
  private readonly piece = new Uint8Array(0x1000 + FETCH_BYTES);
  private readonly window: CodeWindow;
  private readonly place: Place;
  /** Of the fetch under way. */
  private linear = 0;
  private room = 0;
  private user: 0 | 1 = 0;
  private key2: number = NO_PAGE;
  private host2 = -1;

  constructor(x: X86, memory: AddressSpace, modes: ModeTable, name: string) {
    this.x = x;
    this.memory = memory;
    this.modes = modes;
    this.cache = new IrCache(x.words);
    this.jumps = new JumpCache(x.words);
    this.store = new CodeStore(this.cache, this.jumps, x.mmu);
    this.tx = new Transaction(name);
    this.tx.memoryType = MEMORY_TYPE.UC;
    this.place = { bytes: x.bytes, at: 0, key: NO_PAGE, host: -1 };
    this.window = { bytes: x.bytes, start: 0, end: 0, nextPage: (index) => this.nextPage(index) };
  }

  /**
   * The block at EIP `pc` in mode number `mode`, or null with a fault recorded. It is in the jump
   * cache if it may be.
   */
  block(pc: number, mode: number): Block | null {
    const x = this.x, w = x.words;
    const limit = w[LIMIT_WORD] >>> 0;
    if (pc >>> 0 > limit) {
      x.fault.set(VECTOR.GP, 0);
      return null;
    }
    this.linear = (w[BASE_WORD] + pc) >>> 0;
    this.user = x.user;
    const frame = x.mmu.fetch(this.linear, this.user);
    if (frame < 0) return null;
    const offset = this.linear & 0xfff;
    this.find(frame, offset);
    const place = this.place;
    let block = place.key === NO_PAGE ? null : this.store.find(place.key, pc, mode);
    if (block !== null && block.page2 !== NO_PAGE && !this.sameSecondPage(block)) {
      if (x.fault.pending) return null;
      this.store.retire(block);
      block = null;
    }
    if (block === null) {
      block = this.translate(pc, mode, offset, limit);
      if (block === null) return null;
    }
    if (place.key !== NO_PAGE) this.jumps.insert(pc, mode, block.address, this.user);
    return block;
  }

  /** Fills `place` for the physical page `frame`. */
  private find(frame: number, offset: number): void {
    const place = this.place;
    const host = this.x.physical.hostPage(frame);
    if (host >= 0) {
      place.bytes = this.x.bytes;
      place.at = host;
      place.key = host >>> 12;
      place.host = host;
      return;
    }
    place.host = -1;
    const ram = this.memory.ramAt(frame, 4096);
    if (ram !== null && ram.bytes.buffer !== this.x.bytes.buffer && (this.memory.ramOffset & 0xfff) === 0) {
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
    const next = this.x.mmu.fetch((this.linear & ~0xfff) + 0x1000, this.user);
    if (next < 0) return false;
    this.find(next, 0);
    const same = this.place.key === block.page2;
    this.back(bytes, at, key, host);
    return same;
  }

  private translate(pc: number, mode: number, offset: number, limit: number): Block | null {
    const x = this.x, place = this.place, b = this.builder, window = this.window;
    const fresh = place.bytes === this.piece;
    this.room = Math.min(fresh ? FETCH_BYTES : 0x1000, 0x1000 - offset, limit - (pc >>> 0) + 1);
    this.key2 = NO_PAGE;
    this.host2 = -1;
    window.bytes = place.bytes;
    window.start = place.at + offset;
    window.end = window.start + this.room;
    const key = place.key, host = place.host;
    b.begin();
    const result = translateBlock(window, pc, this.modes.mode(mode), b, fresh ? 1 : BLOCK_INSNS);
    if (result.fetchFailed || result.insns === 0) {
      if (!x.fault.pending) x.fault.set(VECTOR.GP, 0);
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
    const x = this.x;
    const offset = (this.linear & 0xfff) + this.room;
    if (offset < 0x1000) {
      // The window was cut short by the limit of CS.
      x.fault.set(VECTOR.GP, 0);
      return -1;
    }
    if (this.pastLimit(index)) return -1;
    const frame = x.mmu.fetch((this.linear & ~0xfff) + 0x1000, this.user);
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

  private pastLimit(index: number): boolean {
    const w = this.x.words;
    const pc = (this.linear - w[BASE_WORD]) >>> 0;
    if (pc + this.room + index <= w[LIMIT_WORD] >>> 0) return false;
    this.x.fault.set(VECTOR.GP, 0);
    return true;
  }

  /** Empties the IR cache and everything that points into it. Never from within an import. */
  flush(): void {
    this.flushes++;
    this.store.clear();
    this.cache.flush();
    this.jumps.flush();
  }
}
