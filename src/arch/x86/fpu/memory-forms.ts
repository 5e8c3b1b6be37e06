/** Instructions with a memory operand. Encodings: SDM vol. 2, appendix A, tables. */
import { compare } from './compare.ts';
import {
  environmentBytes, normalControl, readEnvironment, readState, writeEnvironment, writeState,
} from './environment.ts';
import {
  aToDecimal, aToInt16, aToInt32, aToInt64, decimalToB, int32ToB, int64ToB,
} from './integer-conversion.ts';
import { ALL_EXCEPTIONS, BEFORE, C0, C2, C3, CONTROL, DE, IE, SF, STATUS } from './layout.ts';
import {
  A_HI, A_LO, A_SE, B_DENORMAL, B_HI, B_LO, B_SE, CW, FLAGS, L0, L1, kindB, setR, SNAN, W,
} from './operands.ts';
import { aToDouble, aToSingle, doubleToB, singleToB } from './real-conversion.ts';
import { finishComparison, operate } from './register-forms.ts';
import type { FpuUnit } from './unit.ts';

/** Value of FpuUnit.pendingKind. */
const NO_CHANGE = 0;
const NUMERIC_STORE = 1;
const MASK_ALL = 2;
const INITIALIZE = 3;

/* Operand widths by (opcode & 7) * 8 + ModRM.reg: bytes, negative for stores, 127 undefined,
 * ENV and STATE the images. Control and status words are two bytes wide. */
const ENV = 1;
const STATE = 3;
const BAD = 127;
const WIDTH = Int8Array.of(
  4, 4, 4, 4, 4, 4, 4, 4,
  4, BAD, -4, -4, ENV, 2, -ENV, -2,
  4, 4, 4, 4, 4, 4, 4, 4,
  4, BAD, -4, -4, BAD, 10, BAD, -10,
  8, 8, 8, 8, 8, 8, 8, 8,
  8, BAD, -8, -8, STATE, BAD, -STATE, -2,
  2, 2, 2, 2, 2, 2, 2, 2,
  2, BAD, -2, -2, 10, 8, -10, -8,
);

function bytes(width: number, format: number): number {
  return width === ENV ? environmentBytes(format) : width === STATE ? environmentBytes(format) + 80 : width;
}

/** Bytes the instruction loads; 0 when it stores; -1 when the encoding is undefined (#UD). */
export function operandSize(opcode: number, field: number, format: number): number {
  const width = WIDTH[((opcode & 7) << 3) | (field & 7)];
  return width === BAD ? -1 : width < 0 ? 0 : bytes(width, format);
}

/** Bytes the instruction stores; 0 when it loads; -1 when the encoding is undefined (#UD). */
export function storeSize(opcode: number, field: number, format: number): number {
  const width = WIDTH[((opcode & 7) << 3) | (field & 7)];
  return width === BAD ? -1 : width < 0 ? bytes(-width, format) : 0;
}

/** Executes a load form; the operand is at offset 0 of u.operand. */
export function loadForm(u: FpuUnit, opcode: number, field: number, format: number): void {
  const o = u.operand;
  u.begin();
  switch (opcode & 7) {
    case 0: singleToB(o.getInt32(0, true)); arithmetic(u, field); return;
    case 2: int32ToB(o.getInt32(0, true)); arithmetic(u, field); return;
    case 4: doubleToB(o.getInt32(4, true), o.getInt32(0, true)); arithmetic(u, field); return;
    case 6: int32ToB(o.getInt16(0, true)); arithmetic(u, field); return;
    case 1:
      if (field === 4) readEnvironment(u, format);
      else if (field === 5) {
        u.set(CONTROL, normalControl(o.getUint16(0, true)));
        u.updateSummary();
      } else {
        singleToB(o.getInt32(0, true));
        pushReal(u);
      }
      return;
    case 3:
      if (field === 0) {
        int32ToB(o.getInt32(0, true));
        pushB(u);
      } else {
        W[B_LO] = o.getInt32(0, true);
        W[B_HI] = o.getInt32(4, true);
        W[B_SE] = o.getUint16(8, true);
        pushB(u);
      }
      return;
    case 5:
      if (field === 4) readState(u, format);
      else {
        doubleToB(o.getInt32(4, true), o.getInt32(0, true));
        pushReal(u);
      }
      return;
    default:
      if (field === 0) int32ToB(o.getInt16(0, true));
      else if (field === 4) decimalToB(o);
      else int64ToB(o.getInt32(4, true), o.getInt32(0, true));
      pushB(u);
  }
}

/** ST0 = ST0 op B; FCOM and FCOMP for fields 2 and 3. */
function arithmetic(u: FpuUnit, field: number): void {
  const comparing = field === 2 || field === 3;
  let conditions = C3 | C2 | C0;
  if (u.isEmpty(0)) u.underflow();
  else {
    u.loadA(0);
    u.noteMemoryDenormal();
    if (comparing) conditions = compare(false);
    else {
      if (field === 5) exchangeOperands();
      operate(field);
    }
    if ((W[FLAGS] & BEFORE & ~DE) !== 0 && W[B_DENORMAL] !== 0) W[FLAGS] &= ~DE;
  }
  if (comparing) finishComparison(u, conditions, field - 2);
  else if (u.settle()) u.storeR(0);
}

