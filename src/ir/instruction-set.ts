/** What the engine must know of an instruction set: it is made for one. */
import type { OpName } from './ops.ts';
import type { Runs } from './runs.ts';

/**
 * The cells that compiled code keeps in locals: `count` registers of `width` bits, one behind the
 * other from cell `base` on. Where they have 64 bits, every cell that a row writes has 64, a write
 * of 32 clears the upper half, and the sixteen temporaries are eight.
 */
export interface RegisterFile {
  readonly base: number;
  readonly count: number;
  readonly width: 32 | 64;
}

export interface InstructionSet {
  readonly name: string;
  readonly registers: RegisterFile;
  /** It has the lazy flags (`STATE.CC_RES`, `STATE.CC_AUX`). */
  readonly flags: boolean;
  /**
   * How many ways there are to translate an address at a time, by privilege or world: each has a
   * TLB of the engine (`tlbBase`). At most `MAX_REGIMES`.
   */
  readonly regimes: number;
  /** Width of a guest address. The engine makes 32-bit ones only, so far. */
  readonly addressBits: 32 | 64;
  /** The rows that its µops are of: its interpreter has no other. */
  readonly rows: readonly OpName[];
  /** Sequences that its interpreter fuses. */
  readonly runs: Runs;
}
