/** BT, BTS, BTR, BTC, BSF, BSR. */
import type { Builder } from '../../../ir/builder.ts';
import { OP } from '../../../ir/ops.ts';
import { W32 } from '../decode/insn.ts';
import type { Insn } from '../decode/insn.ts';
import { BIT, BSF, BSR, BYTES, LD, LDW, ST } from './op-tables.ts';
import { T0, T1, T2, TA, address, effective, reg, regOperand, segmented, source } from './operand.ts';

/** Which of the four: bits 4:3 of 0F A3/AB/B3/BB, bits 1:0 of the reg field of 0F BA. */
const BT = 0;

function apply(d: Insn, b: Builder, kind: number, bit: number): void {
  const op = BIT[kind * 3 + d.w];
  if (d.mod === 3) {
    const e = reg(d.w, d.rm);
    if (kind === BT) b.op(op, e, bit, 0);
    else b.op(op, e, e, bit);
    return;
  }
  if (kind === BT) {
    b.op(LD[d.w], T0, d.cell, d.off);
    b.op(op, T0, bit, 0);
    return;
  }
  b.op(LDW[d.w], T0, d.cell, d.off);
  b.op(op, T0, T0, bit);
  b.op(ST[d.w], T0, d.cell, d.off);
}

/** Bit number in a register: signed, it reaches beyond the memory operand (SDM vol. 2A, BT). */
export function bitEG(d: Insn, b: Builder): void {
  const kind = (d.opcode >> 3) & 3;
  const g = regOperand(d);
  if (d.mod !== 3) {
    effective(d, b);
    if (d.w === W32) {
      b.op(OP.sar32i, T2, g, 5);
    } else {
      b.op(OP.sx16to32, T2, g, 0);
      b.op(OP.sar32i, T2, T2, 4);
    }
    b.op(d.w === W32 ? OP.addsh2 : OP.addsh1, TA, d.cell, T2);
    if (!d.addr32) b.op(OP.add16i, TA, TA, 0);
    d.cell = TA;
    segmented(d, b, BYTES[d.w], kind !== BT);
  }
  apply(d, b, kind, g);
}

/** 0F BA: the bit number is taken modulo the width. */
export function bitEI(d: Insn, b: Builder): void {
  const kind = d.reg & 3;
  if (d.mod !== 3) address(d, b, BYTES[d.w], kind !== BT);
  b.op(OP.movi32, T1, d.imm & 0xff, 0);
  apply(d, b, kind, T1);
}

export function bsf(d: Insn, b: Builder): void {
  b.op(BSF[d.w], regOperand(d), source(d, b, d.w), 0);
}

export function bsr(d: Insn, b: Builder): void {
  b.op(BSR[d.w], regOperand(d), source(d, b, d.w), 0);
}
