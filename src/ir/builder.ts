/**
 * Accumulates the µops of one block. Use: `begin()`, then for each instruction `insn(pc)` and its
 * `op(...)`s, then `finish(endPc)`, then `IrCache.add(builder, ...)`. No allocation: one builder
 * serves all blocks.
 */
import { OP, OPS } from './ops.ts';

/**
 * Hard limit of µops in a block, head included (the scratch region must hold a copy of a block with
 * room to spare).
 */
export const MAX_BLOCK_UOPS = 640;
/** A lifter ends the block when fewer µops than this are left: no instruction needs more. */
export const MAX_INSN_UOPS = 128;
/** Hard limit of instructions in a block. */
export const MAX_BLOCK_INSNS = 128;

const BRANCHES = branchOps();

export class Builder {
  /** Four words a µop; µop 0 is the head. */
  readonly words = new Int32Array(MAX_BLOCK_UOPS * 4);
  readonly insnStart = new Uint16Array(MAX_BLOCK_INSNS);
  /** pc of each instruction; entry `insns` is the pc after the last (set by `finish`). */
  readonly insnPc = new Int32Array(MAX_BLOCK_INSNS + 1);
  /** µops so far, head included. */
  uops = 1;
  /** Instructions so far. */
  insns = 0;

  /** Where the call that ends the block returns to, or null. */
  returnPc: number | null = null;

  /** Starts an empty block. */
  begin(): void {
    this.uops = 1;
    this.insns = 0;
    this.returnPc = null;
  }

  /**
   * The branch of the last instruction calls a function that comes back to `returnPc`: for the
   * compiler, which follows loops and not calls.
   */
  call(returnPc: number): void {
    this.returnPc = returnPc;
  }

  /** Starts the instruction at guest address `pc`. Temporaries are dead here. */
  insn(pc: number): void {
    if (this.insns === MAX_BLOCK_INSNS) throw new Error('block has too many instructions');
    this.insnStart[this.insns] = this.uops;
    this.insnPc[this.insns] = pc;
    this.insns++;
  }

  /** Appends one µop: number from `OP`, operand words by its signature. */
  op(op: number, w1 = 0, w2 = 0, w3 = 0): void {
    if (this.uops === MAX_BLOCK_UOPS) throw new Error('block has too many µops');
    const at = this.uops++ * 4;
    const words = this.words;
    words[at] = op;
    words[at + 1] = w1;
    words[at + 2] = w2;
    words[at + 3] = w3;
  }

  /** True while one more instruction surely fits. */
  get hasRoom(): boolean {
    return this.insns < MAX_BLOCK_INSNS && this.uops + MAX_INSN_UOPS <= MAX_BLOCK_UOPS;
  }

  /**
   * Forgets the instruction begun last (its bytes could not be fetched, or it belongs in a block of
   * its own).
   */
  dropInsn(): void {
    this.insns--;
    this.uops = this.insnStart[this.insns];
  }

  /** Op number of the last µop, or -1 at the start of a block. */
  get lastOp(): number {
    return this.uops === 1 ? -1 : this.words[(this.uops - 1) * 4] & 0xffff;
  }

  /**
   * Completes the block: `endPc` is the pc after the last instruction. Writes the head and the
   * `rem` half of every w0. Throws when a branch stands before the last instruction (its count
   * would be wrong) or the block is empty.
   */
  finish(endPc: number): void {
    const { words, insnStart, insns } = this;
    if (insns === 0) throw new Error('empty block');
    this.insnPc[insns] = endPc;
    words[0] = OP.head;
    words[1] = insns;
    words[2] = 0;
    words[3] = 0;
    for (let insn = 0; insn < insns; insn++) {
      const end = insn + 1 < insns ? insnStart[insn + 1] : this.uops;
      const rem = insns - 1 - insn;
      for (let uop = insnStart[insn]; uop < end; uop++) {
        const op = words[uop * 4] & 0xffff;
        if (rem !== 0 && BRANCHES[op] === 1) throw new Error(`${OPS[op].name} before the last instruction of a block`);
        words[uop * 4] = op | (rem << 16);
      }
    }
  }
}

/** 1 for the ops that may go on elsewhere (goto, jcc and kin, sync). */
function branchOps(): Uint8Array {
  const table = new Uint8Array(OPS.length);
  for (const row of OPS)
    if (row.sig.includes('l') || (row.ends && row.name !== 'raise') || row.name === 'head') table[row.op] = 1;
  return table;
}
