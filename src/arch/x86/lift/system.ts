/**
 * System instructions: control, debug and model-specific registers, descriptor tables, HLT, CPUID
 * and the like, interrupts flag.
 */
import type { Builder } from '../../../ir/builder.ts';
import { OP } from '../../../ir/ops.ts';
import { W16, W32 } from '../decode/insn.ts';
import type { Insn } from '../decode/insn.ts';
import { SLOW } from '../slow-ops.ts';
import { CR0, EFLAGS_SYS, FLAG, GPR } from '../state.ts';
import { BYTES } from './op-tables.ts';
import { address, linear, source } from './operand.ts';
import { undefinedOpcode } from './exception.ts';

function simple(b: Builder, id: number): void {
  b.op(OP.helper, id, 0, 0);
}

function synchronize(d: Insn, b: Builder): void {
  b.op(OP.sync, d.next, 0, 0);
  d.ended = true;
}

/** At privilege level 0 it is always allowed (SDM vol. 2A, CLI). */
export function cli(d: Insn, b: Builder): void {
  if (d.cpl === 0) b.op(OP.and32i, EFLAGS_SYS, EFLAGS_SYS, ~FLAG.IF);
  else simple(b, SLOW.cli);
}

export function sti(_d: Insn, b: Builder): void {
  simple(b, SLOW.sti);
}

export function hlt(d: Insn, b: Builder): void {
  simple(b, SLOW.hlt);
  synchronize(d, b);
}

export function clts(d: Insn, b: Builder): void {
  simple(b, SLOW.clts);
  synchronize(d, b);
}

export function invd(_d: Insn, b: Builder): void {
  simple(b, SLOW.invd);
}

export function wbinvd(_d: Insn, b: Builder): void {
  simple(b, SLOW.wbinvd);
}

export function wrmsr(d: Insn, b: Builder): void {
  simple(b, SLOW.wrmsr);
  synchronize(d, b);
}

export function rdmsr(_d: Insn, b: Builder): void {
  simple(b, SLOW.rdmsr);
}

export function rdtsc(_d: Insn, b: Builder): void {
  simple(b, SLOW.rdtsc);
}

export function rdpmc(_d: Insn, b: Builder): void {
  simple(b, SLOW.rdpmc);
}

export function cpuid(_d: Insn, b: Builder): void {
  simple(b, SLOW.cpuid);
}

export function sysenter(d: Insn, b: Builder): void {
  simple(b, SLOW.sysenter);
  d.ended = true;
}

export function sysexit(d: Insn, b: Builder): void {
  simple(b, SLOW.sysexit);
  d.ended = true;
}

/** Control registers that a P6 has. */
const CR_EXISTS = [true, false, true, true, true, false, false, false];

/** 0F 20; the mod field is ignored, operands are 32 bits (SDM vol. 2B, MOV CRn). */
export function movFromCr(d: Insn, b: Builder): void {
  if (CR_EXISTS[d.reg]) b.op(OP.helper, SLOW.movFromCr, d.reg, GPR + 4 * (d.modrm & 7));
  else undefinedOpcode(d, b);
}

/** 0F 22. */
export function movToCr(d: Insn, b: Builder): void {
  if (!CR_EXISTS[d.reg]) {
    undefinedOpcode(d, b);
    return;
  }
  b.op(OP.helper, SLOW.movToCr, d.reg, GPR + 4 * (d.modrm & 7));
  // A new page directory alone changes nothing for code that stays mapped; the helper leaves if it
  // does not.
  if (d.reg !== 3) synchronize(d, b);
}

/** 0F 21. */
export function movFromDr(d: Insn, b: Builder): void {
  b.op(OP.helper, SLOW.movFromDr, d.reg, GPR + 4 * (d.modrm & 7));
}

/** 0F 23. */
export function movToDr(d: Insn, b: Builder): void {
  b.op(OP.helper, SLOW.movToDr, d.reg, GPR + 4 * (d.modrm & 7));
  synchronize(d, b);
}

export function sgdt(d: Insn, b: Builder): void {
  b.op(OP.helper, SLOW.sgdt, linear(d, b, 6, true), 0);
}

export function sidt(d: Insn, b: Builder): void {
  b.op(OP.helper, SLOW.sidt, linear(d, b, 6, true), 0);
}

export function lgdt(d: Insn, b: Builder): void {
  b.op(OP.helper, SLOW.lgdt, linear(d, b, 6, false), BYTES[d.w]);
}

export function lidt(d: Insn, b: Builder): void {
  b.op(OP.helper, SLOW.lidt, linear(d, b, 6, false), BYTES[d.w]);
}

/** 0F 01 /4: not privileged; a 32-bit register takes all of CR0. */
export function smsw(d: Insn, b: Builder): void {
  if (d.mod === 3) {
    b.op(d.w === W32 ? OP.mov32 : OP.mov16, GPR + 4 * d.rm, CR0, 0);
    return;
  }
  address(d, b, 2, true);
  b.op(OP.st16, CR0, d.cell, d.off);
}

export function lmsw(d: Insn, b: Builder): void {
  b.op(OP.helper, SLOW.lmsw, source(d, b, W16), 0);
  synchronize(d, b);
}

/** The operand is an address; nothing is read. */
export function invlpg(d: Insn, b: Builder): void {
  b.op(OP.helper, SLOW.invlpg, linear(d, b, 1, false), 0);
}

/**
 * NOP, PAUSE, and the hint NOPs 0F 0D, 0F 18..1F (among them ENDBR32): memory operands are not
 * accessed.
 */
export function nop(_d: Insn, _b: Builder): void {
  // no µop: the instruction only counts
}
