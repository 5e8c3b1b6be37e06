/** Descriptors and segment registers (SDM vol. 3, 3.4, 4.5 to 4.8). */
import { SEGMENT } from '../../ir/layout.ts';
import { VECTOR } from './fault.ts';
import { CPL, CS, GDT_BASE, GDT_LIMIT, LDTR, SS, segmentCell } from './state.ts';
import type { X86 } from './x86.ts';

/** Bits of a descriptor's high doubleword; ATTRIBUTES cells hold it without base and limit. */
export const D = {
  ACCESSED: 0x100, WRITABLE: 0x200, READABLE: 0x200, EXPAND_DOWN: 0x400, CONFORMING: 0x400, CODE: 0x800, S: 0x1000,
  PRESENT: 0x8000, BIG: 0x400000, GRANULAR: 0x800000, MASK: 0x00f0ff00,
} as const;
/** System descriptor types (bits 11:8). */
export const TYPE = {
  TSS16: 1, LDT: 2, TSS16_BUSY: 3, CALL16: 4, TASK_GATE: 5, INTERRUPT16: 6, TRAP16: 7, TSS32: 9,
  TSS32_BUSY: 11, CALL32: 12, INTERRUPT32: 14, TRAP32: 15,
} as const;

export function dpl(high: number): number {
  return (high >>> 13) & 3;
}
export function systemType(high: number): number {
  return (high >>> 8) & 15;
}
export function isCode(high: number): boolean {
  return (high & (D.S | D.CODE)) === (D.S | D.CODE);
}
export function isWritableData(high: number): boolean {
  return (high & (D.S | D.CODE | D.WRITABLE)) === (D.S | D.WRITABLE);
}
export function descriptorBase(low: number, high: number): number {
  return (low >>> 16) | ((high & 0xff) << 16) | (high & 0xff000000);
}
/** Limit in bytes (offset of the last byte), unsigned. */
export function descriptorLimit(low: number, high: number): number {
  const limit = (low & 0xffff) | (high & 0xf0000);
  return (high & D.GRANULAR) !== 0 ? ((limit << 12) | 0xfff) >>> 0 : limit;
}
export function isNull(selector: number): boolean {
  return (selector & 0xfffc) === 0;
}

export function selectorOf(x: X86, n: number): number {
  return x.words[(segmentCell(n) + SEGMENT.SELECTOR) >> 2] & 0xffff;
}
export function baseOf(x: X86, n: number): number {
  return x.words[(segmentCell(n) + SEGMENT.BASE) >> 2];
}
export function limitOf(x: X86, n: number): number {
  return x.words[(segmentCell(n) + SEGMENT.LIMIT) >> 2] >>> 0;
}
export function attributesOf(x: X86, n: number): number {
  return x.words[(segmentCell(n) + SEGMENT.ATTRIBUTES) >> 2];
}

/**
 * Fills a segment register's cells; the ranges of the `seg` µop follow from attributes and limit.
 */
export function setSegment(x: X86, n: number, selector: number, base: number, limit: number, attributes: number): void {
  const w = x.words;
  const at = segmentCell(n) >> 2;
  w[at + (SEGMENT.SELECTOR >> 2)] = selector & 0xffff;
  w[at + (SEGMENT.BASE >> 2)] = base;
  w[at + (SEGMENT.LIMIT >> 2)] = limit;
  w[at + (SEGMENT.ATTRIBUTES >> 2)] = attributes & D.MASK;
  setRanges(x, n);
}

/** Computes the ranges anew from the cells (also after a change of mode). */
export function setRanges(x: X86, n: number): void {
  const w = x.words;
  const at = segmentCell(n) >> 2;
  const attributes = w[at + (SEGMENT.ATTRIBUTES >> 2)];
  const limit = w[at + (SEGMENT.LIMIT >> 2)];
  let min = 0, max = limit;
  const usable = (attributes & (D.PRESENT | D.S)) === (D.PRESENT | D.S);
  // In real-address mode a segment register loaded there is readable and writable whatever its
  // register.
  const real = !x.protectedMode;
  const code = (attributes & D.CODE) !== 0;
  if (!code && (attributes & D.EXPAND_DOWN) !== 0) {
    min = (limit + 1) | 0;
    max = (attributes & D.BIG) !== 0 ? -1 : 0xffff;
    if (limit === -1) {
      min = -1;
      max = 0;
    }
  }
  const readable = real || (usable && (!code || (attributes & D.READABLE) !== 0));
  const writable = real || (usable && !code && (attributes & D.WRITABLE) !== 0);
  w[at + (SEGMENT.RMIN >> 2)] = readable ? min : -1;
  w[at + (SEGMENT.RMAX >> 2)] = readable ? max : 0;
  w[at + (SEGMENT.WMIN >> 2)] = writable ? min : -1;
  w[at + (SEGMENT.WMAX >> 2)] = writable ? max : 0;
  x.env.modeChanged();
}

/** A segment register that allows no access. */
export function setNull(x: X86, n: number, selector: number): void {
  setSegment(x, n, selector, 0, 0, 0);
}

/**
 * Loads a segment register in real-address mode (base only; limit and attributes stay) or
 * virtual-8086 mode.
 */
export function loadReal(x: X86, n: number, selector: number): void {
  if (x.v86) {
    setSegment(x, n, selector, (selector & 0xffff) << 4, 0xffff, V86_ATTRIBUTES);
    return;
  }
  const w = x.words;
  const at = segmentCell(n) >> 2;
  w[at + (SEGMENT.SELECTOR >> 2)] = selector & 0xffff;
  w[at + (SEGMENT.BASE >> 2)] = (selector & 0xffff) << 4;
  setRanges(x, n);
}
/** Present, DPL 3, writable data, accessed. */
export const V86_ATTRIBUTES = 0xf300;

