/** PUSH and POP in all stack and operand sizes, PUSHA, POPA, PUSHF, POPF, ENTER, LEAVE. */
import type { Builder } from '../../../ir/builder.ts';
import { SEGMENT } from '../../../ir/layout.ts';
import { OP } from '../../../ir/ops.ts';
import { W16, W32 } from '../decode/insn.ts';
import type { Insn } from '../decode/insn.ts';
import { SLOW } from '../slow-ops.ts';
import { DF, EBP, EFLAGS_SYS, ESP, FLAG, GPR, segmentCell, temp } from '../state.ts';
import { BYTES, LD, MOV, ST } from './op-tables.ts';
import { STACK_SEGMENT, T0, T1, address, flatStack, source } from './operand.ts';

/** New stack pointer; linear address of the stack slot. */
const TS = temp(10), TSL = temp(11);
const TI = temp(12);

/** Pushes the cell at width w (W16, W32). Needs T10, T11; the cell may be ESP itself. */
export function push(d: Insn, b: Builder, w: number, cell: number): void {
  const size = BYTES[w];
  if (flatStack(d)) {
    if (w === W32) {
      b.op(OP.push32, cell, ESP, 0);
      return;
    }
    b.op(OP.st16, cell, ESP, -2);
    b.op(OP.add32i, ESP, ESP, -2);
    return;
  }
  pushBelow(d, b, size, w, cell);
}

/** Stores the cell at width w `size` bytes below the stack pointer, which then moves there. */
function pushBelow(d: Insn, b: Builder, size: number, w: number, cell: number): void {
  b.op(d.stack32 ? OP.add32i : OP.add16i, TS, ESP, -size);
  let at = TS;
  if (!d.flat) {
    b.op(OP.seg, TSL, TS, STACK_SEGMENT | (BYTES[w] << 16) | (1 << 24));
    at = TSL;
  }
  b.op(ST[w], cell, at, 0);
  b.op(d.stack32 ? OP.mov32 : OP.mov16, ESP, TS, 0);
}

export function pushConstant(d: Insn, b: Builder, w: number, value: number): void {
  if (w === W32 && flatStack(d)) {
    b.op(OP.pushi32, value, ESP, 0);
    return;
  }
  b.op(OP.movi32, TI, value, 0);
  push(d, b, w, TI);
}

/** Loads the top of the stack into a cell; the stack pointer stays (see `release`). */
export function top(d: Insn, b: Builder, w: number, cell: number): void {
  stackWord(d, b, w, cell, 0);
}

/** Loads the stack word at `offset` bytes above the stack pointer. */
export function stackWord(d: Insn, b: Builder, w: number, cell: number, offset: number): void {
  if (flatStack(d)) {
    b.op(LD[w], cell, ESP, offset);
    return;
  }
  b.op(d.stack32 ? OP.add32i : OP.add16i, TS, ESP, offset);
  let at = TS;
  if (!d.flat) {
    b.op(OP.seg, TSL, TS, STACK_SEGMENT | (BYTES[w] << 16));
    at = TSL;
  }
  b.op(LD[w], cell, at, 0);
}

/** Adds to the stack pointer. */
export function release(d: Insn, b: Builder, bytes: number): void {
  if (d.stack32) {
    b.op(OP.add32i, ESP, ESP, bytes);
    return;
  }
  b.op(OP.add16i, TS, ESP, bytes);
  b.op(OP.mov16, ESP, TS, 0);
}

export function pushR(d: Insn, b: Builder): void {
  push(d, b, d.w, GPR + 4 * (d.opcode & 7));
}

export function pushI(d: Insn, b: Builder): void {
  pushConstant(d, b, d.w, d.imm);
}

/** FF /6. */
export function pushE(d: Insn, b: Builder): void {
  push(d, b, d.w, source(d, b, d.w));
}

