/** Instructions with ModRM.mod = 3. Encodings: SDM vol. 2, appendix A, tables. */
import { add } from './add.ts';
import { compare, examine } from './compare.ts';
import { divide } from './divide.ts';
import {
  ALL_EXCEPTIONS, BUSY, C0, C1, C2, C3, EFLAGS_CF, EFLAGS_PF, EFLAGS_ZF, ES, IE, SF, STATUS,
} from './layout.ts';
import { multiply } from './multiply.ts';
import {
  A_HI, A_LO, A_SE, B_HI, B_LO, B_SE, CW, FLAGS, resultA, setR, W,
} from './operands.ts';
import { remainder } from './remainder.ts';
import { squareRoot } from './root.ts';
import { extract, roundToInteger, scale } from './scale.ts';
import { loadConstant } from './constants.ts';
import { transcendental } from './transcendental.ts';
import type { FpuUnit } from './unit.ts';

/**
 * Outcome of a register form: done; #UD; done with EFLAGS in unit.eflags; done, AX = status word.
 */
export const DONE = 0;
export const UNDEFINED = 1;
export const EFLAGS_RESULT = 2;
export const AX_RESULT = 3;

const CONDITIONS = C0 | C2 | C3;

/**
 * Executes opcode (0xD8..0xDF) with a ModRM of 0xC0 or more. condition is FCMOVcc's, evaluated by
 * the caller (for 0xDB, the negated forms, too: true means move).
 */
export function registerForm(u: FpuUnit, opcode: number, modrm: number, condition: boolean): number {
  const field = (modrm >> 3) & 7;
  const i = modrm & 7;
  u.begin();
  switch (opcode & 7) {
    case 0:
      if (field === 2 || field === 3) comparison(u, i, false, field - 2);
      else arithmetic(u, field, i, 0, 0);
      return DONE;
    case 1: return formD9(u, field, i);
    case 2:
      if (field < 4) return conditionalMove(u, i, condition);
      if (modrm === 0xe9) {
        comparison(u, 1, true, 2);
        return DONE;
      }
      return UNDEFINED;
    case 3: return formDB(u, field, i, condition);
    case 4:
      if (field === 2 || field === 3) comparison(u, i, false, field - 2);
      else arithmetic(u, field, i, i, 0);
      return DONE;
    case 5: return formDD(u, field, i);
    case 6:
      if (field === 3) {
        if (i !== 1) return UNDEFINED;
        comparison(u, 1, false, 2);
      } else if (field === 2) comparison(u, i, false, 1);
      else arithmetic(u, field, i, i, 1);
      return DONE;
    default: return formDF(u, field, i);
  }
}

/**
 * ST(target) = ST0 op ST(i); fields 4..7 as in ModRM, which name the same operation for both
 * directions.
 */
function arithmetic(u: FpuUnit, field: number, i: number, target: number, pops: number): void {
  if (field === 5 ? u.loadPair(i, 0) : u.loadPair(0, i)) operate(field);
  if (!u.settle()) return;
  u.storeR(target);
  if (pops !== 0) u.pop(1);
}

/**
 * R = A op B; for field 5 (reversed subtraction) the caller has exchanged A and B, for 7 it has
 * not.
 */
export function operate(field: number): void {
  switch (field) {
    case 0: add(0); break;
    case 1: multiply(); break;
    case 4: case 5: add(1); break;
    case 6: divide(false); break;
    default: divide(true);
  }
}

/** FCOM, FUCOM and their popping forms. */
function comparison(u: FpuUnit, i: number, quietAllowed: boolean, pops: number): void {
  let conditions = C3 | C2 | C0;
  if (u.loadPair(0, i)) conditions = compare(quietAllowed);
  finishComparison(u, conditions, pops);
}

/**
 * Delivers a comparison's outcome and pops. An unmasked invalid arithmetic operand keeps the
 * outcome back (SDM vol. 2, FCOM); an unmasked denormal or stack fault only keeps the stack as it
 * is.
 */
export function finishComparison(u: FpuUnit, conditions: number, pops: number): void {
  const clear = u.settle();
  if (!outcomeWithheld()) u.setConditions(CONDITIONS, conditions);
  if (clear) u.pop(pops);
}