/** Linear address of a selector's descriptor, or -1 if it is beyond its table. */
export function descriptorAddress(x: X86, selector: number): number {
  const offset = selector & 0xfff8;
  if ((selector & 4) === 0) {
    if (offset + 7 > (x.words[GDT_LIMIT >> 2] & 0xffff)) return -1;
    return (x.words[GDT_BASE >> 2] + offset) >>> 0;
  }
  if ((attributesOf(x, LDTR) & D.PRESENT) === 0 || offset + 7 > limitOf(x, LDTR)) return -1;
  return (baseOf(x, LDTR) + offset) >>> 0;
}

/**
 * Reads a descriptor into `x.low`, `x.high`; `vector` with the selector if it is beyond its table.
 * Returns its linear address.
 */
export function readDescriptor(x: X86, selector: number, vector: number): number {
  const at = descriptorAddress(x, selector);
  if (at < 0) x.selectorFault(vector, selector);
  x.low = x.memory.read(at, 4, 0) | 0;
  x.high = x.memory.read((at + 4) >>> 0, 4, 0) | 0;
  return at;
}

/** Sets the accessed bit of the descriptor in `x.high` if it is clear. */
export function markAccessed(x: X86, at: number): void {
  if ((x.high & D.ACCESSED) !== 0) return;
  x.high |= D.ACCESSED;
  x.memory.write((at + 5) >>> 0, 1, (x.high >>> 8) & 0xff, 0);
}

/** Loads register n from the descriptor in `x.low`, `x.high`. */
export function setFromDescriptor(x: X86, n: number, selector: number): void {
  const w = x.words, at = segmentCell(n) >> 2;
  const base = descriptorBase(x.low, x.high), limit = descriptorLimit(x.low, x.high) | 0;
  if (
    w[at + (SEGMENT.BASE >> 2)] === base &&
    w[at + (SEGMENT.LIMIT >> 2)] === limit &&
    w[at + (SEGMENT.ATTRIBUTES >> 2)] === (x.high & D.MASK)
  ) {
    // Most loads change the selector at most: the ranges, and the mode that blocks depend on, are
    // as they were.
    w[at + (SEGMENT.SELECTOR >> 2)] = selector & 0xffff;
    return;
  }
  setSegment(x, n, selector, base, limit, x.high);
}

/**
 * Loads ES, DS, FS or GS in protected mode (SDM vol. 2, MOV). `vector`: what a bad selector raises
 * (#TS in a task switch).
 */
export function loadData(x: X86, n: number, selector: number, vector: number = VECTOR.GP): void {
  if (isNull(selector)) {
    setNull(x, n, selector);
    return;
  }
  const at = readDescriptor(x, selector, vector);
  const high = x.high;
  const code = (high & D.CODE) !== 0;
  if ((high & D.S) === 0 || (code && (high & D.READABLE) === 0)) x.selectorFault(vector, selector);
  if (!code || (high & D.CONFORMING) === 0) {
    const level = dpl(high);
    if ((selector & 3) > level || x.cpl > level) x.selectorFault(vector, selector);
  }
  if ((high & D.PRESENT) === 0) x.selectorFault(VECTOR.NP, selector);
  markAccessed(x, at);
  setFromDescriptor(x, n, selector);
}

/**
 * Checks a stack segment selector for privilege `level` and leaves its descriptor in `x.low`,
 * `x.high`, marked accessed. `vector`: #GP for loads and returns, #TS for stacks out of a TSS.
 */
export function checkStack(x: X86, selector: number, level: number, vector: number): void {
  if (isNull(selector)) x.raise(vector, x.ext);
  const at = readDescriptor(x, selector, vector);
  if ((selector & 3) !== level || dpl(x.high) !== level || !isWritableData(x.high)) x.selectorFault(vector, selector);
  if ((x.high & D.PRESENT) === 0) x.selectorFault(VECTOR.SS, selector);
  markAccessed(x, at);
}

/** Loads SS in protected mode by MOV, POP or LSS. */
export function loadStack(x: X86, selector: number): void {
  checkStack(x, selector, x.cpl, VECTOR.GP);
  setFromDescriptor(x, SS, selector);
}

/** Loads a segment register (not CS) as MOV does, in any mode. */
export function loadSegment(x: X86, n: number, selector: number): void {
  if (!x.protectedMode || x.v86) loadReal(x, n, selector);
  else if (n === SS) loadStack(x, selector);
  else loadData(x, n, selector);
}

/**
 * Loads CS from the descriptor in `x.low`, `x.high` with privilege level `level`; the selector's
 * RPL becomes `level`.
 */
export function setCode(x: X86, selector: number, level: number): void {
  setFromDescriptor(x, CS, (selector & 0xfffc) | level);
  setCpl(x, level);
}

export function setCpl(x: X86, level: number): void {
  if (x.words[CPL >> 2] === level) return;
  x.words[CPL >> 2] = level;
  x.env.modeChanged();
}

/** #GP(0) if an offset is beyond the limit of the code segment in `x.low`, `x.high`. */
export function checkCodeOffset(x: X86, offset: number): void {
  if (offset >>> 0 > descriptorLimit(x.low, x.high)) x.protection();
}

/**
 * Returning to an outer level: ES, DS, FS and GS that it may not use become null (SDM vol. 2, RET).
 */
export function dropInnerSegments(x: X86): void {
  const level = x.cpl;
  for (const n of [0, 3, 4, 5]) {
    const a = attributesOf(x, n);
    if ((a & D.S) === 0) continue;
    const conforming = (a & (D.CODE | D.CONFORMING)) === (D.CODE | D.CONFORMING);
    if (!conforming && dpl(a) < level) setNull(x, n, 0);
  }
}
