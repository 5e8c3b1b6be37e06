/**
 * Transcendental instructions. Special operands: SDM vol. 2, the tables of each instruction. The
 * results are the exact values rounded once under RC (to 64 bits whatever PC says), so they are
 * within one unit of any processor's microcode but not always equal to it. Where an operand is
 * outside the documented domain, the result is what current processors were seen to give.
 */
import { twoToXMinusOne, yLog2X, yLog2XPlusOne } from './exponential.ts';
import { C2 } from './layout.ts';
import { A_SE, B_HI, B_LO, B_SE, INFINITY, invalid, kindA, nanA, QNAN, W } from './operands.ts';
import { arctangentOfBOverA, cosineOfA, sineAndCosineOfA, sineOfA, tangentOfA } from './trigonometry.ts';
import type { FpuUnit } from './unit.ts';
import { BIAS, copyResultToB } from './wide-value.ts';

/** Executes D9 F0..F3, F9, FB, FE, FF. */
export function transcendental(u: FpuUnit, modrm: number): void {
  switch (modrm) {
    case 0xf0: replaceTop(u, twoToXMinusOne); return;
    case 0xf1: replacePair(u, yLog2X); return;
    case 0xf2: trigonometric(u, tangentOfA, true); return;
    case 0xf3: replacePair(u, arctangentOfBOverA); return;
    case 0xf9: replacePair(u, yLog2XPlusOne); return;
    case 0xfb: trigonometric(u, sineAndCosineOfA, true); return;
    case 0xfe: trigonometric(u, sineOfA, false); return;
    default: trigonometric(u, cosineOfA, false);
  }
}

/** ST0 = f(ST0). */
function replaceTop(u: FpuUnit, operation: () => void): void {
  if (u.isEmpty(0)) u.underflow();
  else {
    u.loadA(0);
    operation();
  }
  if (u.settle()) u.storeR(0);
}

/** ST1 = f(ST0, ST1), pop. */
function replacePair(u: FpuUnit, operation: () => void): void {
  if (u.loadPair(0, 1)) operation();
  if (!u.settle()) return;
  u.storeR(1);
  u.pop(1);
}

/**
 * FSIN, FCOS, FSINCOS, FPTAN: C2 set and nothing else when |ST0| is 2^63 or more. The pushing ones
 * leave the pushed value in B.
 */
function trigonometric(u: FpuUnit, operation: () => void, pushes: boolean): void {
  if (u.isEmpty(0)) u.underflow();
  else if (!pushes || u.roomToPush()) {
    u.loadA(0);
    const kind = kindA();
    if (kind < INFINITY && (W[A_SE] & 0x7fff) >= BIAS + 63) {
      u.settle();
      u.setConditions(C2, C2);
      return;
    }
    if (kind >= QNAN) nanA(kind);
    else if (kind === INFINITY) invalid();
    if (kind >= INFINITY) copyResultToB();
    else operation();
    const allowed = u.settle();
    u.setConditions(C2, 0);
    if (!allowed) return;
    u.storeR(0);
    if (pushes) {
      u.moveTop(-1);
      u.storeWords(0, W[B_SE], W[B_HI], W[B_LO]);
    }
    return;
  }
  const allowed = u.settle();
  u.setConditions(C2, 0);
  if (!allowed) return;
  u.storeR(0);
  if (pushes) {
    u.moveTop(-1);
    u.storeR(0);
  }
}
