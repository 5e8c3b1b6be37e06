/** Jumps, calls, returns, loops, software interrupts. */
import type { Builder } from '../../../ir/builder.ts';
import { STATE } from '../../../ir/layout.ts';
import { OP } from '../../../ir/ops.ts';
import { W16, W32 } from '../decode/insn.ts';
import type { Insn } from '../decode/insn.ts';
import { SLOW } from '../slow-ops.ts';
import { ECX, ESP, GPR, temp } from '../state.ts';
import { BYTES, JCC, LD } from './op-tables.ts';
import { T0, T1, T2, address, flatStack } from './operand.ts';
import { pushConstant, release, top } from './stack.ts';

/** Condition codes used by LOOPE and LOOPNE. */
const E = 4, NE = 5, NO = 1;
/** Where `callFar` takes its return address. */
const RETURN_PC = temp(15);

/** Branch target: a 16-bit operand size masks EIP (SDM vol. 2A, JMP). */
function target(d: Insn): number {
  const to = (d.next + d.imm) | 0;
  return d.w === W32 ? to : to & 0xffff;
}

/**
 * In 16-bit code a 32-bit branch may go beyond the limit of CS, which faults at the branch. In
 * 32-bit code the fetch of the target notices.
 */
function checkTarget(d: Insn, b: Builder, to: number): void {
  if (d.code32 || d.w !== W32 || (to >= 0 && to <= 0xffff)) return;
  b.op(OP.movi32, T2, to, 0);
  b.op(OP.helper, SLOW.checkBranch, T2, 0);
}

function checkCell(d: Insn, b: Builder, cell: number): void {
  if (!d.code32 && d.w === W32) b.op(OP.helper, SLOW.checkBranch, cell, 0);
}

function goto(d: Insn, b: Builder, to: number): void {
  b.op(OP.goto, to, 0, 0);
  d.ended = true;
}

export function jmpJ(d: Insn, b: Builder): void {
  const to = target(d);
  checkTarget(d, b, to);
  goto(d, b, to);
}

export function jccJ(d: Insn, b: Builder): void {
  const to = target(d);
  if (!d.code32 && d.w === W32 && (to < 0 || to > 0xffff)) {
    b.op(JCC[(d.opcode & 15) ^ 1], d.next, 0, 0);
    checkTarget(d, b, to);
    goto(d, b, to);
    return;
  }
  b.op(JCC[d.opcode & 15], to, 0, 0);
  goto(d, b, d.next);
}

export function callJ(d: Insn, b: Builder): void {
  const to = target(d);
  checkTarget(d, b, to);
  pushConstant(d, b, d.w, d.next);
  b.call(d.next);
  goto(d, b, to);
}

/** Loads the r/m target, zero-extended, into a cell that a push does not change. */
function targetCell(d: Insn, b: Builder): number {
  if (d.mod === 3) {
    const r = GPR + 4 * d.rm;
    if (d.w === W32 && r !== ESP) return r;
    b.op(d.w === W32 ? OP.mov32 : OP.zx16to32, T0, r, 0);
    return T0;
  }
  address(d, b, BYTES[d.w], false);
  b.op(d.w === W32 ? OP.ld32 : OP.ldzx16, T0, d.cell, d.off);
  return T0;
}

function gotoCell(d: Insn, b: Builder, cell: number): void {
  b.op(OP.gotor, cell, 0, 0);
  d.ended = true;
}

/** FF /4. */
export function jmpE(d: Insn, b: Builder): void {
  const t = targetCell(d, b);
  checkCell(d, b, t);
  gotoCell(d, b, t);
}

/** FF /2. */
export function callE(d: Insn, b: Builder): void {
  const t = targetCell(d, b);
  checkCell(d, b, t);
  pushConstant(d, b, d.w, d.next);
  b.call(d.next);
  gotoCell(d, b, t);
}

export function ret(d: Insn, b: Builder): void {
  returnNear(d, b, 0);
}

export function retI(d: Insn, b: Builder): void {
  returnNear(d, b, d.imm);
}

function returnNear(d: Insn, b: Builder, bytes: number): void {
  if (bytes === 0 && d.w === W32 && flatStack(d)) {
    b.op(OP.pop32, T0, ESP, 0);
    gotoCell(d, b, T0);
    return;
  }
  top(d, b, d.w, T0);
  if (d.w === W16) b.op(OP.zx16to32, T0, T0, 0);
  checkCell(d, b, T0);
  release(d, b, BYTES[d.w] + bytes);
  gotoCell(d, b, T0);
}

