/** The tables in linear memory that the engine probes inline and TypeScript fills: the two TLBs and the jump cache. */
import { INVALID_TAG, JUMP_CACHE_ENTRIES, MAP, TLB, TLB_ENTRIES } from '../ir/layout.ts';

/** What a TLB entry permits without a call; bits may be combined. */
export const ACCESS = { READ: 1, WRITE: 2, EXECUTE: 4 } as const;

/** Offsets in words. */
const READ = TLB.READ >> 2, WRITE = TLB.WRITE >> 2, EXECUTE = TLB.EXECUTE >> 2, ADDEND = TLB.ADDEND >> 2;
const NO_MODE = -1;

/** Both software TLBs: virtual page to linear-memory address. Direct mapped, 1024 entries each. */
export class Tlb {
  private readonly words: Int32Array;

  /** `words`: the whole linear memory as i32. Empties both TLBs. */
  constructor(words: Int32Array) {
    this.words = words;
    this.flushAll();
  }

  /**
   * Enters the page of virtual address `address` into the TLB at `base` (MAP.TLB_SUPERVISOR or MAP.TLB_USER): accesses named in
   * `access` (`ACCESS` bits) go straight to linear memory at virtual + `addend` (i32, may wrap).
   */
  fill(base: number, address: number, access: number, addend: number): void {
    const at = entry(base, address);
    const tag = address & ~0xfff;
    const words = this.words;
    words[at + READ] = (access & ACCESS.READ) !== 0 ? tag : INVALID_TAG;
    words[at + WRITE] = (access & ACCESS.WRITE) !== 0 ? tag : INVALID_TAG;
    words[at + EXECUTE] = (access & ACCESS.EXECUTE) !== 0 ? tag : INVALID_TAG;
    words[at + ADDEND] = addend;
  }

  /** Linear-memory address of the byte at virtual `address` if the entry permits all of `access`, else -1. */
  lookup(base: number, address: number, access: number): number {
    const at = entry(base, address);
    const tag = address & ~0xfff;
    const words = this.words;
    if ((access & ACCESS.READ) !== 0 && words[at + READ] !== tag) return -1;
    if ((access & ACCESS.WRITE) !== 0 && words[at + WRITE] !== tag) return -1;
    if ((access & ACCESS.EXECUTE) !== 0 && words[at + EXECUTE] !== tag) return -1;
    return (address + words[at + ADDEND]!) >>> 0;
  }

  /** Empties one TLB. */
  flush(base: number): void {
    this.words.fill(INVALID_TAG, base >>> 2, (base + TLB.BYTES) >>> 2);
  }

  flushAll(): void {
    this.flush(MAP.TLB_SUPERVISOR);
    this.flush(MAP.TLB_USER);
  }

  /** Drops the page of virtual `address` from both TLBs. */
  flushPage(address: number): void {
    for (const base of [MAP.TLB_SUPERVISOR, MAP.TLB_USER]) {
      const at = entry(base, address);
      for (const table of [READ, WRITE, EXECUTE]) this.words[at + table] = INVALID_TAG;
    }
  }

  /** Makes stores to the linear-memory page `host` (byte address) take the slow path in both TLBs, whatever their virtual page: it holds code now. */
  protect(host: number): void {
    const words = this.words;
    const page = host & ~0xfff;
    for (const base of [MAP.TLB_SUPERVISOR, MAP.TLB_USER]) {
      for (let at = base >>> 2; at < (base >>> 2) + TLB_ENTRIES; at++) {
        const tag = words[at + WRITE]!;
        if (tag !== INVALID_TAG && ((tag + words[at + ADDEND]!) & ~0xfff) === page) words[at + WRITE] = INVALID_TAG;
      }
    }
  }
}

function entry(base: number, address: number): number {
  return (base >>> 2) + ((address >>> 12) & (TLB_ENTRIES - 1));
}

/** Maps (pc, mode) to the IR address of a block's head. Direct mapped; a hit costs no call. */
export class JumpCache {
  private readonly words: Int32Array;
  /** Word indices filled since the last flush, so that a flush need not touch all 256 KiB. */
  private readonly filled = new Int32Array(JUMP_CACHE_ENTRIES);
  private count = 0;

  /** `words`: the whole linear memory as i32. Empties the cache. */
  constructor(words: Int32Array) {
    this.words = words;
    this.words.fill(NO_MODE, MAP.JUMP_CACHE >>> 2, (MAP.JUMP_CACHE >>> 2) + JUMP_CACHE_ENTRIES * 4);
  }

  /** Enters a block; `mode` must not be negative. */
  insert(pc: number, mode: number, ir: number): void {
    const at = slot(pc);
    const words = this.words;
    if (words[at + 1] === NO_MODE) this.filled[this.count++] = at;
    words[at] = pc;
    words[at + 1] = mode;
    words[at + 2] = ir;
  }

  /** IR address of the block at `pc` in `mode`, or 0. */
  lookup(pc: number, mode: number): number {
    const at = slot(pc);
    return this.words[at] === (pc | 0) && this.words[at + 1] === mode ? this.words[at + 2]! : 0;
  }

  flush(): void {
    for (let i = 0; i < this.count; i++) this.words[this.filled[i]! + 1] = NO_MODE;
    this.count = 0;
  }
}

/** Word index of the entry for `pc`. */
function slot(pc: number): number {
  return (MAP.JUMP_CACHE >>> 2) + ((pc ^ (pc >>> 14)) & (JUMP_CACHE_ENTRIES - 1)) * 4;
}
