/** Far JMP, CALL and RET, call gates and task gates (SDM vol. 3, 4.8; vol. 2, CALL, JMP, RET). */
import { NO_ERROR, VECTOR } from './fault.ts';
import {
  D, TYPE, checkCodeOffset, checkStack, dpl, dropInnerSegments, isCode, isNull, limitOf, loadReal,
  markAccessed, readDescriptor, selectorOf, setCode, setFromDescriptor, setSegment, systemType,
} from './segments.ts';
import { StackCursor } from './stack-cursor.ts';
import { CS, SS } from './state.ts';
import { SWITCH, inner, innerStack, switchToSelector } from './tasks.ts';
import type { X86 } from './x86.ts';

const cursor = new StackCursor();
const outer = new StackCursor();

function realOrV86(x: X86): boolean {
  return !x.protectedMode || x.v86;
}

/** JMP ptr16:16, ptr16:32 and through memory; `pc`: EIP that a task switch saves. */
export function jumpFar(x: X86, selector: number, offset: number, pc: number): void {
  if (realOrV86(x)) {
    if (offset >>> 0 > limitOf(x, CS)) x.protection();
    loadReal(x, CS, selector);
    x.jump(offset);
    return;
  }
  if (isNull(selector)) x.protection();
  const at = readDescriptor(x, selector, VECTOR.GP);
  if ((x.high & D.S) !== 0) {
    checkTarget(x, selector);
    checkCodeOffset(x, offset);
    markAccessed(x, at);
    setCode(x, selector, x.cpl);
    x.jump(offset);
    return;
  }
  const gate = x.high, gateLow = x.low;
  checkGate(x, selector, gate);
  switch (systemType(gate)) {
    case TYPE.CALL16: case TYPE.CALL32: {
      const target = (gateLow >>> 16) & 0xffff;
      const entry = systemType(gate) === TYPE.CALL32 ? (gate & 0xffff0000) | (gateLow & 0xffff) : gateLow & 0xffff;
      const code = gateTarget(x, target);
      if ((x.high & D.CONFORMING) === 0 && dpl(x.high) !== x.cpl) x.selectorFault(VECTOR.GP, target);
      checkCodeOffset(x, entry);
      markAccessed(x, code);
      setCode(x, target, x.cpl);
      x.jump(entry);
      return;
    }
    case TYPE.TASK_GATE:
      switchToSelector(x, gateLow >>> 16, SWITCH.JMP, pc, NO_ERROR, VECTOR.GP);
      return;
    default:
      switchToSelector(x, selector, SWITCH.JMP, pc, NO_ERROR, VECTOR.GP);
  }
}

/** CALL ptr16:16, ptr16:32 and through memory; `next`: EIP to return to. */
export function callFar(x: X86, selector: number, offset: number, size: number, next: number): void {
  if (realOrV86(x)) {
    if (offset >>> 0 > limitOf(x, CS)) x.protection();
    cursor.current(x);
    cursor.push(x, size, selectorOf(x, CS));
    cursor.push(x, size, next);
    cursor.commit(x);
    loadReal(x, CS, selector);
    x.jump(offset);
    return;
  }
  if (isNull(selector)) x.protection();
  const at = readDescriptor(x, selector, VECTOR.GP);
  if ((x.high & D.S) !== 0) {
    checkTarget(x, selector);
    callSameLevel(x, at, selector, offset, size, next);
    return;
  }
  const gate = x.high, gateLow = x.low;
  checkGate(x, selector, gate);
  switch (systemType(gate)) {
    case TYPE.CALL16: case TYPE.CALL32:
      callGate(x, gateLow, gate, next);
      return;
    case TYPE.TASK_GATE:
      switchToSelector(x, gateLow >>> 16, SWITCH.CALL, next, NO_ERROR, VECTOR.GP);
      return;
    default:
      switchToSelector(x, selector, SWITCH.CALL, next, NO_ERROR, VECTOR.GP);
  }
}

/**
 * The call itself, without a change of privilege: to the checked code segment in `x.low`, `x.high`,
 * whose descriptor is at `at`.
 */
function callSameLevel(x: X86, at: number, selector: number, offset: number, size: number, next: number): void {
  cursor.current(x);
  cursor.push(x, size, selectorOf(x, CS));
  cursor.push(x, size, next);
  checkCodeOffset(x, offset);
  markAccessed(x, at);
  cursor.commit(x);
  setCode(x, selector, x.cpl);
  x.jump(offset);
}

/** Checks the code segment in `x.low`, `x.high` as the direct target of a far jump or call. */
function checkTarget(x: X86, selector: number): void {
  const high = x.high;
  if (!isCode(high)) x.selectorFault(VECTOR.GP, selector);
  const level = dpl(high);
  if ((high & D.CONFORMING) !== 0 ? level > x.cpl : (selector & 3) > x.cpl || level !== x.cpl)
    x.selectorFault(VECTOR.GP, selector);
  if ((high & D.PRESENT) === 0) x.selectorFault(VECTOR.NP, selector);
}

/** Privilege, type and presence of a call gate, task gate or TSS named by a far jump or call. */
function checkGate(x: X86, selector: number, gate: number): void {
  const type = systemType(gate);
  const known =
    type === TYPE.CALL16 ||
    type === TYPE.CALL32 ||
    type === TYPE.TASK_GATE ||
    type === TYPE.TSS16 ||
    type === TYPE.TSS32;
  if (!known || dpl(gate) < x.cpl || dpl(gate) < (selector & 3)) x.selectorFault(VECTOR.GP, selector);
  if ((gate & D.PRESENT) === 0) x.selectorFault(VECTOR.NP, selector);
}

