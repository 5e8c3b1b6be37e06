/**
 * Rounding a normalised 96-bit significand to the destination and range checks.
 *
 * Tininess is judged after rounding with an unbounded exponent. Masked responses and the bias of
 * 24576 of the unmasked ones: SDM vol. 1, 8.5.4 to 8.5.6.
 */
import {
  C1, OE, PC_24, PC_53, PC_64, PC_MASK, PE, RC_DOWN, RC_NEAREST, RC_SHIFT, RC_UP, RC_ZERO, UE,
} from './layout.ts';
import { CW, FLAGS, setR, W } from './operands.ts';

/** Exponent adjustment of unmasked overflow and underflow results (3 * 2^13). */
export const BIAS_ADJUST = 24576;

const MIN = 0x80000000 | 0;

/**
 * R = (-1)^sign * hi.lo.ext * 2^(exp - 16383), rounded under the control word's RC and PC.
 * hi must have bit 31 set; ext is the guard word, its bit 0 sticky; exp may lie outside 1..0x7FFE.
 */
export function roundPack(sign: number, exp: number, hi: number, lo: number, ext: number): void {
  const cw = W[CW];
  const pc = cw & PC_MASK;
  if (pc === PC_24 || pc === PC_53 || exp <= 0 || exp >= 0x7ffe) {
    roundTo(pc, sign, exp, hi, lo, ext);
    return;
  }
  if (ext !== 0) {
    const rc = (cw >> RC_SHIFT) & 3;
    let flags = PE;
    if (rc === RC_NEAREST ? ext < 0 && (ext !== MIN || (lo & 1) !== 0) : rc === (sign !== 0 ? RC_DOWN : RC_UP)) {
      flags = PE | C1;
      lo = (lo + 1) | 0;
      if (lo === 0) {
        hi = (hi + 1) | 0;
        if (hi === 0) {
          hi = MIN;
          exp++;
        }
      }
    }
    W[FLAGS] |= flags;
  }
  setR((sign << 15) | exp, hi, lo);
}

/** The same at 64-bit precision whatever PC says (FSCALE, FPREM, transcendentals). */
export function roundPack64(sign: number, exp: number, hi: number, lo: number, ext: number): void {
  roundTo(PC_64, sign, exp, hi, lo, ext);
}

/**
 * Outcome of {@link roundSignificand} and {@link shiftRight}; a typed array, because stores into it
 * never allocate.
 */
export const OUT = new Int32Array(8);
/** Slots of OUT: significand halves, guard word after a shift, carry out of bit 63. */
export const HI = 0;
export const LO = 1;
export const EXT = 2;
export const CARRY = 3;
/** Slot of OUT: 0 exact, PE inexact, PE | C1 inexact and away from zero. */
export const ROUNDING = 4;

/**
 * Rounds hi.lo.ext at precision pc without regard to the exponent; a carry out leaves 1.0 and CARRY
 * 1.
 */
export function roundSignificand(pc: number, rc: number, sign: number, hi: number, lo: number, ext: number): void {
  let rest: number;
  let odd: number;
  if (pc === PC_24) {
    rest = (hi << 24) | (lo >>> 8) | (((lo & 0xff) | ext) !== 0 ? 1 : 0);
    hi &= ~0xff;
    lo = 0;
    odd = hi & 0x100;
  } else if (pc === PC_53) {
    rest = (lo << 21) | (ext >>> 11) | ((ext & 0x7ff) !== 0 ? 1 : 0);
    lo &= ~0x7ff;
    odd = lo & 0x800;
  } else {
    rest = ext;
    odd = lo & 1;
  }
  OUT[CARRY] = 0;
  OUT[ROUNDING] = 0;
  if (rest !== 0) {
    OUT[ROUNDING] = PE;
    if (rc === RC_NEAREST ? rest < 0 && (rest !== MIN || odd !== 0) : rc === (sign !== 0 ? RC_DOWN : RC_UP)) {
      OUT[ROUNDING] = PE | C1;
      const wasNormal = hi < 0;
      if (pc === PC_24) hi = (hi + 0x100) | 0;
      else {
        lo = (lo + (pc === PC_53 ? 0x800 : 1)) | 0;
        if (lo === 0) hi = (hi + 1) | 0;
      }
      if (wasNormal && hi >= 0) {
        hi = MIN;
        OUT[CARRY] = 1;
      }
    }
  }
  OUT[HI] = hi;
  OUT[LO] = lo;
}

