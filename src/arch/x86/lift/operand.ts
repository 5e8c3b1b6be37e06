/**
 * Operands: register cells, effective addresses, segmentation, loads of the r/m operand.
 *
 * Temporaries: T0..T7 belong to the family's lift, T8 and T9 to addresses (`TA` effective, `TL`
 * linear), T10..T12 to the stack, T13..T15 to helpers that take operands there.
 */
import { SEGMENT } from '../../../ir/layout.ts';
import { OP } from '../../../ir/ops.ts';
import type { Builder } from '../../../ir/builder.ts';
import type { Insn } from '../decode/insn.ts';
import { CS, DS, FS, GPR, GS, SS, reg8, segmentCell, temp } from '../state.ts';
import { ADD_SCALED, BYTES, LD } from './op-tables.ts';

export const T0 = temp(0), T1 = temp(1), T2 = temp(2), T3 = temp(3), T4 = temp(4), T5 = temp(5);
/** Effective address; linear address. */
export const TA = temp(8), TL = temp(9);

/** In a flat mode the base of DS is 0, so its cell serves as the base of an absolute address. */
const ZERO = segmentCell(DS) + SEGMENT.BASE;
const FS_BASE = segmentCell(FS) + SEGMENT.BASE;
const GS_BASE = segmentCell(GS) + SEGMENT.BASE;

/** Cells by width index × 8 + register number. */
const REG = [0, 1, 2].flatMap((w) => [0, 1, 2, 3, 4, 5, 6, 7].map((n) => (w === 0 ? reg8(n) : GPR + 4 * n)));

/** Cell of register n at width index w. */
export function reg(w: number, n: number): number {
  return REG[w * 8 + n];
}

/** Is the operand's segment one without base and limit in this mode? */
function isFlat(d: Insn): boolean {
  return d.flat && d.seg <= DS && d.seg !== CS;
}

/**
 * Computes the effective address (offset in its segment) of the memory operand into `d.cell` +
 * `d.off`.
 */
export function effective(d: Insn, b: Builder): void {
  if (d.addr32) {
    d.off = d.disp;
    if (d.index === 0) {
      d.cell = d.base;
      if (d.base === 0) {
        if (isFlat(d)) d.cell = ZERO;
        else constantAddress(d, b);
      }
      return;
    }
    d.cell = TA;
    if (d.base === 0) b.op(OP.shl32i, TA, d.index, d.scale);
    else b.op(ADD_SCALED[d.scale], TA, d.base, d.index);
    return;
  }
  d.cell = TA;
  d.off = 0;
  if (d.base === 0) {
    b.op(OP.movi32, TA, d.disp & 0xffff, 0);
  } else if (d.index !== 0) {
    b.op(OP.add16, TA, d.base, d.index);
    if (d.disp !== 0) b.op(OP.add16i, TA, TA, d.disp);
  } else {
    b.op(OP.add16i, TA, d.base, d.disp);
  }
}

function constantAddress(d: Insn, b: Builder): void {
  b.op(OP.movi32, TA, d.disp, 0);
  d.cell = TA;
  d.off = 0;
}

/**
 * Makes the effective address in `d.cell` + `d.off` linear, checked for an access of `size` bytes.
 */
export function segmented(d: Insn, b: Builder, size: number, write: boolean): void {
  if (isFlat(d)) return;
  if ((d.seg === FS && d.fsOpen) || (d.seg === GS && d.gsOpen)) {
    b.op(OP.add32, TL, d.cell, d.seg === FS ? FS_BASE : GS_BASE);
    d.cell = TL;
    return;
  }
  if (d.off !== 0) {
    b.op(OP.add32i, TA, d.cell, d.off);
    d.cell = TA;
    d.off = 0;
  }
  b.op(OP.seg, TL, d.cell, segmentCell(d.seg) | (size << 16) | (write ? 1 << 24 : 0));
  d.cell = TL;
}

/**
 * Address of the memory operand for loads and stores of `size` bytes: linear address = `d.cell` +
 * `d.off`.
 */
export function address(d: Insn, b: Builder, size: number, write: boolean): void {
  if (d.base === 0 && d.addr32 && d.index === 0 && ((d.seg === FS && d.fsOpen) || (d.seg === GS && d.gsOpen))) {
    d.cell = d.seg === FS ? FS_BASE : GS_BASE;
    d.off = d.disp;
    return;
  }
  effective(d, b);
  segmented(d, b, size, write);
}

/** As `address`, the linear address alone in the returned cell. */
export function linear(d: Insn, b: Builder, size: number, write: boolean): number {
  address(d, b, size, write);
  if (d.off === 0) return d.cell;
  b.op(OP.add32i, TL, d.cell, d.off);
  return TL;
}

/** Cell holding the r/m operand at width w: the register, or T0 after a load. */
export function source(d: Insn, b: Builder, w: number): number {
  if (d.mod === 3) return REG[w * 8 + d.rm];
  address(d, b, BYTES[w], false);
  b.op(LD[w], T0, d.cell, d.off);
  return T0;
}

/** The register of the reg field at the instruction's width. */
export function regOperand(d: Insn): number {
  return REG[d.w * 8 + d.reg];
}

/** The stack segment has no base and limit and ESP is used. */
export function flatStack(d: Insn): boolean {
  return d.flat && d.stack32;
}

export const STACK_SEGMENT = segmentCell(SS);
