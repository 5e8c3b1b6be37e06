/**
 * LGDT, LIDT, SGDT, SIDT, LLDT, LTR, and the instructions that look at descriptors: LAR, LSL, VERR,
 * VERW (SDM vol. 2).
 */
import { VECTOR } from '../fault.ts';
import { changeArithmetic } from '../flags.ts';
import {
  D, TYPE, descriptorAddress, descriptorLimit, dpl, isNull, loadSegment, readDescriptor, setFromDescriptor,
  setNull, systemType,
} from '../segments.ts';
import { FLAG, GDT_BASE, GDT_LIMIT, IDT_BASE, IDT_LIMIT, LDTR, SS, TR } from '../state.ts';
import type { X86 } from '../x86.ts';

/** MOV, POP, LxS of ES, SS, DS, FS, GS. SS holds interrupts back for one instruction. */
export function movSreg(x: X86, n: number, cell: number): void {
  loadSegment(x, n, x.words[cell >> 2] & 0xffff);
  if (n === SS) x.boundary.inhibit(true);
}

function loadTable(x: X86, cell: number, size: number, baseCell: number, limitCell: number): void {
  x.privileged();
  const at = x.words[cell >> 2] >>> 0;
  const limit = x.memory.read(at, 2, x.user);
  const base = x.memory.read((at + 2) >>> 0, 4, x.user);
  x.words[limitCell >> 2] = limit;
  x.words[baseCell >> 2] = size === 2 ? base & 0xffffff : base;
}

function storeTable(x: X86, cell: number, baseCell: number, limitCell: number): void {
  const at = x.words[cell >> 2] >>> 0;
  x.memory.probeWrite(at, 6, x.user);
  x.memory.write(at, 2, x.words[limitCell >> 2], x.user);
  x.memory.write((at + 2) >>> 0, 4, x.words[baseCell >> 2], x.user);
}

export function lgdt(x: X86, cell: number, size: number): void {
  loadTable(x, cell, size, GDT_BASE, GDT_LIMIT);
}
export function lidt(x: X86, cell: number, size: number): void {
  loadTable(x, cell, size, IDT_BASE, IDT_LIMIT);
}
export function sgdt(x: X86, cell: number): void {
  storeTable(x, cell, GDT_BASE, GDT_LIMIT);
}
export function sidt(x: X86, cell: number): void {
  storeTable(x, cell, IDT_BASE, IDT_LIMIT);
}

export function lldt(x: X86, cell: number): void {
  x.privileged();
  const selector = x.words[cell >> 2] & 0xffff;
  if (isNull(selector)) {
    setNull(x, LDTR, selector);
    return;
  }
  if ((selector & 4) !== 0) x.selectorFault(VECTOR.GP, selector);
  readDescriptor(x, selector, VECTOR.GP);
  if ((x.high & D.S) !== 0 || systemType(x.high) !== TYPE.LDT) x.selectorFault(VECTOR.GP, selector);
  if ((x.high & D.PRESENT) === 0) x.selectorFault(VECTOR.NP, selector);
  setFromDescriptor(x, LDTR, selector);
}

/** LTR: the TSS becomes busy, in its descriptor too. */
export function ltr(x: X86, cell: number): void {
  x.privileged();
  const selector = x.words[cell >> 2] & 0xffff;
  if (isNull(selector)) x.protection();
  if ((selector & 4) !== 0) x.selectorFault(VECTOR.GP, selector);
  const at = readDescriptor(x, selector, VECTOR.GP);
  const type = systemType(x.high);
  if ((x.high & D.S) !== 0 || (type !== TYPE.TSS16 && type !== TYPE.TSS32)) x.selectorFault(VECTOR.GP, selector);
  if ((x.high & D.PRESENT) === 0) x.selectorFault(VECTOR.NP, selector);
  x.high |= 2 << 8;
  x.memory.write((at + 5) >>> 0, 1, (x.high >>> 8) & 0xff, 0);
  setFromDescriptor(x, TR, selector);
}

function setZero(x: X86, on: boolean): void {
  changeArithmetic(x.words, on ? FLAG.ZF : 0, FLAG.ZF);
}

/** System descriptor types that LAR and LSL accept, as bit masks. */
const LAR_TYPES =
  (1 << TYPE.TSS16) |
  (1 << TYPE.LDT) |
  (1 << TYPE.TSS16_BUSY) |
  (1 << TYPE.CALL16) |
  (1 << TYPE.TASK_GATE) |
  (1 << TYPE.TSS32) |
  (1 << TYPE.TSS32_BUSY) |
  (1 << TYPE.CALL32);
const LSL_TYPES =
  (1 << TYPE.TSS16) | (1 << TYPE.LDT) | (1 << TYPE.TSS16_BUSY) | (1 << TYPE.TSS32) | (1 << TYPE.TSS32_BUSY);

/**
 * Reads the descriptor of a selector if the current program may see it; no exception but page
 * faults.
 */
function visible(x: X86, selector: number): boolean {
  if (isNull(selector)) return false;
  const at = descriptorAddress(x, selector);
  if (at < 0) return false;
  x.low = x.memory.read(at, 4, 0) | 0;
  x.high = x.memory.read((at + 4) >>> 0, 4, 0) | 0;
  if ((x.high & (D.S | D.CODE | D.CONFORMING)) === (D.S | D.CODE | D.CONFORMING)) return true;
  return dpl(x.high) >= x.cpl && dpl(x.high) >= (selector & 3);
}

function store(x: X86, packed: number, value: number): void {
  const cell = packed & 0xffff;
  if (packed >>> 16 === 16) x.view.setUint16(cell, value, true);
  else x.view.setInt32(cell, value, true);
}

export function lar(x: X86, cell: number, packed: number): void {
  const found =
    visible(x, x.words[cell >> 2] & 0xffff) && ((x.high & D.S) !== 0 || ((LAR_TYPES >>> systemType(x.high)) & 1) !== 0);
  if (found) store(x, packed, x.high & 0x00ffff00);
  setZero(x, found);
}

export function lsl(x: X86, cell: number, packed: number): void {
  const found =
    visible(x, x.words[cell >> 2] & 0xffff) && ((x.high & D.S) !== 0 || ((LSL_TYPES >>> systemType(x.high)) & 1) !== 0);
  if (found) store(x, packed, descriptorLimit(x.low, x.high));
  setZero(x, found);
}

export function verr(x: X86, cell: number): void {
  const seen = visible(x, x.words[cell >> 2] & 0xffff);
  setZero(x, seen && (x.high & D.S) !== 0 && ((x.high & D.CODE) === 0 || (x.high & D.READABLE) !== 0));
}

export function verw(x: X86, cell: number): void {
  const seen = visible(x, x.words[cell >> 2] & 0xffff);
  setZero(x, seen && (x.high & (D.S | D.CODE | D.WRITABLE)) === (D.S | D.WRITABLE));
}