/** True when the comparison raised an unmasked IE that is not a stack fault. */
function outcomeWithheld(): boolean {
  return (W[FLAGS] & ~W[CW] & IE) !== 0 && (W[FLAGS] & SF) === 0;
}

/** FCOMI, FUCOMI and their popping forms: outcome in EFLAGS, condition codes untouched. */
function comparisonToEflags(u: FpuUnit, i: number, quietAllowed: boolean, pops: number): number {
  let conditions = C3 | C2 | C0;
  if (u.loadPair(0, i)) conditions = compare(quietAllowed);
  const clear = u.settle();
  if (outcomeWithheld()) return DONE;
  u.eflags = (conditions & C3 ? EFLAGS_ZF : 0) | (conditions & C2 ? EFLAGS_PF : 0) | (conditions & C0 ? EFLAGS_CF : 0);
  if (clear) u.pop(pops);
  return EFLAGS_RESULT;
}

/** FCMOVcc ST, ST(i). */
function conditionalMove(u: FpuUnit, i: number, condition: boolean): number {
  if (u.isEmpty(0) || u.isEmpty(i)) {
    u.underflow();
    if (u.settle()) u.storeR(0);
    return DONE;
  }
  if (condition) {
    u.loadA(i);
    resultA();
    u.storeR(0);
  }
  return DONE;
}

/** FXCH: empty places are filled with the indefinite first. */
function exchange(u: FpuUnit, i: number): void {
  const emptyTop = u.isEmpty(0);
  const emptyOther = u.isEmpty(i);
  u.loadA(0);
  u.loadB(i);
  if (emptyTop || emptyOther) {
    u.underflow();
    if (!u.settle()) return;
    if (emptyTop) u.storeR(0);
    if (emptyOther) u.storeR(i);
    u.loadA(0);
    u.loadB(i);
  } else u.settle();
  u.storeWords(0, W[B_SE], W[B_HI], W[B_LO]);
  u.storeWords(i, W[A_SE], W[A_HI], W[A_LO]);
}

/** FST/FSTP ST(i). */
function copyTop(u: FpuUnit, i: number, pops: number): void {
  if (u.isEmpty(0)) u.underflow();
  else {
    u.loadA(0);
    resultA();
  }
  if (!u.settle()) return;
  u.storeR(i);
  u.pop(pops);
}

/**
 * FSTP1 (0xD9 0xD8+i), undocumented: as FSTP ST(i), but an empty top is popped without a copy or an
 * exception.
 */
function copyTopUnchecked(u: FpuUnit, i: number): void {
  if (!u.isEmpty(0)) {
    copyTop(u, i, 1);
    return;
  }
  u.settle();
  u.pop(1);
}

/** FLD ST(i). */
function pushCopy(u: FpuUnit, i: number): void {
  if (u.isEmpty(i)) u.underflow();
  else if (u.roomToPush()) {
    u.loadA(i);
    resultA();
  }
  u.settleAndPush();
}

/** ST0 = unary operation of ST0, or ST0 op ST1. */
function onTop(u: FpuUnit, binary: boolean, operation: () => void): void {
  if (u.isEmpty(0) || (binary && u.isEmpty(1))) u.underflow();
  else {
    u.loadA(0);
    if (binary) u.loadB(1);
    operation();
  }
  if (u.settle()) u.storeR(0);
}

/**
 * FPREM, FPREM1: as onTop, but C0, C2, C3 are replaced if there was a quotient; else only C2 is
 * cleared.
 */
function remainderOnTop(u: FpuUnit, nearest: boolean): void {
  let reduced = false;
  if (u.loadPair(0, 1)) reduced = remainder(nearest);
  const conditions = W[FLAGS] & CONDITIONS;
  W[FLAGS] &= ~CONDITIONS;
  const allowed = u.settle();
  u.setConditions(reduced && allowed ? CONDITIONS : C2, conditions & (allowed ? CONDITIONS : 0));
  if (allowed) u.storeR(0);
}

/** FXTRACT: exponent to ST0, then the significand is pushed. */
function extractTop(u: FpuUnit): void {
  if (u.isEmpty(0)) u.underflow();
  else if (!u.roomToPush()) {
    W[B_SE] = 0xffff;
  } else {
    u.loadA(0);
    extract();
    if (!u.settle()) return;
    u.storeR(0);
    u.moveTop(-1);
    u.storeWords(0, W[B_SE], W[B_HI], W[B_LO]);
    return;
  }
  if (!u.settle()) return;
  u.storeR(0);
  u.moveTop(-1);
  u.storeR(0);
}

