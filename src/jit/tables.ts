/**
 * The tables in linear memory that the engine probes inline and TypeScript fills: the two TLBs and
 * the jump cache.
 */
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
   * Enters the page of virtual address `address` into the TLB at `base` (MAP.TLB_SUPERVISOR or
   * MAP.TLB_USER): accesses named in `access` (`ACCESS` bits) go straight to linear memory at
   * virtual + `addend` (i32, may wrap).
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

  /**
   * Linear-memory address of the byte at virtual `address` if the entry permits all of `access`,
   * else -1.
   */
  lookup(base: number, address: number, access: number): number {
    const at = entry(base, address);
    const tag = address & ~0xfff;
    const words = this.words;
    if ((access & ACCESS.READ) !== 0 && words[at + READ] !== tag) return -1;
    if ((access & ACCESS.WRITE) !== 0 && words[at + WRITE] !== tag) return -1;
    if ((access & ACCESS.EXECUTE) !== 0 && words[at + EXECUTE] !== tag) return -1;
    return (address + words[at + ADDEND]) >>> 0;
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

  /**
   * Makes stores to the linear-memory page `host` (byte address) take the slow path in both TLBs,
   * whatever their virtual page: it holds code now.
   */
  protect(host: number): void {
    const words = this.words;
    const page = host & ~0xfff;
    for (const base of [MAP.TLB_SUPERVISOR, MAP.TLB_USER]) {
      for (let at = base >>> 2; at < (base >>> 2) + TLB_ENTRIES; at++) {
        const tag = words[at + WRITE];
        if (tag !== INVALID_TAG && ((tag + words[at + ADDEND]) & ~0xfff) === page) words[at + WRITE] = INVALID_TAG;
      }
    }
  }
}

function entry(base: number, address: number): number {
  return (base >>> 2) + ((address >>> 12) & (TLB_ENTRIES - 1));
}

/** Whose entries of the jump cache: bits. */
export const JUMPS = { SUPERVISOR: 1, USER: 2, ALL: 3 } as const;
/**
 * In an entry's fourth word, beside the `JUMPS` bits of the lists that it is in: it is a user's.
 */
const OWNER_USER = 4;

/** Maps (pc, mode) to the IR address of a block's head. Direct mapped; a hit costs no call. */
export class JumpCache {
  private readonly words: Int32Array;
  /**
   * Word indices filled by supervisor and by user code since their last flush, so that a flush need
   * not touch everything.
   */
  private readonly lists: readonly [Int32Array, Int32Array] = [
    new Int32Array(JUMP_CACHE_ENTRIES),
    new Int32Array(JUMP_CACHE_ENTRIES),
  ];
  private readonly counts: [number, number] = [0, 0];

  /** `words`: the whole linear memory as i32. Empties the cache. */
  constructor(words: Int32Array) {
    this.words = words;
    const start = MAP.JUMP_CACHE >>> 2,
      end = start + JUMP_CACHE_ENTRIES * 4;
    for (let at = start; at < end; at += 4) {
      words[at + 1] = NO_MODE;
      words[at + 3] = 0;
    }
  }

  /** Enters a block; `mode` must not be negative. `user` 1: code at CPL 3. */
  insert(pc: number, mode: number, ir: number, user: 0 | 1 = 0): void {
    const at = slot(pc);
    const words = this.words;
    const listed = words[at + 3] & JUMPS.ALL;
    const bit = 1 << user;
    if ((listed & bit) === 0) this.lists[user][this.counts[user]++] = at;
    words[at] = pc;
    words[at + 1] = mode;
    words[at + 2] = ir;
    words[at + 3] = listed | bit | (user << 2);
  }

  /** IR address of the block at `pc` in `mode`, or 0. */
  lookup(pc: number, mode: number): number {
    const at = slot(pc);
    return this.words[at] === (pc | 0) && this.words[at + 1] === mode ? this.words[at + 2] : 0;
  }

  /** Empties it of the entries of `JUMPS` bits `which`. */
  flush(which: number = JUMPS.ALL): void {
    if ((which & JUMPS.SUPERVISOR) !== 0) this.flushList(0);
    if ((which & JUMPS.USER) !== 0) this.flushList(1);
  }

  private flushList(user: 0 | 1): void {
    const words = this.words,
      list = this.lists[user];
    for (let i = 0; i < this.counts[user]; i++) {
      const at = list[i];
      const owner = words[at + 3] & OWNER_USER;
      words[at + 3] = words[at + 3] & ~(1 << user);
      // It may be the other's since.
      if (owner === user << 2) words[at + 1] = NO_MODE;
    }
    this.counts[user] = 0;
  }
}

/** Word index of the entry for `pc`. */
function slot(pc: number): number {
  return (MAP.JUMP_CACHE >>> 2) + ((pc ^ (pc >>> 15)) & (JUMP_CACHE_ENTRIES - 1)) * 4;
}
