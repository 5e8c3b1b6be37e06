/** x87: decoded here as far as the memory operand, the rest is the FPU's (`fpu/`). FXSAVE, FXRSTOR. */
import type { Builder } from '../../../ir/builder.ts';
import { OP } from '../../../ir/ops.ts';
import type { Insn } from '../decode/insn.ts';
import { SLOW } from '../slow-ops.ts';
import { temp } from '../state.ts';
import { linear } from './operand.ts';

/**
 * Operand bytes by (opcode - D8) × 8 + reg (SDM vol. 2, appendix A.5); negative = written. 28 and 108 (environment, state) shrink by 14 with a
 * 16-bit operand size. 0: no such instruction.
 */
const SIZES = new Int8Array([
  4, 4, 4, 4, 4, 4, 4, 4,
  4, 0, -4, -4, 28, 2, -28, -2,
  4, 4, 4, 4, 4, 4, 4, 4,
  4, 0, -4, -4, 0, 10, 0, -10,
  8, 8, 8, 8, 8, 8, 8, 8,
  8, 0, -8, -8, 108, 0, -108, -2,
  2, 2, 2, 2, 2, 2, 2, 2,
  2, 0, -2, -2, 10, 8, -10, -8,
]);

/** Where a memory form finds its EIP. */
const PC_CELL = temp(13);

/** D8..DF. */
export function fpu(d: Insn, b: Builder): void {
  const code = (d.opcode << 8) | d.modrm;
  if (d.mod === 3) {
    b.op(OP.helper, SLOW.fpuReg, code, d.pc);
    return;
  }
  const s = SIZES[(d.opcode & 7) * 8 + d.reg]!;
  let size = Math.abs(s);
  if (!d.op32 && size > 10) size -= 14;
  const at = linear(d, b, size === 0 ? 1 : size, s < 0);
  b.op(OP.movi32, PC_CELL, d.pc, 0);
  b.op(OP.helper, SLOW.fpuMem, code | (d.op32 ? 0 : 2 << 16), at);
}

/** 9B. */
export function fwait(_d: Insn, b: Builder): void {
  b.op(OP.helper, SLOW.fwait, 0, 0);
}

export function fxsave(d: Insn, b: Builder): void {
  b.op(OP.helper, SLOW.fxsave, linear(d, b, 512, true), 0);
}

export function fxrstor(d: Insn, b: Builder): void {
  b.op(OP.helper, SLOW.fxrstor, linear(d, b, 512, false), 0);
}
