/**
 * Random cases from the decode table: every opcode that user mode may run, every reg field,
 * register and memory forms, operand and address sizes, segment overrides, LOCK, in four segment
 * modes. Deterministic for a seed.
 */
import { FORM, IMM, slot } from '../../../src/arch/x86/decode/form.ts';
import { FORMS, LIFTS, LOCKABLE } from '../../../src/arch/x86/decode/table.ts';
import type { Lift } from '../../../src/arch/x86/decode/insn.ts';
import {
  ARPL, BIT_STRINGS, BOUND, BRANCHES, DIVISIONS, DOUBLE_SHIFTS, FRAMES, INDIRECT, NOT_RUN, POPA, POPF,
  RETURNS, SLOW, STRINGS, XLAT,
} from './coverage.ts';
import { Lcg } from './lcg.ts';
import { memory16, memory32, word } from './memory-forms.ts';
import type { Draft } from './memory-forms.ts';
import { MODE, PLACE } from './record.ts';
import type { Case } from './record.ts';
import { undefinedFlags } from './undefined-flags.ts';

const EAX = 0, ECX = 1, EDX = 2, EBX = 3, ESP = 4, EBP = 5, ESI = 6, EDI = 7;
/**
 * Bytes of the data area: the limit of the small segments, and in a flat mode the end of what is
 * mapped.
 */
const DATA_BYTES = 0x10000;
const CS = 1, FS = 4, GS = 5;
const SEGMENT_PREFIXES = [0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65];
const INTERESTING = [
  0, 1, 2, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff,
];
const SMALL = [0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 24, 31, 32, 33, 0x7f, 0x80, 0xff];
/** Flags that may be set before a case: the six, and DF. */
const FLAG_MASK = 0xcd5;

/** An opcode with a reg field and one of its two forms. */
export interface Shape {
  readonly opcode: number;
  readonly reg: number;
  readonly memory: boolean;
  readonly lift: Lift;
}

export interface Selection {
  /** Are the CPU core's helpers there? */
  readonly slow: boolean;
  /** Also draw invalid uses of LOCK and instructions of more than 15 bytes. */
  readonly invalid: boolean;
}

/** All shapes that can be run on the host. */
export function shapes(selection: Selection): Shape[] {
  const found: Shape[] = [];
  for (let opcode = 0; opcode < 512; opcode++) {
    const modrm = (FORMS[opcode] & FORM.MODRM) !== 0;
    for (let reg = 0; reg < (modrm ? 8 : 1); reg++) {
      for (const memory of modrm ? [false, true] : [false]) {
        const lift = LIFTS[slot(opcode, memory ? 0 : 3, reg)];
        if (NOT_RUN.has(lift) || (FORMS[opcode] & (FORM.PREFIX | FORM.ESCAPE)) !== 0) continue;
        if (!selection.slow && SLOW.has(lift)) continue;
        found.push({ opcode, reg, memory, lift });
      }
    }
  }
  return found;
}

function value(r: Lcg): number {
  const kind = r.below(4);
  return kind === 0 ? r.pick(INTERESTING) : kind === 1 ? r.pick(SMALL) : r.next();
}

/** Base of the flat or limited data segments. */
function dataBase(mode: number): number {
  return mode === MODE.FLAT ? PLACE.DATA : 0;
}

/**
 * One random case of a shape, or null if this combination of sizes cannot be set up. `edge`:
 * operand or stack lie at an end of the data area, so that most cases fault.
 */
