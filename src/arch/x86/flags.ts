/**
 * EFLAGS and the lazy arithmetic flags (ADR 0002). Everything here is for slow operations; µops
 * have their own.
 */
import { STATE } from '../../ir/layout.ts';
import { ARITH_FLAGS, DF, EFLAGS_SYS, FLAG } from './state.ts';

const RES = STATE.CC_RES >> 2, AUX = STATE.CC_AUX >> 2, SYS = EFLAGS_SYS >> 2, DIRECTION = DF >> 2;

/** 1 if the low byte has an even number of ones. */
function evenParity(byte: number): number {
  const folded = byte ^ (byte >>> 4);
  return (0x9669 >>> (folded & 15)) & 1;
}

/** CF PF AF ZF SF OF at their EFLAGS positions. */
export function readArithmetic(w: Int32Array): number {
  const res = w[RES], aux = w[AUX];
  const carry = aux >>> 31;
  return carry
    | (evenParity((res ^ (aux >>> 8)) & 0xff) << 2)
    | (((aux >>> 3) & 1) << 4)
    | (res === 0 ? FLAG.ZF : 0)
    | (((res >>> 31) ^ (aux & 1)) << 7)
    | ((carry ^ ((aux >>> 30) & 1)) << 11);
}

/** Sets the six arithmetic flags from their EFLAGS positions. */
export function writeArithmetic(w: Int32Array, flags: number): void {
  const carry = flags & 1, overflow = (flags >>> 11) & 1, parity = (flags >>> 2) & 1, zero = (flags & FLAG.ZF) !== 0;
  w[RES] = zero ? 0 : 1;
  w[AUX] =
    (carry << 31) |
    ((carry ^ overflow) << 30) |
    (((flags >>> 4) & 1) << 3) |
    ((zero ? 1 - parity : parity) << 8) |
    ((flags >>> 7) & 1);
}

/** Replaces the arithmetic flags in `mask` by those of `flags`. */
export function changeArithmetic(w: Int32Array, flags: number, mask: number): void {
  writeArithmetic(w, (readArithmetic(w) & ~mask) | (flags & mask));
}

/** The whole of EFLAGS. */
export function readEflags(w: Int32Array): number {
  return readArithmetic(w) | 2 | (w[DIRECTION] !== 0 ? FLAG.DF : 0) | w[SYS];
}

const SYSTEM = FLAG.TF | FLAG.IF | FLAG.IOPL | FLAG.NT | FLAG.VM | FLAG.AC | FLAG.VIF | FLAG.VIP | FLAG.ID;

/**
 * Replaces the flags in `mask`. RF is not kept: it would only hold back instruction breakpoints,
 * which are not modelled.
 */
export function writeEflags(w: Int32Array, value: number, mask: number): void {
  const m = mask & SYSTEM;
  w[SYS] = (w[SYS] & ~m) | (value & m);
  if ((mask & FLAG.DF) !== 0) w[DIRECTION] = (value >>> 10) & 1;
  if ((mask & ARITH_FLAGS) !== 0) changeArithmetic(w, value, mask & ARITH_FLAGS);
}

/**
 * Flags of the comparison a - b at `size` bytes (operands zero-extended or signed, their upper bits
 * do not matter).
 */
export function writeCompare(w: Int32Array, a: number, b: number, size: number): void {
  const shift = 32 - 8 * size;
  const r = (a - b) | 0;
  const borrow = (~a & b) | ((~a | b) & r);
  w[RES] = (r << shift) >> shift;
  w[AUX] = ((borrow << shift) & 0xc0000000) | (borrow & 8);
}
