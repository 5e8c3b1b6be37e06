/** XCHG, XADD, CMPXCHG, CMPXCHG8B. */
import type { Builder } from '../../../ir/builder.ts';
import { OP } from '../../../ir/ops.ts';
import { W32, W8 } from '../decode/insn.ts';
import type { Insn } from '../decode/insn.ts';
import { SLOW } from '../slow-ops.ts';
import { EAX, EBX, ECX, EDX } from '../state.ts';
import { ALU, BYTES, CMOVNZ, CMP, LDW, MOV, ST } from './op-tables.ts';
import { T0, T1, T2, T3, T4, T5, TA, address, reg, regOperand } from './operand.ts';

function swap(d: Insn, b: Builder, x: number, y: number): void {
  const mov = MOV[d.w];
  b.op(mov, T0, x, 0);
  b.op(mov, x, y, 0);
  b.op(mov, y, T0, 0);
}

/** With memory it locks the bus, prefix or not (SDM vol. 3A, 8.1.2.1). */
export function xchgEG(d: Insn, b: Builder): void {
  const g = regOperand(d);
  if (d.mod === 3) {
    swap(d, b, reg(d.w, d.rm), g);
    return;
  }
  if (!d.lock) b.op(OP.helper, SLOW.locked, 0, 0);
  address(d, b, BYTES[d.w], true);
  b.op(LDW[d.w], T0, d.cell, d.off);
  b.op(ST[d.w], g, d.cell, d.off);
  b.op(MOV[d.w], g, T0, 0);
}

/** 91..97. */
export function xchgAccR(d: Insn, b: Builder): void {
  swap(d, b, EAX, reg(d.w, d.opcode & 7));
}

/** When both operands are one register, the sum stays (the destination is written last). */
export function xadd(d: Insn, b: Builder): void {
  const g = regOperand(d);
  const add = ALU[d.w];
  if (d.mod === 3) {
    const e = reg(d.w, d.rm);
    b.op(MOV[d.w], T0, e, 0);
    b.op(add, T1, e, g);
    b.op(MOV[d.w], g, T0, 0);
    b.op(MOV[d.w], e, T1, 0);
    return;
  }
  address(d, b, BYTES[d.w], true);
  b.op(LDW[d.w], T0, d.cell, d.off);
  b.op(add, T1, T0, g);
  b.op(ST[d.w], T1, d.cell, d.off);
  b.op(MOV[d.w], g, T0, 0);
}

/**
 * The accumulator always takes the old value of the destination (when they compared equal it has it
 * already), and the destination is always written. After the load with write intent no µop can
 * fault.
 */
export function cmpxchg(d: Insn, b: Builder): void {
  const mov = MOV[d.w];
  let g = regOperand(d);
  if (d.mod === 3) {
    b.op(mov, T0, reg(d.w, d.rm), 0);
  } else {
    address(d, b, BYTES[d.w], true);
    if (d.cell === EAX) {
      // The accumulator changes before the store.
      b.op(OP.mov32, TA, EAX, 0);
      d.cell = TA;
    }
    b.op(LDW[d.w], T0, d.cell, d.off);
  }
  b.op(CMP[d.w], EAX, T0, 0);
  b.op(OP.set_e, T1, 0, 0);
  if (d.mod === 3) {
    const e = reg(d.w, d.rm);
    b.op(mov, EAX, T0, 0);
    if (d.w !== W8) {
      b.op(CMOVNZ[d.w], e, g, T1);
      return;
    }
    b.op(mov, T2, g, 0);
    b.op(CMOVNZ[W32], T0, T2, T1);
    b.op(mov, e, T0, 0);
    return;
  }
  b.op(mov, EAX, T0, 0);
  if (d.w === W8) {
    b.op(mov, T2, g, 0);
    g = T2;
  }
  b.op(CMOVNZ[d.w === W8 ? W32 : d.w], T0, g, T1);
  b.op(ST[d.w], T0, d.cell, d.off);
}

/**
 * EDX:EAX is compared with 8 bytes of memory, which take ECX:EBX if equal and are written in any
 * case; else EDX:EAX takes them. Of the flags ZF alone changes. Behind the probe nothing can fault.
 */
export function cmpxchg8b(d: Insn, b: Builder): void {
  address(d, b, 8, true);
  const { cell, off } = d;
  b.op(OP.probew, cell, off, 8);
  b.op(OP.ld32, T0, cell, off);
  b.op(OP.ld32, T1, cell, off + 4);
  b.op(OP.xor32, T2, T0, EAX);
  b.op(OP.xor32, T3, T1, EDX);
  b.op(OP.or32, T2, T2, T3);
  // T2 = 1 if they differ, T3 = 1 if not: a value or its negative has bit 31 set unless it is 0.
  b.op(OP.movi32, T3, 0, 0);
  b.op(OP.sub32, T3, T3, T2);
  b.op(OP.or32, T2, T2, T3);
  b.op(OP.shr32i, T2, T2, 31);
  b.op(OP.xor32i, T3, T2, 1);
  b.op(OP.mov32, T4, T0, 0);
  b.op(OP.cmovnz32, T4, EBX, T3);
  b.op(OP.mov32, T5, T1, 0);
  b.op(OP.cmovnz32, T5, ECX, T3);
  b.op(OP.st32, T4, cell, off);
  b.op(OP.st32, T5, cell, off + 4);
  b.op(OP.mov32, EAX, T0, 0);
  b.op(OP.mov32, EDX, T1, 0);
  b.op(OP.shl32i, T3, T3, 6);
  b.op(OP.setflags, T3, 0x40, 0);
}
