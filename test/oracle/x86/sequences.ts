/**
 * Random sequences of register instructions whose flags are all defined: what the lazy flags of one
 * width leave for another.
 */
import { FORM, IMM } from '../../../src/arch/x86/decode/form.ts';
import { FORMS } from '../../../src/arch/x86/decode/table.ts';
import type { Lift } from '../../../src/arch/x86/decode/insn.ts';
import * as alu from '../../../src/arch/x86/lift/alu.ts';
import * as exchange from '../../../src/arch/x86/lift/exchange.ts';
import * as flags from '../../../src/arch/x86/lift/flags.ts';
import * as move from '../../../src/arch/x86/lift/move.ts';
import * as shift from '../../../src/arch/x86/lift/shift.ts';
import type { Shape } from './cases.ts';
import type { Lcg } from './lcg.ts';
import { MODE, PLACE } from './record.ts';
import type { Case } from './record.ts';

const ARITHMETIC = [
  alu.aluEG, alu.aluGE, alu.aluEI, alu.aluAccI, alu.cmpEG, alu.cmpGE, alu.cmpEI, alu.cmpAccI, alu.incE,
  alu.decE, alu.negE, alu.notE, alu.testEG, alu.testEI, alu.testAccI, exchange.xadd, exchange.cmpxchg,
  exchange.xchgEG,
];
const CONSUMERS = [move.cmov, move.setcc, flags.lahf, flags.sahf, flags.cmc, flags.clc, flags.stc, flags.salc];
const OTHERS = [
  move.movEG, move.movGE, move.movRI, move.movzx8, move.movzx16, move.movsx8, move.movsx16, move.cbw,
  move.cwd, shift.shift1,
];
const POOLS: readonly ReadonlySet<Lift>[] = [ARITHMETIC, CONSUMERS, OTHERS].map((lifts) => new Set<Lift>(lifts));
const MOST_BYTES = 8;
const REGISTERS = [0, 1, 2, 3, 5, 6, 7];
const ESP = 4;

/** The shapes that `drawSequence` chooses from, by pool. */
export function pools(shapes: readonly Shape[]): Shape[][] {
  // Of the shifts only rotates: AF is undefined after the others.
  return POOLS.map((pool) =>
    shapes.filter((s) => !s.memory && pool.has(s.lift) && (s.lift !== shift.shift1 || s.reg < 4)),
  );
}

/** A case of about six instructions, in 32- or 16-bit code. */
export function drawSequence(r: Lcg, from: readonly Shape[][], code16: boolean): Case {
  const bytes: number[] = [];
  while (bytes.length < 64 - MOST_BYTES - 8) {
    const shape = r.pick(r.pick(from));
    const form = FORMS[shape.opcode];
    const byte = (form & FORM.BYTE) !== 0;
    const modrm = (form & FORM.MODRM) !== 0;
    // ESP stays what it is, so that a wrong case cannot take the harness's stack along.
    const wordRegisters = !byte || shape.lift === move.movzx8 || shape.lift === move.movsx8;
    if (wordRegisters && modrm && shape.reg === ESP && (form >> FORM.IMM_SHIFT) === IMM.NONE) continue;
    if (!modrm && shape.lift === move.movRI && (shape.opcode & 7) === ESP) continue;
    const p66 = r.oneIn(3);
    const op32 = code16 === p66;
    if (p66) bytes.push(0x66);
    if (shape.opcode >= 0x100) bytes.push(0x0f);
    bytes.push(shape.opcode & 0xff);
    if (modrm) bytes.push(0xc0 | (shape.reg << 3) | r.pick(REGISTERS));
    const kind = form >> FORM.IMM_SHIFT;
    const size =
      kind === IMM.NONE || (kind === IMM.TEST && shape.reg > 1) ? 0 : kind === IMM.B || byte ? 1 : op32 ? 4 : 2;
    const v = r.oneIn(3) ? r.pick([0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0x8080]) : r.next();
    for (let i = 0; i < size; i++) bytes.push((v >>> (8 * i)) & 0xff);
  }
  const regs = Uint32Array.from({ length: 8 }, () =>
    r.oneIn(2) ? r.pick([0, 1, 0x80, 0x7f, 0xffff, 0x80000000, 0xffffffff]) : r.next(),
  );
  regs[ESP] = (code16 ? 0 : PLACE.DATA) + PLACE.WINDOW + PLACE.STACK;
  return {
    code: Uint8Array.from(bytes),
    mode: code16 ? MODE.CODE16 : MODE.FLAT,
    regs,
    flags: (r.next() & 0xcd5) | 0x202,
    seed: r.next(),
    pokes: [],
    ignore: 0,
  };
}
