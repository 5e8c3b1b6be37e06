/**
 * Which registers and flags a function touches, found before its code is emitted: those become
 * locals.
 */
import { FIXED, STATE, UOP_BYTES } from '../../ir/layout.ts';
import { OPS } from '../../ir/ops.ts';
import { opOf } from '../../ir/runs.ts';
import type { Block } from '../../ir/block.ts';

export interface CellUse {
  /** General registers read or written, and those written, as bits. */
  registers: number;
  changed: number;
  flags: boolean;
  flagsChange: boolean;
}

/** Rows with implicit operands in `FIXED`. */
const IMPLICIT = OPS.map((row) => /^(mulf|imul1f|div|idiv)\d/.test(row.name));
const IMPLICIT_BITS = bit(FIXED.ACC) | bit(FIXED.DATA);

function bit(cell: number): number {
  return cell >= STATE.ISA && cell < STATE.ISA + 32 ? 1 << ((cell - STATE.ISA) >> 2) : 0;
}

/** Sums up what the µops of `blocks` name. */
export function cellUse(words: Int32Array, blocks: readonly Block[]): CellUse {
  const use: CellUse = { registers: 0, changed: 0, flags: false, flagsChange: false };
  for (const block of blocks) {
    for (let uop = 1; uop < block.uops; uop++) {
      const at = (block.address + uop * UOP_BYTES) >>> 2;
      const row = OPS[opOf(words[at] & 0xffff)];
      if (row.flags !== 'none') use.flags = true;
      if (row.flags === 'write' || row.flags === 'partial') use.flagsChange = true;
      if (IMPLICIT[row.op]) {
        use.registers |= IMPLICIT_BITS;
        use.changed |= IMPLICIT_BITS;
      }
      for (let slot = 0; slot < 3; slot++) {
        const letter = row.sig[slot];
        if (letter !== 'd' && letter !== 'a' && letter !== 'b' && letter !== 'm') continue;
        const bits = bit(words[at + 1 + slot]);
        use.registers |= bits;
        if (letter === 'd' || letter === 'm') use.changed |= bits;
      }
    }
  }
  return use;
}
