/**
 * EFLAGS bits that the manual leaves undefined (SDM vol. 1, appendix A; vol. 2, each instruction)
 * and in which the engine may differ from the host. Everything not listed here is compared,
 * undefined or not.
 */
import * as bits from '../../../src/arch/x86/lift/bits.ts';
import * as flags from '../../../src/arch/x86/lift/flags.ts';
import * as multiply from '../../../src/arch/x86/lift/multiply.ts';
import * as shift from '../../../src/arch/x86/lift/shift.ts';
import type { Lift } from '../../../src/arch/x86/decode/insn.ts';

const CF = 1, PF = 4, AF = 0x10, ZF = 0x40, SF = 0x80, OF = 0x800;

export interface Applied {
  readonly lift: Lift;
  /** Reg field: which shift or rotate. */
  readonly reg: number;
  /** Operand bits: 8, 16, 32. */
  readonly width: number;
  /** Shift count after masking with 31. */
  readonly count: number;
}

const SHIFTS: ReadonlySet<Lift> = new Set<Lift>([shift.shiftI, shift.shift1, shift.shiftCl]);
const DOUBLE_SHIFTS: ReadonlySet<Lift> = new Set<Lift>([shift.shldI, shift.shldCl, shift.shrdI, shift.shrdCl]);
const PRODUCTS: ReadonlySet<Lift> = new Set<Lift>([multiply.mulE, multiply.imulE, multiply.imulGE, multiply.imulGEI]);
const DIVISIONS: ReadonlySet<Lift> = new Set<Lift>([multiply.divE, multiply.idivE]);
const SCANS: ReadonlySet<Lift> = new Set<Lift>([bits.bsf, bits.bsr]);
const BIT_TESTS: ReadonlySet<Lift> = new Set<Lift>([bits.bitEG, bits.bitEI]);
const ADJUST_ADD: ReadonlySet<Lift> = new Set<Lift>([flags.aaa, flags.aas]);
const ADJUST_PRODUCT: ReadonlySet<Lift> = new Set<Lift>([flags.aam, flags.aad]);
const ADJUST_DECIMAL: ReadonlySet<Lift> = new Set<Lift>([flags.daa, flags.das]);

export function undefinedFlags(a: Applied): number {
  if (SHIFTS.has(a.lift)) {
    if (a.count === 0) return 0;
    const overflow = a.count > 1 ? OF : 0;
    if (a.reg < 4) return overflow;
    return AF | overflow | (a.count > a.width && a.reg !== 7 ? CF : 0);
  }
  if (DOUBLE_SHIFTS.has(a.lift)) return a.count === 0 ? 0 : AF | (a.count > 1 ? OF : 0);
  if (PRODUCTS.has(a.lift)) return SF | ZF | AF | PF;
  if (DIVISIONS.has(a.lift)) return CF | PF | AF | ZF | SF | OF;
  if (SCANS.has(a.lift)) return CF | PF | AF | SF | OF;
  if (BIT_TESTS.has(a.lift)) return 0;
  if (ADJUST_ADD.has(a.lift)) return PF | ZF | SF | OF;
  if (ADJUST_PRODUCT.has(a.lift)) return CF | AF | OF;
  if (ADJUST_DECIMAL.has(a.lift)) return OF;
  return 0;
}
