/**
 * Which registers and flags a function touches, found before its code is emitted: those become
 * locals.
 */
import type { Block } from '../../ir/block.ts';
import type { InstructionSet, RegisterFile } from '../../ir/instruction-set.ts';
import type { IrCode } from '../../ir/ir-cache.ts';
import { FIXED, UOP_BYTES } from '../../ir/layout.ts';
import { OPS } from '../../ir/ops.ts';

export interface CellUse {
  /** By register: 1 if it is read or written; 1 if it is written. */
  readonly registers: Uint8Array;
  readonly changed: Uint8Array;
  flags: boolean;
  flagsChange: boolean;
}

/** The register that `cell` is part of, or -1. */
export function registerOf(file: RegisterFile, cell: number): number {
  const at = cell - file.base, n = at >> (file.width === 64 ? 3 : 2);
  return at >= 0 && n < file.count ? n : -1;
}

/** Sums up what the µops of `blocks` name. */
export function cellUse(ir: IrCode, isa: InstructionSet, blocks: readonly Block[]): CellUse {
  const file = isa.registers;
  const use: CellUse = {
    registers: new Uint8Array(file.count), changed: new Uint8Array(file.count),
    flags: false, flagsChange: false,
  };
  const touch = (cell: number, changes: boolean): void => {
    const n = registerOf(file, cell);
    if (n < 0) return;
    use.registers[n] = 1;
    if (changes) use.changed[n] = 1;
  };
  for (const block of blocks) {
    for (let uop = 1; uop < block.uops; uop++) {
      const ip = block.address + uop * UOP_BYTES;
      const row = OPS[ir.opAt(ip)];
      if (isa.flags && row.flags !== 'none') {
        use.flags = true;
        if (row.flags !== 'read') use.flagsChange = true;
      }
      if (row.implicit) {
        touch(FIXED.ACC, true);
        touch(FIXED.DATA, true);
      }
      for (let slot = 0; slot < 3; slot++) {
        const letter = row.sig[slot];
        if (letter !== 'd' && letter !== 'a' && letter !== 'b' && letter !== 'm') continue;
        const cell = ir.words[(ip >>> 2) + 1 + slot];
        touch(cell, letter === 'd' || letter === 'm');
        // 64 bits are two registers of 32.
        if (row.width === 64) touch(cell + 4, letter === 'd' || letter === 'm');
      }
    }
  }
  return use;
}
