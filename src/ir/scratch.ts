/**
 * Partial runs: copies a part of a block into `MAP.SCRATCH` so that it ends with `stop` and never
 * goes on into other blocks. Branches are rewritten to leave with EXIT SYNC and PC set, and runs
 * are taken apart. `block` then describes the copy, so a FAULT or LEAVE in scratch is treated like
 * one in the IR cache, and the `rem` half of w0 at EXIT_IP says for every exit how many
 * instructions were charged but not run (one more if the µop faulted).
 */
import { Block, InsnTable } from './block.ts';
import { MAX_BLOCK_INSNS } from './builder.ts';
import { MAP, UOP_BYTES } from './layout.ts';
import { OP, OPS } from './ops.ts';
import type { Runs } from './runs.ts';

/** Executions of a head in scratch so far: it is written anew before they reach any threshold. */
const NEVER_HOT = -0x80000000;
const CAPACITY = (MAP.JUMP_CACHE - MAP.SCRATCH) / UOP_BYTES;

export class Scratch {
  private readonly words: Int32Array;
  private readonly runs: Runs;
  /** The copy is put together here, as the source may itself stand in scratch. */
  private readonly copy = new Int32Array(CAPACITY * 4);
  private used = 0;
  /** µops copied from the source, without the `stop` and `sync`s behind them. */
  private body = 0;
  private current: Block | null = null;
  /** Its instructions. */
  private readonly insns = new InsnTable(MAX_BLOCK_INSNS + 1);
  private after = 0;

  /** `words`: the core's window as i32. */
  constructor(words: Int32Array, runs: Runs) {
    this.words = words;
    this.runs = runs;
  }

  /**
   * The first `count` instructions of `block` (1..insns) behind a head of `count`, then `stop`.
   * Returns the address to run at; the head charges `count` instructions to IC (so IC must be at
   * least `count`).
   */
  prefix(block: Block, count: number): number {
    const first = block.uopOf(0);
    this.used = 0;
    this.append(OP.head, count, NEVER_HOT, -1);
    this.take(block, first, block.uopOf(count), block.insns - count);
    this.install(block, 0, count, first - 1);
    return MAP.SCRATCH;
  }

  /**
   * The µops of one instruction of `block` (which may be `this.block`) from IR address `ip` to its
   * end, then `stop`. Returns the address to run at. Nothing is charged: the instruction was
   * charged by its own block, and `rem` stays as it was there.
   */
  remainder(block: Block, ip: number): number {
    const insn = block.insnAt(ip);
    const from = (ip - block.address) / UOP_BYTES;
    this.used = 0;
    this.take(block, from, block.uopOf(insn + 1), 0);
    this.install(block, insn, 1, from);
    return MAP.SCRATCH;
  }

  /**
   * Describes what scratch holds now: addresses and instructions of the copy; `uops` leaves out
   * what was added behind.
   */
  get block(): Block {
    if (this.current === null) throw new Error('scratch is empty');
    return this.current;
  }

  /** Guest pc to go on at after EXIT STOP. */
  get nextPc(): number {
    return this.after;
  }

  /** True when `ip` lies in scratch. */
  holds(ip: number): boolean {
    return ip >= MAP.SCRATCH && ip < MAP.SCRATCH + this.used * UOP_BYTES;
  }

  private take(block: Block, from: number, to: number, less: number): void {
    const base = (block.address >>> 2);
    const words = this.words;
    const start = this.used;
    let rem = 0;
    for (let uop = from; uop < to; uop++) {
      const at = base + uop * 4;
      rem = (words[at] >>> 16) - less;
      const op = this.runs.opOf(words[at] & 0xffff);
      this.append(contained(op) | (rem << 16), words[at + 1], words[at + 2], words[at + 3]);
    }
    this.body = this.used;
    this.append(OP.stop | (rem << 16), 0, 0, 0);
    const end = this.used;
    for (let uop = start; uop < end; uop++) {
      const w0 = this.copy[uop * 4];
      if (OPS[w0 & 0xffff].sig[1] !== 'l') continue;
      this.copy[uop * 4 + 2] = MAP.SCRATCH + this.used * UOP_BYTES;
      this.append(OP.sync | (w0 & ~0xffff), this.copy[uop * 4 + 1], 0, 0);
    }
  }

  private append(w0: number, w1: number, w2: number, w3: number): void {
    const at = this.used++ * 4;
    this.copy[at] = w0;
    this.copy[at + 1] = w1;
    this.copy[at + 2] = w2;
    this.copy[at + 3] = w3;
  }

  /**
   * Scratch holds `count` instructions of `from`, `insn` the first; its µop `shift` is scratch's
   * first.
   */
  private install(from: Block, insn: number, count: number, shift: number): void {
    this.words.set(this.copy.subarray(0, this.used * 4), MAP.SCRATCH >>> 2);
    const { insns } = this;
    // `from` may have its own entries here: each is read before it is written.
    insns.clear();
    for (let n = 0; n <= count; n++)
      // A remainder begins in the midst of its instruction.
      insns.add(Math.max(0, from.uopOf(insn + n) - shift), from.pcOf(insn + n));
    this.after = insns.pc(count);
    this.current = new Block({
      number: -1, address: MAP.SCRATCH, uops: this.body, pc: insns.pc(0), mode: from.mode, insns: count,
      page: from.page, page2: from.page2, returnPc: null,
    }, insns, 0);
  }
}

/** The op that does the same but leaves instead of going on in another block. */
function contained(op: number): number {
  return op === OP.goto ? OP.sync : op === OP.gotor ? OP.syncr : op;
}
