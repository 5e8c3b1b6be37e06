/** Which rows of the decode table the host can be asked about, and how they must be set up. */
import * as bits from '../../../src/arch/x86/lift/bits.ts';
import * as control from '../../../src/arch/x86/lift/control.ts';
import * as flags from '../../../src/arch/x86/lift/flags.ts';
import * as fpu from '../../../src/arch/x86/lift/fpu-forward.ts';
import * as move from '../../../src/arch/x86/lift/move.ts';
import * as multiply from '../../../src/arch/x86/lift/multiply.ts';
import * as ports from '../../../src/arch/x86/lift/ports.ts';
import * as segment from '../../../src/arch/x86/lift/segment.ts';
import * as shift from '../../../src/arch/x86/lift/shift.ts';
import * as stack from '../../../src/arch/x86/lift/stack.ts';
import * as string from '../../../src/arch/x86/lift/string.ts';
import * as system from '../../../src/arch/x86/lift/system.ts';
import { absent, undefinedOpcode } from '../../../src/arch/x86/lift/exception.ts';
import type { Lift } from '../../../src/arch/x86/decode/insn.ts';

/** Not run: privileged, or their result depends on the host's operating system. */
export const NOT_RUN: ReadonlySet<Lift> = new Set<Lift>([
  undefinedOpcode, absent,
  ...Object.values(fpu), ...Object.values(ports),
  ...Object.values(system).filter((lift) => lift !== system.nop),
  segment.movSregE, segment.popSeg, segment.popFsGs, segment.les, segment.lds, segment.lss, segment.lfs, segment.lgs,
  segment.sldt, segment.str, segment.lldt, segment.ltr, segment.verr, segment.verw, segment.lar, segment.lsl,
  control.jmpFarA, control.callFarA, control.jmpFarE, control.callFarE, control.retFar, control.retFarI, control.iret,
  control.int1, control.intI, control.int3, control.into,
  string.ins, string.outs,
]);

/** Done by helpers of the CPU core, in some modes or always. */
export const SLOW: ReadonlySet<Lift> = new Set<Lift>([
  control.bound, stack.pusha, stack.popa, stack.enter, stack.popf,
  flags.daa, flags.das, flags.aaa, flags.aas, flags.aam, flags.aad,
]);

/** Single ones with 32-bit addresses are µops, the others helpers. */
export const STRINGS: ReadonlySet<Lift> = new Set<Lift>([
  string.movs, string.cmps, string.stos, string.lods, string.scas,
]);

export const BRANCHES: ReadonlySet<Lift> = new Set<Lift>([
  control.jmpJ, control.jccJ, control.callJ, control.jmpE, control.callE, control.ret, control.retI,
  control.loop, control.loopCond, control.jcxz,
]);
export const RETURNS: ReadonlySet<Lift> = new Set<Lift>([control.ret, control.retI]);
export const INDIRECT: ReadonlySet<Lift> = new Set<Lift>([control.jmpE, control.callE]);
export const BIT_STRINGS: ReadonlySet<Lift> = new Set<Lift>([bits.bitEG]);
export const DIVISIONS: ReadonlySet<Lift> = new Set<Lift>([multiply.divE, multiply.idivE]);
export const FRAMES: ReadonlySet<Lift> = new Set<Lift>([stack.enter, stack.leave]);
export const XLAT: ReadonlySet<Lift> = new Set<Lift>([move.xlat]);
export const LEA: ReadonlySet<Lift> = new Set<Lift>([move.lea]);
export const POPF: ReadonlySet<Lift> = new Set<Lift>([stack.popf]);
export const DOUBLE_SHIFTS: ReadonlySet<Lift> = new Set<Lift>([shift.shldI, shift.shldCl, shift.shrdI, shift.shrdCl]);
export const ARPL: ReadonlySet<Lift> = new Set<Lift>([segment.arpl]);
export const POPA: ReadonlySet<Lift> = new Set<Lift>([stack.popa]);
export const BOUND: ReadonlySet<Lift> = new Set<Lift>([control.bound]);
