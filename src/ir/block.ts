/**
 * The record of one translated block: where its µops stand and which guest instruction each belongs
 * to.
 */
import { UOP_BYTES } from './layout.ts';

/** No second page. */
export const NO_PAGE = -1;

/**
 * First µop and guest pc of the instructions of many blocks, in the order in which the blocks were
 * made: one array for all, as most blocks have few instructions.
 */
export class InsnTable {
  private words: Int32Array;
  private used = 0;

  /** `capacity`: instructions that it holds before it grows. */
  constructor(capacity: number) {
    this.words = new Int32Array(capacity * 2);
  }

  /** Entries so far: the number of the next one. */
  get length(): number {
    return this.used >>> 1;
  }

  add(uop: number, pc: number): void {
    if (this.used === this.words.length) {
      const { words } = this;
      this.words = new Int32Array(words.length * 2);
      this.words.set(words);
    }
    this.words[this.used++] = uop;
    this.words[this.used++] = pc;
  }

  uop(entry: number): number {
    return this.words[entry * 2];
  }

  pc(entry: number): number {
    return this.words[entry * 2 + 1];
  }

  clear(): void {
    this.used = 0;
  }
}

/** What a block is told when it is made. */
export type BlockParts = Pick<
  Block, 'number' | 'address' | 'uops' | 'pc' | 'mode' | 'insns' | 'page' | 'page2' | 'returnPc'
>;

export class Block {
  /** Number in `IrCache`, also word 3 of the head; -1 for scratch. */
  readonly number: number;
  /** IR byte address of the head (scratch: of the first word). */
  readonly address: number;
  /** µops, the head included. */
  readonly uops: number;
  /** Guest pc of the first instruction, in the form the jump cache is keyed by (x86: EIP). */
  readonly pc: number;
  /** Interned execution mode that the block was decoded for. */
  readonly mode: number;
  readonly insns: number;
  /**
   * Physical page numbers (address >>> 12) of the bytes decoded; `page2` is NO_PAGE unless an
   * instruction crosses.
   */
  readonly page: number;
  readonly page2: number;
  /** It ends with a call, which comes back to this pc; null = it does not. */
  readonly returnPc: number | null;
  /** Set by `IrCache.retire`. */
  retired = false;
  private readonly table: InsnTable;
  private readonly first: number;

  /** Its instructions are in `table` from entry `first` on, and one more: where it ends. */
  constructor(parts: BlockParts, table: InsnTable, first: number) {
    this.number = parts.number;
    this.address = parts.address;
    this.uops = parts.uops;
    this.pc = parts.pc;
    this.mode = parts.mode;
    this.insns = parts.insns;
    this.page = parts.page;
    this.page2 = parts.page2;
    this.returnPc = parts.returnPc;
    this.table = table;
    this.first = first;
  }

  /** Index of the first µop of instruction `insn` (µop 0 is the head); `insns`: of none, `uops`. */
  uopOf(insn: number): number {
    return this.table.uop(this.first + insn);
  }

  /** Guest pc of instruction `insn` (i32); `insns`: the pc after the last. */
  pcOf(insn: number): number {
    return this.table.pc(this.first + insn);
  }

  /** Index of the instruction that the µop at IR address `ip` belongs to; -1 for the head. */
  insnAt(ip: number): number {
    const uop = (ip - this.address) / UOP_BYTES;
    let low = 0, high = this.insns;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.uopOf(middle) <= uop) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
