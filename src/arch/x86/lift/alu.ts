/** ADD OR ADC SBB AND SUB XOR CMP TEST INC DEC NEG NOT. */
import type { Builder } from '../../../ir/builder.ts';
import type { Insn } from '../decode/insn.ts';
import { EAX, GPR } from '../state.ts';
import { ALU, ALU_I, BYTES, CMP, CMP_I, DEC, INC, LDW, NEG, NOT, ST, TEST, TEST_I } from './op-tables.ts';
import { T0, address, reg, regOperand, source } from './operand.ts';

/** op r/m, r. */
export function aluEG(d: Insn, b: Builder): void {
  const op = ALU[((d.opcode >> 3) & 7) * 3 + d.w];
  const g = regOperand(d);
  if (d.mod === 3) {
    const e = reg(d.w, d.rm);
    b.op(op, e, e, g);
    return;
  }
  modify(d, b, op, g);
}

/** op r, r/m. */
export function aluGE(d: Insn, b: Builder): void {
  const g = regOperand(d);
  const e = source(d, b, d.w);
  b.op(ALU[((d.opcode >> 3) & 7) * 3 + d.w], g, g, e);
}

/** op AL/AX/EAX, imm. */
export function aluAccI(d: Insn, b: Builder): void {
  b.op(ALU_I[((d.opcode >> 3) & 7) * 3 + d.w], EAX, EAX, d.imm);
}

/** Group 1: op r/m, imm (80..83 /0../6). */
export function aluEI(d: Insn, b: Builder): void {
  const op = ALU_I[d.reg * 3 + d.w];
  if (d.mod === 3) {
    const e = reg(d.w, d.rm);
    b.op(op, e, e, d.imm);
    return;
  }
  modify(d, b, op, d.imm);
}

/** Read, op with a second operand, write. */
function modify(d: Insn, b: Builder, op: number, second: number): void {
  address(d, b, BYTES[d.w], true);
  b.op(LDW[d.w], T0, d.cell, d.off);
  b.op(op, T0, T0, second);
  b.op(ST[d.w], T0, d.cell, d.off);
}

export function cmpEG(d: Insn, b: Builder): void {
  const e = source(d, b, d.w);
  b.op(CMP[d.w], e, regOperand(d), 0);
}

export function cmpGE(d: Insn, b: Builder): void {
  const e = source(d, b, d.w);
  b.op(CMP[d.w], regOperand(d), e, 0);
}

export function cmpAccI(d: Insn, b: Builder): void {
  b.op(CMP_I[d.w], EAX, d.imm, 0);
}

export function cmpEI(d: Insn, b: Builder): void {
  const e = source(d, b, d.w);
  b.op(CMP_I[d.w], e, d.imm, 0);
}

export function testEG(d: Insn, b: Builder): void {
  const e = source(d, b, d.w);
  b.op(TEST[d.w], e, regOperand(d), 0);
}

export function testAccI(d: Insn, b: Builder): void {
  b.op(TEST_I[d.w], EAX, d.imm, 0);
}

export function testEI(d: Insn, b: Builder): void {
  const e = source(d, b, d.w);
  b.op(TEST_I[d.w], e, d.imm, 0);
}

function unary(d: Insn, b: Builder, op: number): void {
  if (d.mod === 3) {
    const e = reg(d.w, d.rm);
    b.op(op, e, e, 0);
    return;
  }
  modify(d, b, op, 0);
}

export function incE(d: Insn, b: Builder): void {
  unary(d, b, INC[d.w]);
}

export function decE(d: Insn, b: Builder): void {
  unary(d, b, DEC[d.w]);
}

export function notE(d: Insn, b: Builder): void {
  unary(d, b, NOT[d.w]);
}

export function negE(d: Insn, b: Builder): void {
  unary(d, b, NEG[d.w]);
}

/** 40..47, 48..4F. */
export function incR(d: Insn, b: Builder): void {
  const r = GPR + 4 * (d.opcode & 7);
  b.op(INC[d.w], r, r, 0);
}

export function decR(d: Insn, b: Builder): void {
  const r = GPR + 4 * (d.opcode & 7);
  b.op(DEC[d.w], r, r, 0);
}
