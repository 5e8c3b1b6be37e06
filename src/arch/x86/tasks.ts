/**
 * Task state segments, task switches and the I/O permission bitmap (SDM vol. 3, chapter 6 "Task
 * management").
 */
import { STATE } from '../../ir/layout.ts';
import { NO_ERROR, VECTOR } from './fault.ts';
import { readEflags, writeEflags } from './flags.ts';
import { CR0_PG, CR0_TS } from './mmu.ts';
import {
  D, TYPE, attributesOf, baseOf, descriptorAddress, descriptorBase, descriptorLimit, dpl, isCode, isNull,
  isWritableData, limitOf, loadData, markAccessed, readDescriptor, selectorOf, setCpl, setFromDescriptor,
  setNull, setSegment, systemType, V86_ATTRIBUTES,
} from './segments.ts';
import { StackCursor } from './stack-cursor.ts';
import { CR0, CR3, CS, DR, DS, ES, FLAG, FS, GDT_BASE, GPR, GS, LDTR, SS, TR } from './state.ts';
import type { X86 } from './x86.ts';

/** Why a task switch happens. */
export const SWITCH = { JMP: 0, CALL: 1, INTERRUPT: 2, IRET: 3 } as const;

/** Offsets in a 32-bit and a 16-bit TSS (SDM vol. 3, figures 6-2 and 6-5). */
const TSS32 = {
  CR3: 28, EIP: 32, EFLAGS: 36, GPRS: 40, SEGMENTS: 72, LDT: 96, TRAP: 100, BITMAP: 102, MINIMUM: 103,
} as const;
const TSS16 = { IP: 14, FLAGS: 16, GPRS: 18, SEGMENTS: 34, LDT: 42, MINIMUM: 43 } as const;
const SEGMENT_ORDER32 = [ES, CS, SS, DS, FS, GS] as const;
const SEGMENT_ORDER16 = [ES, CS, SS, DS] as const;

const selectors = new Int32Array(6);
const registers = new Int32Array(8);
const cursor = new StackCursor();

export function is32Bit(type: number): boolean {
  return (type & 8) !== 0;
}

/** Result of `innerStack`. */
export const inner = { ss: 0, esp: 0 };

/** Reads SS:ESP for privilege `level` (0..2) from the current TSS into `inner`. */
export function innerStack(x: X86, level: number): void {
  const base = baseOf(x, TR) >>> 0;
  const selector = selectorOf(x, TR);
  if (is32Bit(systemType(attributesOf(x, TR)))) {
    const at = 4 + 8 * level;
    if (at + 7 > limitOf(x, TR)) x.selectorFault(VECTOR.TS, selector);
    inner.esp = x.memory.read((base + at) >>> 0, 4, 0) | 0;
    inner.ss = x.memory.read((base + at + 4) >>> 0, 2, 0);
    return;
  }
  const at = 2 + 4 * level;
  if (at + 3 > limitOf(x, TR)) x.selectorFault(VECTOR.TS, selector);
  inner.esp = x.memory.read((base + at) >>> 0, 2, 0);
  inner.ss = x.memory.read((base + at + 2) >>> 0, 2, 0);
}

/**
 * May the current program access `size` ports from `port`? (SDM vol. 1, chapter 10: IOPL, then the
 * bitmap.) Raises #GP(0) if not.
 */
export function checkPorts(x: X86, port: number, size: number): void {
  if (!x.protectedMode || (x.cpl <= x.iopl && !x.v86)) return;
  const limit = limitOf(x, TR);
  if (!is32Bit(systemType(attributesOf(x, TR))) || limit < TSS32.MINIMUM) x.protection();
  const base = baseOf(x, TR) >>> 0;
  const bitmap = x.memory.read((base + TSS32.BITMAP) >>> 0, 2, 0);
  const at = bitmap + (port >>> 3);
  // Two bytes are always read, so that an access over a byte border is covered.
  if (at + 1 > limit) x.protection();
  const bits = x.memory.read((base + at) >>> 0, 2, 0) >>> (port & 7);
  if ((bits & ((1 << size) - 1)) !== 0) x.protection();
}