function exchangeOperands(): void {
  const se = W[A_SE];
  const hi = W[A_HI];
  const lo = W[A_LO];
  W[A_SE] = W[B_SE];
  W[A_HI] = W[B_HI];
  W[A_LO] = W[B_LO];
  W[B_SE] = se;
  W[B_HI] = hi;
  W[B_LO] = lo;
}

/** Pushes B as it is. */
function pushB(u: FpuUnit): void {
  if (u.roomToPush()) setR(W[B_SE], W[B_HI], W[B_LO]);
  u.settleAndPush();
}

/** Pushes a B that came from a single or double: quiets NaNs, notes denormals. */
function pushReal(u: FpuUnit): void {
  if (u.roomToPush()) {
    if (kindB() === SNAN) {
      W[FLAGS] |= IE;
      W[B_HI] |= 0x40000000;
    } else W[FLAGS] |= W[B_DENORMAL];
    setR(W[B_SE], W[B_HI], W[B_LO]);
  }
  // An unmasked DE does not hold the load back, only an unmasked IE does.
  if (!u.settle() && (W[FLAGS] & IE) !== 0) return;
  u.moveTop(-1);
  u.storeR(0);
}

/**
 * Fills u.operand with what a store form writes; returns the bytes to write, 0 when an unmasked
 * exception forbids the store. Changes nothing the guest can see before {@link commitStore}.
 */
export function prepareStore(u: FpuUnit, opcode: number, field: number, format: number): number {
  const o = u.operand;
  const major = opcode & 7;
  u.begin();
  u.pendingKind = NO_CHANGE;
  if (field === 6 && major === 1) {
    u.pendingKind = MASK_ALL;
    writeEnvironment(u, format);
    return environmentBytes(format);
  }
  if (field === 6 && major === 5) {
    u.pendingKind = INITIALIZE;
    writeState(u, format);
    return environmentBytes(format) + 80;
  }
  if (field === 7 && (major === 1 || major === 5)) {
    o.setInt16(0, u.get(major === 1 ? CONTROL : STATUS), true);
    return 2;
  }
  u.pendingKind = NUMERIC_STORE;
  u.pendingPops = field === 2 ? 0 : 1;
  const size = storeSize(opcode, field, format);
  let allowed = true;
  if (u.isEmpty(0)) {
    W[FLAGS] = IE | SF;
    writeIndefinite(u, major, size);
  } else {
    u.loadA(0);
    allowed = writeNumber(u, major, field, size);
  }
  if ((W[FLAGS] & ~W[CW] & BEFORE) !== 0) {
    W[FLAGS] &= BEFORE | SF;
    allowed = false;
  }
  u.pendingFlags = W[FLAGS];
  if (allowed) return size;
  u.pendingPops = 0;
  return 0;
}

/** Converts A into u.operand; false when an unmasked overflow or underflow forbids the store. */
function writeNumber(u: FpuUnit, major: number, field: number, size: number): boolean {
  const o = u.operand;
  if (size === 10 && major === 3) {
    o.setInt32(0, W[A_LO], true);
    o.setInt32(4, W[A_HI], true);
    o.setInt16(8, W[A_SE], true);
    return true;
  }
  let allowed = true;
  if (major === 1) allowed = aToSingle();
  else if (major === 5) allowed = aToDouble();
  else if (size === 4) aToInt32();
  else if (size === 2) aToInt16();
  else if (field === 7) aToInt64();
  else {
    aToDecimal(o);
    return true;
  }
  if (size === 2) o.setInt16(0, W[L0], true);
  else o.setInt32(0, W[L0], true);
  if (size === 8) o.setInt32(4, W[L1], true);
  return allowed;
}

/** The indefinite of the destination format, stored when ST0 is empty. */
function writeIndefinite(u: FpuUnit, major: number, size: number): void {
  W[A_SE] = 0xffff;
  W[A_HI] = 0xc0000000 | 0;
  W[A_LO] = 0;
  writeNumber(u, major, size === 8 && major === 7 ? 7 : 6, size);
  W[FLAGS] = IE | SF;
}

/**
 * Makes the prepared store visible: status bits, pops, FNSTENV's masking, FNSAVE's initialisation.
 */
export function commitStore(u: FpuUnit): void {
  switch (u.pendingKind) {
    case NUMERIC_STORE:
      W[CW] = u.get(CONTROL);
      u.raise(u.pendingFlags);
      u.pop(u.pendingPops);
      break;
    case MASK_ALL:
      u.set(CONTROL, u.get(CONTROL) | ALL_EXCEPTIONS);
      u.updateSummary();
      break;
    case INITIALIZE: u.initialize(); break;
    default: break;
  }
  u.pendingKind = NO_CHANGE;
}

