/** Delivery of interrupts and exceptions (SDM vol. 3, chapter 5), double and triple faults. */
import { GUEST_FAULT, NO_ERROR, VECTOR } from './fault.ts';
import { readEflags, writeEflags } from './flags.ts';
import {
  D, TYPE, checkCodeOffset, checkStack, dpl, isCode, isNull, limitOf, loadReal, markAccessed, readDescriptor,
  selectorOf, setCode, setFromDescriptor, setNull, systemType,
} from './segments.ts';
import { StackCursor } from './stack-cursor.ts';
import { CS, DS, ES, ESP, FLAG, FS, GS, HALTED, IDT_BASE, IDT_LIMIT, SS } from './state.ts';
import { SWITCH, inner, innerStack, switchToSelector } from './tasks.ts';
import type { X86 } from './x86.ts';

/** What is being delivered. SOFTWARE: INT n, INT3, INTO, whose gates are checked against CPL. */
export const KIND = { EXTERNAL: 0, SOFTWARE: 1, EXCEPTION: 2 } as const;

const cursor = new StackCursor();

/** Contributory exceptions (SDM vol. 3, table 5-4). */
function contributory(vector: number): boolean {
  return vector === VECTOR.DE || (vector >= VECTOR.TS && vector <= VECTOR.GP);
}

/**
 * Delivers an interrupt or exception: saves `pc` as the return address and continues at the
 * handler. A fault on the way is delivered in turn, or as a double fault; returns false if that
 * failed too (shutdown).
 */
export function deliver(x: X86, vector: number, kind: number, error: number, pc: number): boolean {
  let v = vector, k = kind, e = error, at = pc;
  for (;;) {
    try {
      x.ext = k === KIND.SOFTWARE ? 0 : 1;
      enter(x, v, k, e, at);
      x.ext = 0;
      traceEntry(x, v, k);
      return true;
    } catch (failure) {
      if (failure !== GUEST_FAULT) throw failure;
    }
    x.ext = 0;
    x.fault.pending = false;
    if (x.taskEntered) {
      x.taskEntered = false;
      at = x.pc;
    }
    const second = x.fault.vector;
    if (k === KIND.EXCEPTION && v === VECTOR.DF) {
      x.words[HALTED >> 2] = 2;
      return false;
    }
    const double =
      k === KIND.EXCEPTION &&
      ((contributory(v) && contributory(second)) ||
        (v === VECTOR.PF && (second === VECTOR.PF || contributory(second))));
    v = double ? VECTOR.DF : second;
    e = double ? 0 : x.fault.error;
    k = KIND.EXCEPTION;
  }
}

function traceEntry(x: X86, vector: number, kind: number): void {
  const { handlers } = x.env;
  if (handlers.on) handlers.enter(x.frame, kind === KIND.EXTERNAL, vector, x.linearPc);
}

function enter(x: X86, vector: number, kind: number, error: number, pc: number): void {
  if (!x.protectedMode) {
    enterReal(x, vector, pc);
    return;
  }
  const at = vector * 8;
  const errorOfGate = at + 2 + x.ext;
  if (at + 7 > (x.words[IDT_LIMIT >> 2] & 0xffff)) x.raise(VECTOR.GP, errorOfGate);
  const gateAt = (x.words[IDT_BASE >> 2] + at) >>> 0;
  const low = x.memory.read(gateAt, 4, 0), high = x.memory.read((gateAt + 4) >>> 0, 4, 0);
  const type = (high & D.S) !== 0 ? -1 : systemType(high);
  const known =
    type === TYPE.TASK_GATE ||
    type === TYPE.INTERRUPT16 ||
    type === TYPE.TRAP16 ||
    type === TYPE.INTERRUPT32 ||
    type === TYPE.TRAP32;
  if (!known || (kind === KIND.SOFTWARE && dpl(high) < x.cpl)) x.raise(VECTOR.GP, errorOfGate);
  if ((high & D.PRESENT) === 0) x.raise(VECTOR.NP, errorOfGate);
  if (type === TYPE.TASK_GATE) {
    x.frame = -(low >>> 16);
    switchToSelector(x, low >>> 16, SWITCH.INTERRUPT, pc, error, VECTOR.GP);
    return;
  }
  const size = (type & 8) !== 0 ? 4 : 2;
  const offset = size === 4 ? (high & 0xffff0000) | (low & 0xffff) : low & 0xffff;
  throughGate(x, low >>> 16, offset, size, (type & 1) === 0, savedFlags(x, vector, kind), error, pc);
}

/**
 * EFLAGS as they are pushed: RF is set for faults, so that the instruction can be restarted (SDM
 * vol. 3, 15.3.1.1).
 */