/**
 * Switches to the task of the TSS descriptor at linear address `at`, just read into `x.low`,
 * `x.high` and checked to be a present TSS of the right kind. `pc`: EIP saved in the old task.
 * `error`: error code to push in the new task, or NO_ERROR.
 */
export function switchTask(x: X86, selector: number, at: number, why: number, pc: number, error: number): void {
  const w = x.words;
  const newType = systemType(x.high);
  const new32 = is32Bit(newType);
  const newBase = descriptorBase(x.low, x.high) >>> 0;
  const newLimit = descriptorLimit(x.low, x.high);
  const newHigh = x.high, newLow = x.low;
  if (newLimit < (new32 ? TSS32.MINIMUM : TSS16.MINIMUM)) x.selectorFault(VECTOR.TS, selector);
  const oldSelector = selectorOf(x, TR);
  const oldBase = baseOf(x, TR) >>> 0;
  const old32 = is32Bit(systemType(attributesOf(x, TR)));
  // Both task states must be reachable before anything changes.
  x.memory.probeRead(newBase, new32 ? 104 : 44, 0);
  x.memory.probeWrite(oldBase, old32 ? 104 : 44, 0);
  if (why === SWITCH.CALL || why === SWITCH.INTERRUPT) x.memory.probeWrite(newBase, 2, 0);
  let flags = readEflags(w);
  if (why === SWITCH.IRET) flags &= ~FLAG.NT;
  saveTask(x, oldBase, old32, pc, flags);
  // JMP and IRET leave the old task: it is available again.
  if (why === SWITCH.JMP || why === SWITCH.IRET) setBusy(x, oldSelector, false);
  if (why === SWITCH.CALL || why === SWITCH.INTERRUPT) x.memory.write(newBase, 2, oldSelector, 0);
  loadTask(x, selector, at, newLow, newHigh, newBase, new32, why);
  if (error !== NO_ERROR) {
    cursor.current(x);
    cursor.push(x, new32 ? 4 : 2, error);
    cursor.commit(x);
  }
  const target = w[STATE.PC >> 2] >>> 0;
  if (target > limitOf(x, CS)) x.protection();
  x.taskEntered = false;
  if ((why === SWITCH.JMP || why === SWITCH.CALL) && x.env.handlers.on) x.env.handlers.outside();
  x.env.jumped();
}

function setBusy(x: X86, selector: number, busy: boolean): void {
  const at = (x.words[GDT_BASE >> 2] + (selector & 0xfff8)) >>> 0;
  const byte = x.memory.read((at + 5) >>> 0, 1, 0);
  x.memory.write((at + 5) >>> 0, 1, busy ? byte | 2 : byte & ~2, 0);
}

function saveTask(x: X86, base: number, wide: boolean, pc: number, flags: number): void {
  const w = x.words, m = x.memory;
  if (wide) {
    m.write((base + TSS32.EIP) >>> 0, 4, pc, 0);
    m.write((base + TSS32.EFLAGS) >>> 0, 4, flags, 0);
    for (let i = 0; i < 8; i++) m.write((base + TSS32.GPRS + 4 * i) >>> 0, 4, w[(GPR >> 2) + i], 0);
    SEGMENT_ORDER32.forEach((n, i) => m.write((base + TSS32.SEGMENTS + 4 * i) >>> 0, 2, selectorOf(x, n), 0));
    return;
  }
  m.write((base + TSS16.IP) >>> 0, 2, pc, 0);
  m.write((base + TSS16.FLAGS) >>> 0, 2, flags, 0);
  for (let i = 0; i < 8; i++) m.write((base + TSS16.GPRS + 2 * i) >>> 0, 2, w[(GPR >> 2) + i], 0);
  SEGMENT_ORDER16.forEach((n, i) => m.write((base + TSS16.SEGMENTS + 2 * i) >>> 0, 2, selectorOf(x, n), 0));
}

