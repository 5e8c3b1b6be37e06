/**
 * x87: decoded here as far as the memory operand, the rest is the FPU's (`fpu/`). FXSAVE, FXRSTOR.
 */
import type { Builder } from '../../../ir/builder.ts';
import { OP } from '../../../ir/ops.ts';
import type { Insn } from '../decode/insn.ts';
import { SLOW } from '../slow-ops.ts';
import { fastFunction } from '../fpu/fast/forms.ts';
import { EAX } from '../state.ts';
import { linear, T0 } from './operand.ts';

/**
 * Operand bytes by (opcode - D8) × 8 + reg (SDM vol. 2, appendix A.5); negative = written. 28 and
 * 108 (environment, state) shrink by 14 with a 16-bit operand size. 0: no such instruction.
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

/** FCMOVcc by opcode DA, DB and field. */
const MOVE_IF = (['b', 'e', 'be', 'p', 'ae', 'ne', 'a', 'np'] as const).map((c) => OP[`set_${c}`]);

/** D8..DF. What has a fast function (`fpu/fast/`) tries that first. */
export function fpu(d: Insn, b: Builder): void {
  const code = (d.opcode << 8) | d.modrm;
  const fast = fastFunction(d.opcode, d.modrm) << 8 | code << 16;
  if (d.mod === 3) {
    if (fastFunction(d.opcode, d.modrm) === 0) b.op(OP.helper, SLOW.fpuReg, code, 0);
    else registerForm(d, b, SLOW.fpuReg | fast);
    return;
  }
  const s = SIZES[(d.opcode & 7) * 8 + d.reg];
  let size = Math.abs(s);
  if (!d.op32 && size > 10) size -= 14;
  const at = linear(d, b, size === 0 ? 1 : size, s < 0);
  if (fastFunction(d.opcode, d.modrm) === 0) b.op(OP.helper, SLOW.fpuMem, code | (d.op32 ? 0 : 2 << 16), at);
  else b.op(OP.fastm, SLOW.fpuMem | fast, d.pc, at);
}

function registerForm(d: Insn, b: Builder, packed: number): void {
  const { opcode, reg } = d;
  if (opcode === 0xdf && reg === 4) b.op(OP.fastv, packed, d.pc, EAX);
  else if ((opcode === 0xdb || opcode === 0xdf) && reg >= 5) b.op(OP.fastf, packed, d.pc, 0);
  else if ((opcode === 0xda || opcode === 0xdb) && reg < 4) {
    b.op(MOVE_IF[(opcode - 0xda) * 4 + reg], T0);
    b.op(OP.fastm, packed, d.pc, T0);
  } else b.op(OP.fast, packed, d.pc, 0);
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
