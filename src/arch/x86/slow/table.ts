/** The slow operations by number. */
import { SLOW_NAMES, type SlowOp } from '../slow-ops.ts';
import type { X86 } from '../x86.ts';
import { cacheInstruction, clts, invlpg, lmsw, movFromCr, movFromDr, movToCr, movToDr } from './control-registers.ts';
import { aaa, aad, aam, aas, daa, das } from './decimal.ts';
import { lar, lgdt, lidt, lldt, lsl, ltr, movSreg, sgdt, sidt, verr, verw } from './descriptor-tables.ts';
import { absentInstruction, cli, cpuid, hlt, popf, pushf, rdmsr, rdpmc, rdtsc, sti, wrmsr } from './processor.ts';
import { enter, leave, popa, pusha } from './stack.ts';
import { ins, outs } from './string-ports.ts';
import { cmps, lods, movs, scas, stos } from './strings.ts';
import {
  bound, callFarHelper, checkBranch, int, int3, into, iret, jmpFar, retFar, sysenter, sysexit,
} from './transfers.ts';
import { fpuMem, fpuReg, fwait, fxrstor, fxsave } from './x87.ts';

/**
 * A slow operation: operands as `slow-ops.ts` lists them. Throws GUEST_FAULT after recording a
 * fault.
 */
export type SlowHandler = (x: X86, a: number, b: number) => void;

const BY_NAME: Readonly<Record<SlowOp, SlowHandler>> = {
  ins, outs, movs, cmps, stos, lods, scas,
  jmpFar, callFar: callFarHelper, retFar, iret, int, int3, into, bound, sysenter, sysexit,
  movSreg, lldt, ltr, lgdt, lidt, sgdt, sidt, lmsw, lar, lsl, verr, verw,
  movToCr, movFromCr, movToDr, movFromDr, clts, invd: cacheInstruction, wbinvd: cacheInstruction, invlpg,
  hlt, cpuid, rdtsc, rdmsr, wrmsr, rdpmc, cli, sti, popf, pushf,
  fpuReg, fpuMem, fwait, fxsave, fxrstor,
  daa, das, aaa, aas, aam, aad, pusha, popa, enter, leave, checkBranch,
  absent: absentInstruction,
  locked: () => {},
};

/** Handler by helper number. */
export const SLOW_HANDLERS: readonly SlowHandler[] = SLOW_NAMES.map((name) => BY_NAME[name]);

/**
 * Instructions that drain what is on its way to memory (SDM vol. 3A, 8.3; locked ones: 8.1.2.2,
 * 11.3.1), by helper number: 1 if so. HLT is no such instruction in the manual; here it is one, as
 * what waits in a buffer while the processor halts would wait for an interrupt.
 */
const DRAINS: readonly SlowOp[] = [
  'movToCr', 'movToDr', 'lmsw', 'clts', 'wrmsr', 'invd', 'wbinvd', 'invlpg', 'lgdt', 'lidt', 'lldt', 'ltr', 'cpuid',
  'iret', 'hlt', 'locked',
  // software-generated interrupts (6.3.3) are interrupts
  'int', 'int3', 'into',
];
export const SERIALIZING: Uint8Array = Uint8Array.from(SLOW_NAMES, (name) => (DRAINS.includes(name) ? 1 : 0));