function loadTask(
  x: X86, selector: number, at: number, low: number, high: number, base: number, wide: boolean, why: number,
): void {
  const w = x.words,
    m = x.memory;
  let eip: number,
    eflags: number, ldt: number,
    trap = 0,
    cr3 = w[CR3 >> 2];
  if (wide) {
    cr3 = m.read((base + TSS32.CR3) >>> 0, 4, 0) | 0;
    eip = m.read((base + TSS32.EIP) >>> 0, 4, 0);
    eflags = m.read((base + TSS32.EFLAGS) >>> 0, 4, 0);
    for (let i = 0; i < 8; i++) registers[i] = m.read((base + TSS32.GPRS + 4 * i) >>> 0, 4, 0);
    for (let i = 0; i < 6; i++) selectors[i] = m.read((base + TSS32.SEGMENTS + 4 * i) >>> 0, 2, 0);
    ldt = m.read((base + TSS32.LDT) >>> 0, 2, 0);
    trap = m.read((base + TSS32.TRAP) >>> 0, 2, 0) & 1;
  } else {
    eip = m.read((base + TSS16.IP) >>> 0, 2, 0);
    eflags = m.read((base + TSS16.FLAGS) >>> 0, 2, 0);
    for (let i = 0; i < 8; i++) registers[i] = 0xffff0000 | m.read((base + TSS16.GPRS + 2 * i) >>> 0, 2, 0);
    selectors.fill(0);
    for (let i = 0; i < 4; i++) selectors[i] = m.read((base + TSS16.SEGMENTS + 2 * i) >>> 0, 2, 0);
    ldt = m.read((base + TSS16.LDT) >>> 0, 2, 0);
  }
  if (why === SWITCH.CALL || why === SWITCH.INTERRUPT) eflags |= FLAG.NT;
  if (why !== SWITCH.IRET) m.write((at + 5) >>> 0, 1, ((high >>> 8) & 0xff) | 2, 0);
  setSegment(x, TR, selector, descriptorBase(low, high), descriptorLimit(low, high) | 0, high | (2 << 8));
  w[CR0 >> 2] |= CR0_TS;
  x.taskEntered = true;
  if (wide && (w[CR0 >> 2] & CR0_PG) !== 0 && cr3 !== w[CR3 >> 2]) {
    w[CR3 >> 2] = cr3;
    x.mmu.flushNonGlobal();
  }
  for (let i = 0; i < 8; i++) w[(GPR >> 2) + i] = registers[i];
  // Faults from here on are the new task's.
  w[STATE.PC >> 2] = eip;
  writeEflags(w, eflags, wide ? -1 : 0xffff);
  if (!wide) writeEflags(w, 0, FLAG.VM | FLAG.AC | FLAG.ID | FLAG.VIF | FLAG.VIP);
  w[(DR >> 2) + 7] &= ~0x155;
  loadTaskSegments(x, ldt, (eflags & FLAG.VM) !== 0);
  if (trap !== 0) x.env.note('task-trap', 'T bit of a task state segment is not modelled');
}