export function drawCase(r: Lcg, shape: Shape, mode: number, selection: Selection, edge = false): Case | null {
  const code32 = mode !== MODE.CODE16;
  const form = FORMS[shape.opcode];
  const kind = form >> FORM.IMM_SHIFT;
  const p66 = r.oneIn(3);
  let p67 = r.oneIn(6);
  const op32 = code32 !== p66;
  const string = STRINGS.has(shape.lift);
  const addresses = shape.memory || kind === IMM.MOFFS || string || XLAT.has(shape.lift);
  let addr32 = code32 !== p67;
  let segment = addresses && r.oneIn(4) ? r.below(6) : -1;
  // ARPL through a code segment: the host faults only if the RPL changes, the manual (and the
  // engine) always.
  if (segment === CS && (mode === MODE.CODE16 || ARPL.has(shape.lift))) segment = -1;
  if (!addr32 && (segment === CS || segment === GS)) segment = FS;
  if (mode === MODE.FLAT && addresses && !addr32) {
    // Nothing is mapped below 64 KiB, but FS has a base; strings also use ES.
    if (string) {
      p67 = false;
      addr32 = true;
    } else {
      segment = FS;
    }
  }
  const rep = string && r.oneIn(2) ? 1 + r.below(2) : 0;
  if (string && !selection.slow && (rep !== 0 || !addr32)) return null;
  const stack32 = mode === MODE.FLAT || mode === MODE.SEGMENTED;
  // Which registers POPA has loaded when it faults is not defined (the engine loads none), nor if
  // BOUND reads both bounds before it compares.
  if (edge && (POPA.has(shape.lift) || BOUND.has(shape.lift))) return null;
  if (FRAMES.has(shape.lift) && !selection.slow && mode !== MODE.FLAT) return null;
  // Where LOCK is not allowed it is #UD.
  const lock =
    shape.memory && LOCKABLE[slot(shape.opcode, 0, shape.reg)] === 1 ? r.oneIn(8) : selection.invalid && r.oneIn(32);

  const d: Draft = { r, mode, regs: new Uint32Array(8), pokes: [], bytes: [] };
  for (let i = 0; i < 8; i++) d.regs[i] = value(r);
  const sure = RETURNS.has(shape.lift) || INDIRECT.has(shape.lift) || POPF.has(shape.lift) || FRAMES.has(shape.lift);
  const edgeStack = edge && (RETURNS.has(shape.lift) || r.oneIn(2));
  const stack = edgeStack ? edgeOffset(r, sure) : PLACE.WINDOW + PLACE.STACK + (r.oneIn(4) ? r.below(4) : 0);
  d.regs[ESP] = dataBase(mode) + (stack32 ? stack : stack & 0xffff) + (stack32 ? 0 : (r.next() & 0xffff0000) >>> 0);
  if (FRAMES.has(shape.lift))
    d.regs[EBP] = dataBase(mode) + (edge ? edgeOffset(r, true) : PLACE.WINDOW + PLACE.STACK + r.below(16));
  if (DIVISIONS.has(shape.lift) && !r.oneIn(8)) d.regs[EDX] = r.oneIn(2) ? r.below(4) : (d.regs[EAX] | 0) >> 31;
  const base = segment === FS ? 0 : segment === CS || segment === GS ? PLACE.DATA : dataBase(mode);
  const edgeTarget = edge && !edgeStack;
  const target = base + (edgeTarget ? edgeOffset(r, sure) : PLACE.WINDOW + 0x30 + r.below(0x30));

  const prefixes: number[] = [];
  if (p66) prefixes.push(0x66);
  if (p67) prefixes.push(0x67);
  if (segment >= 0) prefixes.push(SEGMENT_PREFIXES[segment]);
  if (lock) prefixes.push(0xf0);
  if (rep !== 0) prefixes.push(rep === 1 ? 0xf3 : 0xf2);
  // Up to and beyond the 15 bytes that an instruction may have.
  if (selection.invalid && prefixes.length > 0 && r.oneIn(32))
    for (let n = 5 + r.below(8); n > 0; n--) prefixes.push(prefixes[0]);
  while (prefixes.length > 0) d.bytes.push(prefixes.splice(r.below(prefixes.length), 1)[0]);
  if (shape.opcode >= 0x100) d.bytes.push(0x0f);
  d.bytes.push(shape.opcode & 0xff);

  if (string) setStrings(d, base, rep, addr32, edge);
  if (XLAT.has(shape.lift)) d.regs[EBX] = target - (d.regs[EAX] & 0xff);
  if (BIT_STRINGS.has(shape.lift) && shape.memory) {
    const bit = r.below(512) - 256;
    d.regs[shape.reg] = op32 ? bit : (bit & 0xffff) | (r.next() & 0xffff0000);
    if (shape.reg === ESP) return null;
  }
  const exit = r.oneIn(2) ? PLACE.TAKEN : PLACE.BACK;
  const exitPc = (mode === MODE.CODE16 ? 0 : PLACE.CODE) + PLACE.START + exit;
  // A 16-bit branch in 32-bit code goes below 64 KiB, where nothing is mapped.
  if (!op32 && BRANCHES.has(shape.lift) && code32) return null;
  if (!edgeTarget && r.oneIn(2)) d.pokes.push([target - base - PLACE.WINDOW, value(r)]);
  if (BOUND.has(shape.lift) && shape.reg !== ESP) setBounds(d, target - base - PLACE.WINDOW, shape.reg, op32);
  if ((form & FORM.MODRM) !== 0) {
    if (!shape.memory) {
      const rm = r.below(8);
      if (INDIRECT.has(shape.lift)) {
        if (rm === ESP) return null;
        d.regs[rm] = op32 ? exitPc : (exitPc & 0xffff) | (r.next() & 0xffff0000);
      }
      d.bytes.push(0xc0 | (shape.reg << 3) | rm);
    } else {
      if (INDIRECT.has(shape.lift) && !edgeTarget) d.pokes.splice(0, 1, [target - base - PLACE.WINDOW, exitPc]);
      const fixed = BIT_STRINGS.has(shape.lift) ? shape.reg : -1;
      if (addr32) memory32(d, shape.reg, target, fixed);
      else if (!memory16(d, shape.reg, target, fixed)) return null;
    }
  }
  // TF would trap and AC would make the harness's own unaligned accesses fault.
  if (POPF.has(shape.lift) && !edgeStack) d.pokes.splice(0, 1, [stack - PLACE.WINDOW, r.next() & ~0x40100]);
  if (RETURNS.has(shape.lift) && !edgeStack) d.pokes.splice(0, 1, [stack - PLACE.WINDOW, exitPc]);
  let count = 0;
  switch (kind) {
    case IMM.NONE: break;
    case IMM.MOFFS: word(d, target, addr32 ? 4 : 2); break;
    case IMM.W: word(d, r.oneIn(2) ? r.below(32) : value(r), 2); break;
    case IMM.WB: word(d, r.oneIn(4) ? r.below(0x10000) : r.below(24), 2); word(d, r.oneIn(2) ? 0 : r.below(5), 1); break;
    case IMM.B:
      count = BRANCHES.has(shape.lift) ? exit - d.bytes.length - 1 : r.oneIn(3) ? r.next() : r.pick(SMALL);
      word(d, count, 1);
      break;
    case IMM.TEST:
      if (shape.reg > 1) break;
      immediate(d, form, op32, value(r));
      break;
    default:
      if (BRANCHES.has(shape.lift)) word(d, exit - d.bytes.length - (op32 ? 4 : 2), op32 ? 4 : 2);
      else immediate(d, form, op32, value(r));
  }
  const flags = (r.next() & FLAG_MASK) | 0x202;
  const byCl = (shape.opcode & ~1) === 0xd2 || shape.opcode === 0x1a5 || shape.opcode === 0x1ad;
  const shifted = (byCl ? d.regs[ECX] : (shape.opcode & ~1) === 0xd0 ? 1 : count) & 31;
  // A double shift of a word by more than 16 has an undefined result.
  if (DOUBLE_SHIFTS.has(shape.lift) && !op32 && shifted > 16) return null;
  const ignore = undefinedFlags({
    lift: shape.lift, reg: shape.reg, width: (form & FORM.BYTE) !== 0 ? 8 : op32 ? 32 : 16,
    count: shifted,
  });
  if (ignore === 0 && !BRANCHES.has(shape.lift) && r.oneIn(2)) consumer(d, exit);
  d.pokes.length = Math.min(d.pokes.length, 2);
  return { code: Uint8Array.from(d.bytes), mode, regs: d.regs, flags, seed: r.next(), pokes: d.pokes, ignore };
}

