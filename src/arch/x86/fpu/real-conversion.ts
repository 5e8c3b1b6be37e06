/** Conversions between 80-bit values and the IEEE single and double formats (FLD/FST m32, m64). */
import { C1, DE, IE, OE, PC_24, PC_53, RC_DOWN, RC_SHIFT, RC_UP, RC_ZERO, PE, UE } from './layout.ts';
import {
  A_HI, A_LO, A_SE, B_DENORMAL, B_HI, B_LO, B_SE, CW, FLAGS, INFINITY, kindA, L0, L1, NA_EXP, NA_HI, NA_LO,
  normalizeA, SNAN, UNSUPPORTED, W, ZERO,
} from './operands.ts';
import { CARRY, HI, LO, OUT, ROUNDING, roundSignificand, shiftRight, EXT } from './round.ts';

const TOP_BIT = 0x80000000 | 0;

/**
 * B = the single with these bits, signalling NaNs kept; B_DENORMAL says whether it was a denormal.
 */
export function singleToB(bits: number): void {
  const sign = (bits >>> 16) & 0x8000;
  const exp = (bits >>> 23) & 0xff;
  const fraction = bits & 0x7fffff;
  W[B_DENORMAL] = 0;
  W[B_LO] = 0;
  if (exp === 0) {
    if (fraction === 0) {
      W[B_SE] = sign;
      W[B_HI] = 0;
      return;
    }
    const shift = Math.clz32(fraction);
    W[B_DENORMAL] = DE;
    W[B_SE] = sign | (0x3fff - 126 + 8 - shift);
    W[B_HI] = fraction << shift;
    return;
  }
  W[B_SE] = sign | (exp === 0xff ? 0x7fff : exp + 0x3fff - 127);
  W[B_HI] = TOP_BIT | (fraction << 8);
}

/** B = the double with these halves, as {@link singleToB}. */
export function doubleToB(hi: number, lo: number): void {
  const sign = (hi >>> 16) & 0x8000;
  const exp = (hi >>> 20) & 0x7ff;
  const fraction = hi & 0xfffff;
  W[B_DENORMAL] = 0;
  if (exp === 0) {
    if ((fraction | lo) === 0) {
      W[B_SE] = sign;
      W[B_HI] = 0;
      W[B_LO] = 0;
      return;
    }
    W[B_DENORMAL] = DE;
    if (fraction === 0) {
      const shift = Math.clz32(lo);
      W[B_SE] = sign | (0x3fff - 1022 - 21 - shift);
      W[B_HI] = lo << shift;
      W[B_LO] = 0;
      return;
    }
    const shift = Math.clz32(fraction); // 12..31
    W[B_SE] = sign | (0x3fff - 1022 + 11 - shift);
    W[B_HI] = (fraction << shift) | (lo >>> (32 - shift));
    W[B_LO] = lo << shift;
    return;
  }
  W[B_SE] = sign | (exp === 0x7ff ? 0x7fff : exp + 0x3fff - 1023);
  W[B_HI] = TOP_BIT | (fraction << 11) | (lo >>> 21);
  W[B_LO] = lo << 11;
}

/** L0 = A as a single. False when an unmasked overflow or underflow forbids the store. */
export function aToSingle(): boolean {
  const sign = W[A_SE] & 0x8000 ? TOP_BIT : 0;
  const kind = kindA();
  if (kind > INFINITY) {
    if (kind === UNSUPPORTED) {
      W[FLAGS] |= IE;
      W[L0] = 0xffc00000 | 0;
    } else {
      if (kind === SNAN) W[FLAGS] |= IE;
      W[L0] = sign | 0x7fc00000 | ((W[A_HI] >>> 8) & 0x7fffff);
    }
    return true;
  }
  if (kind === INFINITY || kind === ZERO) {
    W[L0] = sign | (kind === ZERO ? 0 : 0x7f800000);
    return true;
  }
  const exp = narrow(PC_24, 127, 0xff);
  if (exp < 0) return false;
  W[L0] = sign | (exp << 23) | ((OUT[HI] >>> 8) & 0x7fffff);
  return true;
}

/** L1.L0 = A as a double, as {@link aToSingle}. */
export function aToDouble(): boolean {
  const sign = W[A_SE] & 0x8000 ? TOP_BIT : 0;
  const kind = kindA();
  if (kind > INFINITY) {
    W[L0] = 0;
    if (kind === UNSUPPORTED) {
      W[FLAGS] |= IE;
      W[L1] = 0xfff80000 | 0;
    } else {
      if (kind === SNAN) W[FLAGS] |= IE;
      W[L1] = sign | 0x7ff80000 | ((W[A_HI] >>> 11) & 0xfffff);
      W[L0] = (W[A_HI] << 21) | (W[A_LO] >>> 11);
    }
    return true;
  }
  if (kind === INFINITY || kind === ZERO) {
    W[L1] = sign | (kind === ZERO ? 0 : 0x7ff00000);
    W[L0] = 0;
    return true;
  }
  const exp = narrow(PC_53, 1023, 0x7ff);
  if (exp < 0) return false;
  W[L1] = sign | (exp << 20) | ((OUT[HI] >>> 11) & 0xfffff);
  W[L0] = (OUT[HI] << 21) | (OUT[LO] >>> 11);
  return true;
}

/**
 * Rounds the finite, nonzero A to a format of this precision, bias and largest exponent field.
 * OUT's HI.LO get the significand; returns the exponent field, or -1 when nothing may be stored.
 */
function narrow(precision: number, bias: number, largest: number): number {
  const cw = W[CW];
  const rc = (cw >> RC_SHIFT) & 3;
  const sign = (W[A_SE] >> 15) & 1;
  normalizeA();
  const hi = W[NA_HI];
  const lo = W[NA_LO];
  const exp = W[NA_EXP] - 0x3fff + bias;
  roundSignificand(precision, rc, sign, hi, lo, 0);
  const rounded = exp + OUT[CARRY];
  if (rounded >= largest) {
    if ((cw & OE) === 0) {
      W[FLAGS] |= OE;
      return -1;
    }
    W[FLAGS] |= OE | PE;
    if (rc === RC_ZERO || rc === (sign !== 0 ? RC_UP : RC_DOWN)) {
      OUT[HI] = -1;
      OUT[LO] = -1;
      return largest - 1;
    }
    W[FLAGS] |= C1;
    OUT[HI] = 0;
    OUT[LO] = 0;
    return largest;
  }
  if (exp > 0) {
    W[FLAGS] |= OUT[ROUNDING];
    return rounded;
  }
  const tiny = rounded <= 0;
  if (tiny && (cw & UE) === 0) {
    W[FLAGS] |= UE;
    return -1;
  }
  shiftRight(1 - exp, hi, lo, 0);
  roundSignificand(precision, rc, sign, OUT[HI], OUT[LO], OUT[EXT]);
  const flags = OUT[ROUNDING];
  W[FLAGS] |= tiny && flags !== 0 ? flags | UE : flags;
  return OUT[HI] < 0 ? 1 : 0;
}
