/**
 * The IR cache: blocks of µops in linear memory from `MAP.IR`, allocated upwards and reclaimed by a
 * full flush only. Block addresses grow with block numbers; a table by stretches of IR memory says
 * which block to start looking at for any IR address.
 */
import { Block, InsnTable, NO_PAGE } from './block.ts';
import type { Builder } from './builder.ts';
import { MAP, UOP_BYTES } from './layout.ts';
import { MissSites } from './miss-sites.ts';
import { OP } from './ops.ts';
import type { Runs } from './runs.ts';

/** IR memory is divided into stretches of 2 ** this many bytes. */
const STRETCH_SHIFT = 8;
/** Instructions that there is room for at the start. */
const INSNS = 0x4000;

/** IR memory as the compiler reads it. */
export interface IrCode {
  readonly words: Int32Array;
  /** Op of the µop at IR address `ip`, whatever run begins there. */
  opAt(ip: number): number;
  /** µops that miss the TLB often. */
  readonly misses: Pick<MissSites, 'often'>;
}

export class IrCache implements IrCode {
  private readonly blocks: Block[] = [];
  /** Instructions of all of them. */
  private readonly insns = new InsnTable(INSNS);
  /** By stretch: number of the block that its first byte belongs to. */
  private readonly stretches: Int32Array;
  private next: number = MAP.IR;
  readonly words: Int32Array;
  readonly runs: Runs;
  readonly misses: MissSites = new MissSites();
  private readonly limit: number;
  /** A block was retired, all are about to be forgotten: for whoever made something of them. */
  onRetire: (block: Block) => void = () => {};
  onFlush: () => void = () => {};

  /**
   * `words`: the core's window as i32; `limit`: end of the region to use (byte address, for tests).
   */
  constructor(words: Int32Array, runs: Runs, limit: number = MAP.IR_END) {
    this.words = words;
    this.runs = runs;
    this.limit = limit;
    this.stretches = new Int32Array(((limit - MAP.IR) >>> STRETCH_SHIFT) + 1);
  }

  /**
   * Copies a finished builder's block into the cache and marks its runs. Returns null when there is
   * no room: the caller flushes this cache and the jump cache (never from within `run`) and tries
   * again.
   */
  add(builder: Builder, pc: number, mode: number, page: number, page2: number = NO_PAGE): Block | null {
    const bytes = builder.uops * UOP_BYTES;
    const address = this.next;
    if (address + bytes > this.limit) return null;
    const number = this.blocks.length;
    const { uops, insns, returnPc } = builder;
    const block = new Block(
      { number, address, pc, mode, page, page2, uops, insns, returnPc }, this.insns, this.insns.length,
    );
    for (let insn = 0; insn <= insns; insn++)
      this.insns.add(insn < insns ? builder.insnStart[insn] : uops, builder.insnPc[insn]);
    const at = address >>> 2;
    const { words } = this, from = builder.words;
    for (let i = 0, n = builder.uops * 4; i < n; i++) words[at + i] = from[i];
    words[at + 3] = number;
    this.runs.fold(words, at, 1, builder.uops);
    const next = (this.next = address + bytes);
    const last = (next - MAP.IR - 1) >>> STRETCH_SHIFT;
    for (let stretch = (address - MAP.IR + (1 << STRETCH_SHIFT) - 1) >>> STRETCH_SHIFT; stretch <= last; stretch++)
      this.stretches[stretch] = number;
    this.blocks.push(block);
    return block;
  }

  opAt(ip: number): number {
    return this.runs.opOf(this.words[ip >>> 2] & 0xffff);
  }

  /** The block that holds the µop at IR address `ip`, or null. */
  blockAt(ip: number): Block | null {
    if (ip < MAP.IR || ip >= this.next) return null;
    const blocks = this.blocks;
    let number = this.stretches[(ip - MAP.IR) >>> STRETCH_SHIFT];
    while (number + 1 < blocks.length && blocks[number + 1].address <= ip) number++;
    return blocks[number];
  }

  /** The live block whose head is at IR address `address`, or null. */
  headAt(address: number): Block | null {
    const op = this.words[address >>> 2] & 0xffff;
    return op === OP.head || op === OP.compiled ? this.blocks[this.words[(address >>> 2) + 3]] : null;
  }

  /** Block by number (word 3 of a live head). */
  block(number: number): Block {
    return this.blocks[number];
  }

  /**
   * Fills the link word of the goto/jcc at `ip` (an EXIT_IP of a MISS) with the head of `target`.
   * Only when both blocks lie wholly in the same guest page and mode, and neither is retired;
   * returns whether it did.
   */
  link(ip: number, target: Block): boolean {
    const from = this.blockAt(ip);
    if (from === null || from.retired || target.retired || from.mode !== target.mode) return false;
    if (from.page2 !== NO_PAGE || target.page2 !== NO_PAGE || from.page !== target.page) return false;
    if (((from.pc ^ target.pc) & ~0xfff) !== 0) return false;
    this.words[(ip >>> 2) + 2] = target.address;
    return true;
  }

  /**
   * Replaces the head by `stale` (w1, w2 kept, w3 = pc): whoever arrives looks the pc up anew. Also
   * right while the block itself runs.
   */
  retire(block: Block): void {
    if (block.retired) return;
    block.retired = true;
    const at = block.address >>> 2;
    this.onRetire(block);
    this.words[at] = OP.stale;
    this.words[at + 3] = block.pc;
  }

  /** Forgets all blocks. Every table that holds IR addresses must be emptied as well. */
  flush(): void {
    this.onFlush();
    this.misses.clear();
    this.blocks.length = 0;
    this.insns.clear();
    this.next = MAP.IR;
  }

  /** Number of blocks since the last flush, retired ones included. */
  get size(): number {
    return this.blocks.length;
  }

  /** Bytes of IR memory in use. */
  get usedBytes(): number {
    return this.next - MAP.IR;
  }
}
