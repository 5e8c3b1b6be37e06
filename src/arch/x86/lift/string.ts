/**
 * String instructions. Repeated ones and those with 16-bit addresses are helpers; single MOVS,
 * CMPS, STOS, LODS and SCAS with 32-bit addresses are µops. Source DS:(E)SI with overrides,
 * destination ES:(E)DI without (SDM vol. 2A, MOVS).
 */
import type { Builder } from '../../../ir/builder.ts';
import { OP } from '../../../ir/ops.ts';
import type { Insn } from '../decode/insn.ts';
import { PACKED, SLOW } from '../slow-ops.ts';
import { CS, DF, DS, EAX, EDI, ES, ESI } from '../state.ts';
import { BYTES, CMP, LD, ST } from './op-tables.ts';
import { T0, T1, T2, segmented } from './operand.ts';

function helper(d: Insn, b: Builder, id: number): void {
  const flat = d.flat && d.seg <= DS && d.seg !== CS ? PACKED.FLAT : 0;
  b.op(
    OP.helper, id,
    BYTES[d.w] |
      (d.addr32 ? 0 : PACKED.ADDRESS16) |
      (d.rep << PACKED.REPEAT_SHIFT) |
      (d.seg << PACKED.SEGMENT_SHIFT) |
      flat,
    d.pc,
  );
}

function single(d: Insn): boolean {
  return d.rep === 0 && d.addr32;
}

function sourceAddress(d: Insn, b: Builder): void {
  d.cell = ESI;
  d.off = 0;
  segmented(d, b, BYTES[d.w], false);
}

function destinationAddress(d: Insn, b: Builder, write: boolean): void {
  d.cell = EDI;
  d.off = 0;
  d.seg = ES;
  segmented(d, b, BYTES[d.w], write);
}

/** T2 = 2 · size if DF, else 0; a pointer moves by size - T2. */
function step(d: Insn, b: Builder): void {
  b.op(OP.shl32i, T2, DF, d.w + 1);
}

function move(d: Insn, b: Builder, pointer: number): void {
  b.op(OP.sub32, pointer, pointer, T2);
  b.op(OP.add32i, pointer, pointer, BYTES[d.w]);
}

export function movs(d: Insn, b: Builder): void {
  if (!single(d)) {
    helper(d, b, SLOW.movs);
    return;
  }
  sourceAddress(d, b);
  b.op(LD[d.w], T0, d.cell, d.off);
  destinationAddress(d, b, true);
  b.op(ST[d.w], T0, d.cell, d.off);
  step(d, b);
  move(d, b, ESI);
  move(d, b, EDI);
}

export function cmps(d: Insn, b: Builder): void {
  if (!single(d)) {
    helper(d, b, SLOW.cmps);
    return;
  }
  sourceAddress(d, b);
  b.op(LD[d.w], T0, d.cell, d.off);
  destinationAddress(d, b, false);
  b.op(LD[d.w], T1, d.cell, d.off);
  b.op(CMP[d.w], T0, T1, 0);
  step(d, b);
  move(d, b, ESI);
  move(d, b, EDI);
}

export function stos(d: Insn, b: Builder): void {
  if (!single(d)) {
    helper(d, b, SLOW.stos);
    return;
  }
  destinationAddress(d, b, true);
  b.op(ST[d.w], EAX, d.cell, d.off);
  step(d, b);
  move(d, b, EDI);
}

export function lods(d: Insn, b: Builder): void {
  if (!single(d)) {
    helper(d, b, SLOW.lods);
    return;
  }
  sourceAddress(d, b);
  b.op(LD[d.w], EAX, d.cell, d.off);
  step(d, b);
  move(d, b, ESI);
}

export function scas(d: Insn, b: Builder): void {
  if (!single(d)) {
    helper(d, b, SLOW.scas);
    return;
  }
  destinationAddress(d, b, false);
  b.op(LD[d.w], T0, d.cell, d.off);
  b.op(CMP[d.w], EAX, T0, 0);
  step(d, b);
  move(d, b, EDI);
}

export function ins(d: Insn, b: Builder): void {
  helper(d, b, SLOW.ins);
}

export function outs(d: Insn, b: Builder): void {
  helper(d, b, SLOW.outs);
}