/** The general case: any precision, any exponent. */
function roundTo(pc: number, sign: number, exp: number, hi: number, lo: number, ext: number): void {
  const cw = W[CW];
  const rc = (cw >> RC_SHIFT) & 3;
  roundSignificand(pc, rc, sign, hi, lo, ext);
  let rounded = exp + OUT[CARRY];
  let flags = OUT[ROUNDING];
  if (rounded >= 0x7fff) {
    overflow(pc, rc, sign, rounded, flags);
    return;
  }
  if (exp <= 0) {
    const tiny = rounded <= 0;
    if (tiny && (cw & UE) === 0) {
      W[FLAGS] |= flags | UE;
      rounded += BIAS_ADJUST;
      if (rounded > 0) setR((sign << 15) | rounded, OUT[HI], OUT[LO]);
      else {
        // Still out of range (FSCALE only): zero.
        W[FLAGS] |= PE;
        setR(sign << 15, 0, 0);
      }
      return;
    }
    shiftRight(1 - exp, hi, lo, ext);
    roundSignificand(pc, rc, sign, OUT[HI], OUT[LO], OUT[EXT]);
    flags = OUT[ROUNDING];
    if (tiny && flags !== 0) flags |= UE;
    W[FLAGS] |= flags;
    setR((sign << 15) | (OUT[HI] < 0 ? 1 : 0), OUT[HI], OUT[LO]);
    return;
  }
  W[FLAGS] |= flags;
  setR((sign << 15) | rounded, OUT[HI], OUT[LO]);
}

/** Masked: infinity or the largest finite number; unmasked: exponent less 24576. */
function overflow(pc: number, rc: number, sign: number, exp: number, flags: number): void {
  if ((W[CW] & OE) === 0) {
    W[FLAGS] |= flags | OE;
    exp -= BIAS_ADJUST;
    if (exp < 0x7fff) setR((sign << 15) | exp, OUT[HI], OUT[LO]);
    else {
      // Still out of range (FSCALE only): infinity.
      W[FLAGS] |= PE | C1;
      setR((sign << 15) | 0x7fff, MIN, 0);
    }
    return;
  }
  W[FLAGS] |= OE | PE;
  if (rc === RC_ZERO || rc === (sign !== 0 ? RC_UP : RC_DOWN)) {
    if (pc === PC_24) setR((sign << 15) | 0x7ffe, 0xffffff00 | 0, 0);
    else setR((sign << 15) | 0x7ffe, -1, pc === PC_53 ? 0xfffff800 | 0 : -1);
  } else {
    W[FLAGS] |= C1;
    setR((sign << 15) | 0x7fff, MIN, 0);
  }
}

/** Shifts hi.lo.ext right by count (1 or more) into OUT's HI.LO.EXT, keeping bit 0 sticky. */
export function shiftRight(count: number, hi: number, lo: number, ext: number): void {
  let sticky = 0;
  while (count >= 32) {
    if (ext !== 0) sticky = 1;
    ext = lo;
    lo = hi;
    hi = 0;
    count -= 32;
    if ((hi | lo | ext) === 0) count = 0;
  }
  if (count !== 0) {
    if (ext << (32 - count) !== 0) sticky = 1;
    ext = (ext >>> count) | (lo << (32 - count));
    lo = (lo >>> count) | (hi << (32 - count));
    hi >>>= count;
  }
  OUT[HI] = hi | 0;
  OUT[LO] = lo;
  OUT[EXT] = ext | sticky;
}