function loadTaskSegments(x: X86, ldt: number, v86: boolean): void {
  const all = [ES, CS, SS, DS, FS, GS];
  if (v86) {
    if (!setLdt(x, ldt)) x.selectorFault(VECTOR.TS, ldt);
    all.forEach((n, i) => setSegment(x, n, selectors[i], selectors[i] << 4, 0xffff, V86_ATTRIBUTES));
    setCpl(x, 3);
    return;
  }
  // Selectors are loaded first: a fault in a later one must show the new task's.
  all.forEach((n, i) => setNull(x, n, selectors[i]));
  const cs = selectors[1], ss = selectors[2];
  const level = cs & 3;
  setCpl(x, level);
  // The checks from here on in the order of table 6-1, which is the P6's: SS is there before CS is
  // found absent, so that the handler of that fault has the new task's stack.
  const ldtPresent = setLdt(x, ldt);
  if (!ldtPresent && ((cs | ss) & 4) !== 0) x.selectorFault(VECTOR.TS, ldt);
  const code = isNull(cs) ? -1 : descriptorAddress(x, cs);
  if (code >= 0) {
    readDescriptor(x, cs, VECTOR.TS);
    if (isCode(x.high) && !levelFits(x.high, level)) x.selectorFault(VECTOR.TS, cs);
  }
  const stack = isNull(ss) ? -1 : readDescriptor(x, ss, VECTOR.TS);
  if (stack < 0 || !isWritableData(x.high)) x.selectorFault(VECTOR.TS, ss);
  if ((x.high & D.PRESENT) === 0) x.selectorFault(VECTOR.SS, ss);
  if (dpl(x.high) !== level) x.selectorFault(VECTOR.TS, ss);
  markAccessed(x, stack);
  setFromDescriptor(x, SS, ss);
  if (!ldtPresent) x.selectorFault(VECTOR.TS, ldt);
  if (code < 0) x.selectorFault(VECTOR.TS, cs);
  readDescriptor(x, cs, VECTOR.TS);
  if (!isCode(x.high)) x.selectorFault(VECTOR.TS, cs);
  if ((x.high & D.PRESENT) === 0) x.selectorFault(VECTOR.NP, cs);
  markAccessed(x, code);
  setFromDescriptor(x, CS, cs);
  if ((ss & 3) !== level) x.selectorFault(VECTOR.TS, ss);
  for (const [i, n] of [[0, ES], [3, DS], [4, FS], [5, GS]] as const) loadData(x, n, selectors[i], VECTOR.TS);
}

/** May code of this descriptor run at `level`? */
function levelFits(high: number, level: number): boolean {
  return (high & D.CONFORMING) !== 0 ? dpl(high) <= level : dpl(high) === level;
}

/** Loads LDTR; false if the table is not present. */
function setLdt(x: X86, selector: number): boolean {
  if (isNull(selector)) {
    setNull(x, LDTR, selector);
    return true;
  }
  if ((selector & 4) !== 0) x.selectorFault(VECTOR.TS, selector);
  readDescriptor(x, selector, VECTOR.TS);
  if ((x.high & D.S) !== 0 || systemType(x.high) !== TYPE.LDT) x.selectorFault(VECTOR.TS, selector);
  setFromDescriptor(x, LDTR, selector);
  return (x.high & D.PRESENT) !== 0;
}

/**
 * Switches to the task named by a selector (of a far jump or call, a task gate, or the back link of
 * IRET), after checking its descriptor. `vector`: exception for a descriptor of the wrong kind
 * (#GP, or #TS for IRET's link).
 */
export function switchToSelector(
  x: X86, selector: number, why: number, pc: number, error: number, vector: number,
): void {
  if ((selector & 4) !== 0 || isNull(selector)) x.selectorFault(vector, selector);
  const at = readDescriptor(x, selector, vector);
  const type = systemType(x.high);
  const wanted =
    why === SWITCH.IRET
      ? type === TYPE.TSS16_BUSY || type === TYPE.TSS32_BUSY
      : type === TYPE.TSS16 || type === TYPE.TSS32;
  if ((x.high & D.S) !== 0 || !wanted) x.selectorFault(vector, selector);
  if ((x.high & D.PRESENT) === 0) x.selectorFault(VECTOR.NP, selector);
  switchTask(x, selector, at, why, pc, error);
}

/** IRET with NT set: back to the task that is linked in the current TSS. */
export function returnToTask(x: X86, pc: number): void {
  const link = x.memory.read(baseOf(x, TR) >>> 0, 2, 0);
  switchToSelector(x, link, SWITCH.IRET, pc, NO_ERROR, VECTOR.TS);
}