function immediate(d: Draft, form: number, op32: boolean, v: number): void {
  word(d, v, (form & FORM.BYTE) !== 0 ? 1 : op32 ? 4 : 2);
}

/** Bounds of one sign or both, and an index near them. */
function setBounds(d: Draft, at: number, reg: number, op32: boolean): void {
  const { r } = d;
  const low = r.below(9) - 5;
  const high = low + r.below(6) - 1;
  d.regs[reg] = low + r.below(8) - 2;
  d.pokes.length = 0;
  if (op32) d.pokes.push([at, low], [at + 4, high]);
  else d.pokes.push([at, (low & 0xffff) | (high << 16)]);
}

/** Offset at an end of the data area; `sure` = even a word there is outside. */
function edgeOffset(r: Lcg, sure: boolean): number {
  if (sure) return DATA_BYTES - 1;
  return r.oneIn(3) ? -r.below(8) : DATA_BYTES - 10 + r.below(12);
}

function setStrings(d: Draft, sourceBase: number, rep: number, addr32: boolean, edge: boolean): void {
  const { r } = d;
  const upper = (): number => (addr32 ? 0 : (r.next() & 0xffff0000) >>> 0);
  const source = 0x30 + r.below(0x40);
  const destination = 0x30 + r.below(0x40);
  const kind = edge ? r.below(2) : 2;
  const from = kind === 0 ? edgeOffset(r, false) : PLACE.WINDOW + source;
  const to = kind === 1 ? edgeOffset(r, false) : PLACE.WINDOW + destination;
  d.regs[ESI] = sourceBase + (addr32 ? from : from & 0xffff) + upper();
  d.regs[EDI] = dataBase(d.mode) + (addr32 ? to : to & 0xffff) + upper();
  if (rep !== 0) d.regs[ECX] = (r.below(8) + upper()) >>> 0;
  if (!edge && r.oneIn(2)) {
    const v = r.oneIn(2) ? Math.imul(r.below(256), 0x01010101) : r.next();
    d.pokes.push([source, v], [destination, v]);
    if (r.oneIn(2)) d.regs[EAX] = v;
  }
}

/** An instruction that reads the flags that the first one made. */
function consumer(d: Draft, exit: number): void {
  const { r } = d;
  const cc = r.below(16);
  const registers = 0xc0 | (r.pick([0, 1, 2, 3]) << 3) | r.pick([0, 1, 2, 3]);
  switch (r.below(8)) {
    case 0: d.bytes.push(0x0f, 0x90 | cc, registers); break;
    case 1: d.bytes.push(0x0f, 0x40 | cc, registers); break;
    case 2: d.bytes.push(0x10 | r.below(4), registers); break;
    case 3: d.bytes.push(0x18 | r.below(4), registers); break;
    case 4: d.bytes.push(0x9f); break;
    case 5: d.bytes.push(0xd0 | r.below(2), 0xd0 | (r.below(2) << 3) | r.below(4)); break;
    case 6: d.bytes.push(0xfe | r.below(2), 0xc0 | (r.below(2) << 3) | r.below(4)); break;
    default: word(d, 0x70 | cc, 1); word(d, exit - d.bytes.length - 1, 1);
  }
}