export function popR(d: Insn, b: Builder): void {
  const r = GPR + 4 * (d.opcode & 7);
  if (d.w === W32 && flatStack(d)) {
    b.op(OP.pop32, r, ESP, 0);
    return;
  }
  top(d, b, d.w, T0);
  release(d, b, BYTES[d.w]);
  b.op(MOV[d.w], r, T0, 0);
}

/**
 * 8F /0. An address based on ESP is computed after the increment (SDM vol. 2B, POP); the stack
 * pointer changes only when the store is done.
 */
export function popE(d: Insn, b: Builder): void {
  const size = BYTES[d.w];
  top(d, b, d.w, T0);
  if (d.mod === 3) {
    release(d, b, size);
    b.op(MOV[d.w], GPR + 4 * d.rm, T0, 0);
    return;
  }
  if (d.base === ESP && d.stack32) {
    d.disp = (d.disp + size) | 0;
  } else if (d.base === ESP) {
    b.op(OP.mov32, TI, ESP, 0);
    b.op(OP.add16i, TS, ESP, size);
    b.op(OP.mov16, TI, TS, 0);
    d.base = TI;
  }
  address(d, b, size, true);
  b.op(ST[d.w], T0, d.cell, d.off);
  release(d, b, size);
}

/**
 * Segment registers: the stack pointer moves by the operand's size and two bytes are written; the
 * upper half of a doubleword stays what it was (SDM vol. 3, "Selector Pushes and Pops": P6 family).
 */
function pushSegment(d: Insn, b: Builder, n: number): void {
  const cell = segmentCell(n) + SEGMENT.SELECTOR;
  const size = BYTES[d.w];
  if (flatStack(d)) {
    b.op(OP.st16, cell, ESP, -size);
    b.op(OP.add32i, ESP, ESP, -size);
    return;
  }
  pushBelow(d, b, size, W16, cell);
}

/** 06, 0E, 16, 1E. */
export function pushSeg(d: Insn, b: Builder): void {
  pushSegment(d, b, (d.opcode >> 3) & 3);
}

/** 0F A0, 0F A8. */
export function pushFsGs(d: Insn, b: Builder): void {
  pushSegment(d, b, (d.opcode >> 3) & 7);
}

export function pusha(d: Insn, b: Builder): void {
  b.op(OP.helper, SLOW.pusha, BYTES[d.w], 0);
}

export function popa(d: Insn, b: Builder): void {
  b.op(OP.helper, SLOW.popa, BYTES[d.w], 0);
}

export function pushf(d: Insn, b: Builder): void {
  if (d.v86) {
    b.op(OP.helper, SLOW.pushf, T0, 0);
  } else {
    b.op(OP.getflags, T0, 0, 0);
    b.op(OP.shl32i, T1, DF, 10);
    b.op(OP.or32, T0, T0, T1);
    b.op(OP.and32i, T1, EFLAGS_SYS, ~(FLAG.RF | FLAG.VM));
    b.op(OP.or32, T0, T0, T1);
  }
  push(d, b, d.w, T0);
}

/** The stack pointer moves after the helper has agreed (V86 with IOPL below 3 is #GP). */
export function popf(d: Insn, b: Builder): void {
  top(d, b, d.w, T0);
  b.op(OP.helper, SLOW.popf, T0, BYTES[d.w]);
  release(d, b, BYTES[d.w]);
  b.op(OP.sync, d.next, 0, 0);
  d.ended = true;
}

export function enter(d: Insn, b: Builder): void {
  b.op(OP.helper, SLOW.enter, BYTES[d.w] | ((d.imm2 & 31) << 8), d.imm);
}

export function leave(d: Insn, b: Builder): void {
  if (!flatStack(d)) {
    b.op(OP.helper, SLOW.leave, BYTES[d.w], 0);
    return;
  }
  b.op(LD[d.w], T0, EBP, 0);
  b.op(OP.add32i, ESP, EBP, BYTES[d.w]);
  b.op(d.w === W16 ? OP.mov16 : OP.mov32, EBP, T0, 0);
}