/**
 * Reads the code segment that a call gate names into `x.low`, `x.high`; returns its descriptor's
 * address.
 */
function gateTarget(x: X86, target: number): number {
  if (isNull(target)) x.protection();
  const at = readDescriptor(x, target, VECTOR.GP);
  if (!isCode(x.high) || dpl(x.high) > x.cpl) x.selectorFault(VECTOR.GP, target);
  if ((x.high & D.PRESENT) === 0) x.selectorFault(VECTOR.NP, target);
  return at;
}

function callGate(x: X86, gateLow: number, gate: number, next: number): void {
  const size = systemType(gate) === TYPE.CALL32 ? 4 : 2;
  const target = (gateLow >>> 16) & 0xffff;
  const entry = size === 4 ? (gate & 0xffff0000) | (gateLow & 0xffff) : gateLow & 0xffff;
  const code = gateTarget(x, target);
  const codeLow = x.low, codeHigh = x.high;
  const level = dpl(codeHigh);
  if ((codeHigh & D.CONFORMING) !== 0 || level === x.cpl) {
    callSameLevel(x, code, target, entry, size, next);
    return;
  }
  // To a more privileged level: the stack comes from the TSS, parameters are copied.
  innerStack(x, level);
  const ss = inner.ss;
  checkStack(x, ss, level, VECTOR.TS);
  const stackLow = x.low, stackHigh = x.high;
  outer.current(x);
  cursor.enter(x, inner.esp, level, ss & 0xfffc);
  cursor.push(x, size, selectorOf(x, SS));
  cursor.push(x, size, outer.sp);
  for (let i = (gate & 31) - 1; i >= 0; i--) cursor.push(x, size, outer.peek(x, size, i * size));
  cursor.push(x, size, selectorOf(x, CS));
  cursor.push(x, size, next);
  x.low = codeLow;
  x.high = codeHigh;
  checkCodeOffset(x, entry);
  markAccessed(x, code);
  setCode(x, target, level);
  x.low = stackLow;
  x.high = stackHigh;
  setFromDescriptor(x, SS, ss);
  cursor.commit(x);
  x.jump(entry);
}

/** RET far: `release` bytes of parameters are dropped on both stacks. */
export function returnFar(x: X86, size: number, release: number): void {
  cursor.current(x);
  const offset = cursor.pop(x, size);
  const selector = cursor.pop(x, size) & 0xffff;
  if (realOrV86(x)) {
    if (offset > limitOf(x, CS)) x.protection();
    cursor.sp = (cursor.sp + release) & cursor.mask;
    cursor.commit(x);
    loadReal(x, CS, selector);
    x.jump(offset | 0);
    return;
  }
  const code = returnTarget(x, selector);
  checkCodeOffset(x, offset);
  const codeLow = x.low, codeHigh = x.high;
  const level = selector & 3;
  cursor.sp = (cursor.sp + release) & cursor.mask;
  if (level === x.cpl) {
    markAccessed(x, code);
    cursor.commit(x);
    setCode(x, selector, level);
    x.jump(offset | 0);
    return;
  }
  const esp = cursor.pop(x, size);
  const ss = cursor.pop(x, size) & 0xffff;
  checkStack(x, ss, level, VECTOR.GP);
  returnOuter(x, code, codeLow, codeHigh, selector, offset | 0, ss, esp, release);
}

/**
 * Checks the code segment that a far return or IRET goes to; leaves it in `x.low`, `x.high`;
 * returns its descriptor's address.
 */
export function returnTarget(x: X86, selector: number): number {
  if (isNull(selector)) x.protection();
  const at = readDescriptor(x, selector, VECTOR.GP);
  const level = selector & 3;
  if (!isCode(x.high) || level < x.cpl) x.selectorFault(VECTOR.GP, selector);
  if ((x.high & D.CONFORMING) !== 0 ? dpl(x.high) > level : dpl(x.high) !== level) x.selectorFault(VECTOR.GP, selector);
  if ((x.high & D.PRESENT) === 0) x.selectorFault(VECTOR.NP, selector);
  return at;
}

/** Commits a return to an outer level: the stack segment's descriptor is in `x.low`, `x.high`. */
export function returnOuter(
  x: X86, codeAt: number, codeLow: number, codeHigh: number, selector: number, offset: number, ss: number,
  esp: number, release: number,
): void {
  const level = selector & 3;
  const stackLow = x.low,
    stackHigh = x.high;
  x.low = codeLow;
  x.high = codeHigh;
  markAccessed(x, codeAt);
  setCode(x, selector, level);
  x.low = stackLow;
  x.high = stackHigh;
  setFromDescriptor(x, SS, ss);
  outer.current(x);
  outer.sp = (esp + release) & outer.mask;
  outer.commit(x);
  dropInnerSegments(x);
  x.jump(offset);
}

/**
 * SYSENTER and SYSEXIT load flat segments without looking at descriptors (SDM vol. 2, SYSENTER).
 */
export function loadFlat(x: X86, n: number, selector: number, level: number): void {
  const code = n === CS;
  const attributes =
    D.PRESENT | (level << 13) | D.S | D.BIG | D.GRANULAR | D.ACCESSED | (code ? D.CODE | D.READABLE : D.WRITABLE);
  setSegment(x, n, selector, 0, -1, attributes);
}