function formD9(u: FpuUnit, field: number, i: number): number {
  switch (field) {
    case 0: pushCopy(u, i); return DONE;
    case 1: exchange(u, i); return DONE;
    case 2:
      return i === 0 ? DONE : UNDEFINED; // FNOP
    case 3: copyTopUnchecked(u, i); return DONE;
    case 4:
      switch (i) {
        case 0: case 1: signOperation(u, i === 0); return DONE;
        case 4: test(u); return DONE;
        case 5:
          u.loadA(0);
          u.setConditions(CONDITIONS | C1, examine(W[A_SE], W[A_HI], W[A_LO], u.isEmpty(0)));
          return DONE;
        default: return UNDEFINED;
      }
    case 5:
      if (i === 7) return UNDEFINED;
      if (u.roomToPush()) loadConstant(i);
      u.settleAndPush();
      return DONE;
    case 6:
      switch (i) {
        case 4: extractTop(u); return DONE;
        case 5: remainderOnTop(u, true); return DONE;
        case 6: case 7:
          u.settle();
          u.moveTop(i === 6 ? -1 : 1);
          return DONE;
        default: transcendental(u, 0xf0 | i); return DONE;
      }
    default:
      switch (i) {
        case 0: remainderOnTop(u, false); return DONE;
        case 2: onTop(u, false, squareRoot); return DONE;
        case 4: onTop(u, false, roundToInteger); return DONE;
        case 5: onTop(u, true, scale); return DONE;
        default: transcendental(u, 0xf8 | i); return DONE;
      }
  }
}

/** FCHS, FABS. */
function signOperation(u: FpuUnit, change: boolean): void {
  if (u.isEmpty(0)) u.underflow();
  else {
    u.loadA(0);
    setR(change ? W[A_SE] ^ 0x8000 : W[A_SE] & 0x7fff, W[A_HI], W[A_LO]);
  }
  if (u.settle()) u.storeR(0);
}

/**
 * FTST: compares ST0 with zero. Its table (SDM vol. 2) has no word of an outcome held back by an
 * unmasked exception, as FCOM's has: invalid operands set "unordered" in any case.
 */
function test(u: FpuUnit): void {
  let conditions = C3 | C2 | C0;
  if (u.isEmpty(0)) u.underflow();
  else {
    u.loadA(0);
    W[B_SE] = 0;
    W[B_HI] = 0;
    W[B_LO] = 0;
    conditions = compare(false);
  }
  u.settle();
  u.setConditions(CONDITIONS, conditions);
}

function formDB(u: FpuUnit, field: number, i: number, condition: boolean): number {
  switch (field) {
    case 0: case 1: case 2: case 3: return conditionalMove(u, i, condition);
    case 4:
      if (i > 4) return UNDEFINED;
      if (i === 2) u.set(STATUS, u.get(STATUS) & ~(ALL_EXCEPTIONS | SF | ES | BUSY)); // FNCLEX
      else if (i === 3) u.initialize();
      return DONE; // FENI, FDISI, FSETPM of the 8087 and 287 do nothing
    case 5: return comparisonToEflags(u, i, true, 0);
    case 6: return comparisonToEflags(u, i, false, 0);
    default: return UNDEFINED;
  }
}

function formDD(u: FpuUnit, field: number, i: number): number {
  switch (field) {
    case 0:
      u.settle();
      u.free(i);
      return DONE;
    case 1: exchange(u, i); return DONE;
    case 2: case 3: copyTop(u, i, field - 2); return DONE;
    case 4: case 5: comparison(u, i, true, field - 4); return DONE;
    default: return UNDEFINED;
  }
}

function formDF(u: FpuUnit, field: number, i: number): number {
  switch (field) {
    case 0: // FFREEP
      u.settle();
      u.free(i);
      u.pop(1);
      return DONE;
    case 1: exchange(u, i); return DONE;
    case 2: case 3: copyTop(u, i, 1); return DONE;
    case 4: return i === 0 ? AX_RESULT : UNDEFINED;
    case 5: return comparisonToEflags(u, i, true, 1);
    case 6: return comparisonToEflags(u, i, false, 1);
    default: return UNDEFINED;
  }
}
