/**
 * Loads and stores of segment registers and of LDTR and TR, and the instructions that look at
 * descriptors. A load of ES, SS or DS may change the mode that blocks depend on, so it ends the
 * block with `sync`.
 */
import type { Builder } from '../../../ir/builder.ts';
import { SEGMENT } from '../../../ir/layout.ts';
import { OP } from '../../../ir/ops.ts';
import { W16, W32 } from '../decode/insn.ts';
import type { Insn } from '../decode/insn.ts';
import { SLOW } from '../slow-ops.ts';
import { DS, ES, FS, GPR, GS, LDTR, SS, TR, segmentCell } from '../state.ts';
import { BYTES, MOV } from './op-tables.ts';
import { T0, T1, T2, T3, address, regOperand, source } from './operand.ts';
import { loadFar } from './control.ts';
import { undefinedOpcode } from './exception.ts';
import { release, top } from './stack.ts';

function synchronize(d: Insn, b: Builder): void {
  b.op(OP.sync, d.next, 0, 0);
  d.ended = true;
}

/**
 * 8C /0../5: a register is written zero-extended to the operand size, memory always takes 16 bits.
 */
export function movESreg(d: Insn, b: Builder): void {
  storeSelector(d, b, segmentCell(d.reg) + SEGMENT.SELECTOR);
}

function storeSelector(d: Insn, b: Builder, selector: number): void {
  if (d.mod === 3) {
    b.op(d.w === W32 ? OP.zx16to32 : OP.mov16, GPR + 4 * d.rm, selector, 0);
    return;
  }
  address(d, b, 2, true);
  b.op(OP.st16, selector, d.cell, d.off);
}

/** 8E /0, /2../5. */
export function movSregE(d: Insn, b: Builder): void {
  b.op(OP.helper, SLOW.movSreg, d.reg, source(d, b, W16));
  synchronize(d, b);
}

function pop(d: Insn, b: Builder, segment: number): void {
  top(d, b, W16, T0);
  b.op(OP.helper, SLOW.movSreg, segment, T0);
  release(d, b, BYTES[d.w]);
  synchronize(d, b);
}

/** 07, 17, 1F. */
export function popSeg(d: Insn, b: Builder): void {
  pop(d, b, (d.opcode >> 3) & 3);
}

/** 0F A1, 0F A9. */
export function popFsGs(d: Insn, b: Builder): void {
  pop(d, b, (d.opcode >> 3) & 7);
}

function loadPointer(d: Insn, b: Builder, segment: number): void {
  loadFar(d, b);
  b.op(OP.helper, SLOW.movSreg, segment, T1);
  b.op(MOV[d.w], regOperand(d), T0, 0);
  synchronize(d, b);
}

export function les(d: Insn, b: Builder): void {
  loadPointer(d, b, ES);
}

export function lds(d: Insn, b: Builder): void {
  loadPointer(d, b, DS);
}

export function lss(d: Insn, b: Builder): void {
  loadPointer(d, b, SS);
}

export function lfs(d: Insn, b: Builder): void {
  loadPointer(d, b, FS);
}

export function lgs(d: Insn, b: Builder): void {
  loadPointer(d, b, GS);
}

/**
 * The system-segment instructions do not exist in real-address and virtual-8086 mode (SDM vol. 2,
 * each instruction).
 */
function exists(d: Insn, b: Builder): boolean {
  if (d.protectedMode && !d.v86) return true;
  undefinedOpcode(d, b);
  return false;
}

/** 0F 00 /0. */
export function sldt(d: Insn, b: Builder): void {
  if (exists(d, b)) storeSelector(d, b, segmentCell(LDTR) + SEGMENT.SELECTOR);
}

/** 0F 00 /1. */
export function str(d: Insn, b: Builder): void {
  if (exists(d, b)) storeSelector(d, b, segmentCell(TR) + SEGMENT.SELECTOR);
}

function withSelector(d: Insn, b: Builder, id: number, third: number): void {
  if (exists(d, b)) b.op(OP.helper, id, source(d, b, W16), third);
}

export function lldt(d: Insn, b: Builder): void {
  withSelector(d, b, SLOW.lldt, 0);
}

export function ltr(d: Insn, b: Builder): void {
  withSelector(d, b, SLOW.ltr, 0);
}

export function verr(d: Insn, b: Builder): void {
  withSelector(d, b, SLOW.verr, 0);
}

export function verw(d: Insn, b: Builder): void {
  withSelector(d, b, SLOW.verw, 0);
}

export function lar(d: Insn, b: Builder): void {
  withSelector(d, b, SLOW.lar, regOperand(d) | ((BYTES[d.w] * 8) << 16));
}

export function lsl(d: Insn, b: Builder): void {
  withSelector(d, b, SLOW.lsl, regOperand(d) | ((BYTES[d.w] * 8) << 16));
}

/** 63 ARPL r/m16, r16: ZF = destination RPL < source RPL, and then it takes the source's. */
export function arpl(d: Insn, b: Builder): void {
  if (!exists(d, b)) return;
  const g = GPR + 4 * d.reg;
  if (d.mod === 3) {
    b.op(OP.mov16, T0, GPR + 4 * d.rm, 0);
  } else {
    address(d, b, 2, true);
    b.op(OP.ldw16, T0, d.cell, d.off);
  }
  b.op(OP.and32i, T1, T0, 3);
  b.op(OP.and32i, T2, g, 3);
  b.op(OP.sub32, T1, T1, T2);
  b.op(OP.shr32i, T1, T1, 31);
  b.op(OP.and32i, T3, T0, ~3);
  b.op(OP.or32, T3, T3, T2);
  b.op(OP.cmovnz16, T0, T3, T1);
  if (d.mod === 3) b.op(OP.mov16, GPR + 4 * d.rm, T0, 0);
  else b.op(OP.st16, T0, d.cell, d.off);
  b.op(OP.shl32i, T1, T1, 6);
  b.op(OP.setflags, T1, 0x40, 0);
}
