/**
 * The record of one translated block: where its µops stand and which guest instruction each belongs
 * to.
 */
import { UOP_BYTES } from './layout.ts';

/** No second page. */
export const NO_PAGE = -1;

export interface Block {
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
  /** Index of the first µop of each instruction (µop 0 is the head). */
  readonly insnStart: readonly number[];
  /** Guest pc of each instruction (i32), and one entry more: the pc after the last. */
  readonly insnPc: readonly number[];
  /**
   * Physical page numbers (address >>> 12) of the bytes decoded; `page2` is NO_PAGE unless an
   * instruction crosses.
   */
  readonly page: number;
  readonly page2: number;
  /** It ends with a call, which comes back to this pc; null = it does not. */
  readonly returnPc: number | null;
  /** Set by `IrCache.retire`. */
  retired: boolean;
}

/** Index of the instruction that the µop at IR address `ip` belongs to; -1 for the head. */
export function insnAt(block: Block, ip: number): number {
  const index = (ip - block.address) / UOP_BYTES;
  const starts = block.insnStart;
  let low = 0, high = block.insns;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (starts[middle] <= index) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