/** Decrements (E)CX by address size; returns a 32-bit cell with the new count. */
function countDown(d: Insn, b: Builder): number {
  if (d.addr32) {
    b.op(OP.sub32i, ECX, ECX, 1);
    return ECX;
  }
  b.op(OP.add16i, T0, ECX, -1);
  b.op(OP.mov16, ECX, T0, 0);
  return T0;
}

export function loop(d: Insn, b: Builder): void {
  b.op(OP.jnz, target(d), 0, countDown(d, b));
  goto(d, b, d.next);
}

/** E1 LOOPE, E0 LOOPNE. */
export function loopCond(d: Insn, b: Builder): void {
  const count = countDown(d, b);
  b.op(JCC[d.opcode === 0xe1 ? NE : E], d.next, 0, 0);
  b.op(OP.jnz, target(d), 0, count);
  goto(d, b, d.next);
}

/** JCXZ, JECXZ. */
export function jcxz(d: Insn, b: Builder): void {
  let count = ECX;
  if (!d.addr32) {
    b.op(OP.zx16to32, T0, ECX, 0);
    count = T0;
  }
  b.op(OP.jz, target(d), 0, count);
  goto(d, b, d.next);
}

function leaving(d: Insn, b: Builder, id: number, x: number, y: number): void {
  b.op(OP.helper, id, x, y);
  d.ended = true;
}

function far(d: Insn, b: Builder, id: number): void {
  if (id === SLOW.callFar) b.op(OP.movi32, RETURN_PC, d.next, 0);
  leaving(d, b, id, T0, T1 | (BYTES[d.w] << 24));
}

function farPointer(d: Insn, b: Builder, id: number): void {
  b.op(OP.movi32, T0, d.imm, 0);
  b.op(OP.movi32, T1, d.imm2, 0);
  far(d, b, id);
}

/** Loads a far pointer from memory: offset into T0 (zero-extended), selector into T1. */
export function loadFar(d: Insn, b: Builder): void {
  const size = BYTES[d.w];
  address(d, b, size + 2, false);
  b.op(d.w === W32 ? OP.ld32 : OP.ldzx16, T0, d.cell, d.off);
  b.op(OP.ldzx16, T1, d.cell, d.off + size);
}

export function jmpFarA(d: Insn, b: Builder): void {
  farPointer(d, b, SLOW.jmpFar);
}

export function callFarA(d: Insn, b: Builder): void {
  farPointer(d, b, SLOW.callFar);
}

/** FF /5. */
export function jmpFarE(d: Insn, b: Builder): void {
  loadFar(d, b);
  far(d, b, SLOW.jmpFar);
}

/** FF /3. */
export function callFarE(d: Insn, b: Builder): void {
  loadFar(d, b);
  far(d, b, SLOW.callFar);
}

export function retFar(d: Insn, b: Builder): void {
  leaving(d, b, SLOW.retFar, BYTES[d.w], 0);
}

export function retFarI(d: Insn, b: Builder): void {
  leaving(d, b, SLOW.retFar, BYTES[d.w], d.imm);
}

export function iret(d: Insn, b: Builder): void {
  b.op(OP.helper, SLOW.iret, BYTES[d.w], 0);
  // To the same level and mode it comes back.
  b.op(OP.gotor, STATE.PC, 0, 0);
  d.ended = true;
}

export function int3(d: Insn, b: Builder): void {
  leaving(d, b, SLOW.int3, d.next, 0);
}

export function intI(d: Insn, b: Builder): void {
  leaving(d, b, SLOW.int, d.imm & 0xff, d.next);
}

/**
 * F1 (ICEBP): vector 1 as an event of the processor, so without a check of the gate's DPL or of
 * IOPL.
 */
export function int1(d: Insn, b: Builder): void {
  leaving(d, b, SLOW.int, 0x101, d.next);
}

/** The helper is reached with OF set only. */
export function into(d: Insn, b: Builder): void {
  b.op(JCC[NO], d.next, 0, 0);
  leaving(d, b, SLOW.into, d.next, 0);
}

/** BOUND r, m: the two bounds follow each other. */
export function bound(d: Insn, b: Builder): void {
  const size = BYTES[d.w];
  address(d, b, 2 * size, false);
  if (d.w === W32) {
    b.op(LD[W32], temp(13), d.cell, d.off);
    b.op(LD[W32], temp(14), d.cell, d.off + 4);
    b.op(OP.helper, SLOW.bound, GPR + 4 * d.reg, 0);
    return;
  }
  b.op(OP.ldsx16, temp(13), d.cell, d.off);
  b.op(OP.ldsx16, temp(14), d.cell, d.off + 2);
  b.op(OP.sx16to32, T0, GPR + 4 * d.reg, 0);
  b.op(OP.helper, SLOW.bound, T0, 0);
}