function savedFlags(x: X86, vector: number, kind: number): number {
  const flags = readEflags(x.words);
  const fault = kind === KIND.EXCEPTION && vector !== VECTOR.DB && vector !== VECTOR.DF;
  return fault ? flags | FLAG.RF : flags;
}

function throughGate(
  x: X86, selector: number, offset: number, size: number, interruptGate: boolean, flags: number,
  error: number, pc: number,
): void {
  if (isNull(selector)) x.protection();
  const codeAt = readDescriptor(x, selector, VECTOR.GP);
  const codeLow = x.low,
    codeHigh = x.high;
  const level = dpl(codeHigh);
  const cpl = x.cpl;
  if (!isCode(codeHigh) || level > cpl) x.selectorFault(VECTOR.GP, selector);
  if ((codeHigh & D.PRESENT) === 0) x.selectorFault(VECTOR.NP, selector);
  const fromV86 = x.v86;
  const conforming = (codeHigh & D.CONFORMING) !== 0;
  let newLevel = cpl;
  let stackLow = 0,
    stackHigh = 0,
    ss = 0;
  if (!conforming && level < cpl) {
    if (fromV86 && level !== 0) x.selectorFault(VECTOR.GP, selector);
    newLevel = level;
    innerStack(x, level);
    ss = inner.ss;
    checkStack(x, ss, level, VECTOR.TS);
    stackLow = x.low;
    stackHigh = x.high;
    cursor.enter(x, inner.esp, level, (ss & 0xfffc) | x.ext);
    if (fromV86) {
      cursor.push(x, size, selectorOf(x, GS));
      cursor.push(x, size, selectorOf(x, FS));
      cursor.push(x, size, selectorOf(x, DS));
      cursor.push(x, size, selectorOf(x, ES));
    }
    cursor.push(x, size, selectorOf(x, SS));
    cursor.push(x, size, x.words[ESP >> 2]);
  } else {
    if (fromV86) x.selectorFault(VECTOR.GP, selector);
    cursor.current(x);
  }
  cursor.push(x, size, flags);
  cursor.push(x, size, selectorOf(x, CS));
  cursor.push(x, size, pc);
  x.frame = cursor.place;
  if (error !== NO_ERROR) cursor.push(x, size, error);
  x.low = codeLow;
  x.high = codeHigh;
  checkCodeOffset(x, offset);
  markAccessed(x, codeAt);
  // Everything that can fault is done.
  writeEflags(x.words, 0, FLAG.TF | FLAG.NT | FLAG.VM | (interruptGate ? FLAG.IF : 0));
  setCode(x, selector, newLevel);
  if (newLevel !== cpl) {
    x.low = stackLow;
    x.high = stackHigh;
    setFromDescriptor(x, SS, ss);
    if (fromV86) for (const n of [GS, FS, DS, ES]) setNull(x, n, 0);
  }
  cursor.commit(x);
  x.jump(offset);
}

function enterReal(x: X86, vector: number, pc: number): void {
  const at = vector * 4;
  if (at + 3 > (x.words[IDT_LIMIT >> 2] & 0xffff)) x.raise(VECTOR.GP, NO_ERROR);
  const base = x.words[IDT_BASE >> 2];
  const offset = x.memory.read((base + at) >>> 0, 2, 0);
  const selector = x.memory.read((base + at + 2) >>> 0, 2, 0);
  cursor.current(x);
  cursor.push(x, 2, readEflags(x.words));
  cursor.push(x, 2, selectorOf(x, CS));
  cursor.push(x, 2, pc);
  x.frame = cursor.place;
  cursor.commit(x);
  writeEflags(x.words, 0, FLAG.IF | FLAG.TF | FLAG.AC);
  loadReal(x, CS, selector);
  if (offset > limitOf(x, CS)) x.raise(VECTOR.GP, NO_ERROR);
  x.jump(offset);
}

/**
 * INT n: in virtual-8086 mode it needs IOPL 3. `pc`: EIP of the next instruction. The caller
 * catches GUEST_FAULT.
 */
export function softwareInterrupt(x: X86, vector: number, pc: number): void {
  if (x.v86 && x.iopl < 3) x.protection();
  interruptNow(x, vector, KIND.SOFTWARE, pc);
}

/** INT3, INTO, ICEBP: no IOPL check. */
export function interruptNow(x: X86, vector: number, kind: number, pc: number): void {
  x.ext = kind === KIND.SOFTWARE ? 0 : 1;
  try {
    enter(x, vector, kind, NO_ERROR, pc);
    x.interrupted = true;
    traceEntry(x, vector, KIND.SOFTWARE);
  } finally {
    x.ext = 0;
  }
}
