/**
 * The tables in linear memory that the engine probes inline and TypeScript fills: the TLBs and the
 * jump cache.
 */
import { INVALID_TAG, JUMP_CACHE_ENTRIES, MAP, MAX_REGIMES, TLB, TLB_ENTRIES, tlbBase } from '../ir/layout.ts';

/** Offsets in words. */
const READ = TLB.READ >> 2, WRITE = TLB.WRITE >> 2, ADDEND = TLB.ADDEND >> 2;
const NO_MODE = -1;

/**
 * The engine's TLBs, one for each regime: virtual page to address in linear memory, direct mapped.
 * A *slot* is a number for an entry: regime × TLB_ENTRIES + virtual page modulo TLB_ENTRIES.
 */
export class EngineTlb {
  private readonly words: Int32Array;
  private readonly regimes: number;

  /** `words`: the core's window as i32. Empties all. */
  constructor(words: Int32Array, regimes: number) {
    if (regimes > MAX_REGIMES) throw new RangeError(`${regimes} regimes; there is room for ${MAX_REGIMES}`);
    this.words = words;
    this.regimes = regimes;
    this.flush();
  }

  /**
   * Enters virtual page `tag`: reads, and writes if `writable`, go straight to linear memory at
   * virtual + `addend` (i32, may wrap).
   */
  fill(slot: number, tag: number, writable: boolean, addend: number): void {
    const w = this.words, at = entry(slot);
    w[at + READ] = tag;
    w[at + WRITE] = writable ? tag : INVALID_TAG;
    w[at + ADDEND] = addend;
  }

  /**
   * Enters virtual page `tag` for reads alone. Another page that the entry lets be written stays:
   * this is for regimes in which all pages have one `addend`.
   */
  fillRead(slot: number, tag: number, addend: number): void {
    const w = this.words, at = entry(slot);
    w[at + READ] = tag;
    w[at + ADDEND] = addend;
  }

  drop(slot: number): void {
    const w = this.words, at = entry(slot);
    w[at + READ] = INVALID_TAG;
    w[at + WRITE] = INVALID_TAG;
  }

  /** Writes take the slow path from now on. */
  dropWrite(slot: number): void {
    this.words[entry(slot) + WRITE] = INVALID_TAG;
  }

  /** Empties all. */
  flush(): void {
    this.words.fill(INVALID_TAG, tlbBase(0) >> 2, tlbBase(this.regimes) >> 2);
  }
}

/** Word of a slot's entry in the first table of its TLB. */
function entry(slot: number): number {
  return (tlbBase(slot >>> 10) >> 2) + (slot & (TLB_ENTRIES - 1));
}

/** All regimes, where bit n stands for regime n. */
export const ALL_REGIMES = -1;

/** Maps (pc, mode) to the IR address of a block's head. Direct mapped; a hit costs no call. */
export class JumpCache {
  private readonly words: Int32Array;
  /**
   * Entries filled by code of each regime since the last flush, so that a flush need not touch
   * everything; the lists that an entry is in, as bits; and the regime that filled it last.
   */
  private readonly lists: readonly Int32Array[];
  private readonly counts: number[];
  private readonly listed = new Uint8Array(JUMP_CACHE_ENTRIES);
  private readonly owners = new Uint8Array(JUMP_CACHE_ENTRIES);

  /** `words`: the core's window as i32. Empties the cache. */
  constructor(words: Int32Array, regimes: number) {
    this.words = words;
    this.lists = Array.from({ length: regimes }, () => new Int32Array(JUMP_CACHE_ENTRIES));
    this.counts = this.lists.map(() => 0);
    const start = MAP.JUMP_CACHE >>> 2, end = start + JUMP_CACHE_ENTRIES * 4;
    for (let at = start; at < end; at += 4) words[at + 1] = NO_MODE;
  }

  /** Enters a block; `mode` must not be negative. */
  insert(pc: number, mode: number, ir: number, regime: number): void {
    const n = slotOf(pc), at = wordOf(n);
    const { words, listed } = this, bit = 1 << regime;
    if ((listed[n] & bit) === 0) {
      this.lists[regime][this.counts[regime]++] = n;
      listed[n] |= bit;
    }
    this.owners[n] = regime;
    words[at] = pc;
    words[at + 1] = mode;
    words[at + 2] = ir;
  }

  /** Whatever leads to the block at `ir` from `pc` does so no more. */
  remove(pc: number, ir: number): void {
    const at = wordOf(slotOf(pc));
    if (this.words[at] === (pc | 0) && this.words[at + 2] === ir) this.words[at + 1] = NO_MODE;
  }

  /** IR address of the block at `pc` in `mode`, or 0. */
  lookup(pc: number, mode: number): number {
    const at = wordOf(slotOf(pc));
    return this.words[at] === (pc | 0) && this.words[at + 1] === mode ? this.words[at + 2] : 0;
  }

  /** Empties it of the entries of some regimes, as bits. */
  flush(regimes: number = ALL_REGIMES): void {
    for (let regime = 0; regime < this.lists.length; regime++)
      if (((regimes >>> regime) & 1) !== 0) this.flushList(regime);
  }

  private flushList(regime: number): void {
    const { words, listed, owners } = this, list = this.lists[regime];
    for (let i = 0; i < this.counts[regime]; i++) {
      const n = list[i];
      listed[n] &= ~(1 << regime);
      // It may be another's since.
      if (owners[n] === regime) words[wordOf(n) + 1] = NO_MODE;
    }
    this.counts[regime] = 0;
  }
}

/** Number of the entry for `pc`, and its first word. */
function slotOf(pc: number): number {
  return (pc ^ (pc >>> 15)) & (JUMP_CACHE_ENTRIES - 1);
}
function wordOf(slot: number): number {
  return (MAP.JUMP_CACHE >>> 2) + slot * 4;
}
