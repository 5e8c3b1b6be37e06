/**
 * Memory operands and their conversions to and from 80 bits, emitted in place. Normal numbers and
 * zeros only; anything else is refused.
 */
import type { Code } from '../../../../jit/wasm-code.ts';
import { I32, I64 } from '../../../../jit/wasm-bytes.ts';
import { CONTROL, RC_DOWN, RC_MASK, RC_SHIFT, RC_UP } from '../layout.ts';
import { BIAS, EXPONENT, isNormal, isZero, pushRoundUp, setRounding, SIGN, TOP_BIT } from './arithmetic.ts';
import type { Real, WindowCode } from './window.ts';

/** An operand's format in memory. */
export type Format = 'single' | 'double' | 'int16' | 'int32' | 'int64';
export const BYTES: Readonly<Record<Format, 2 | 4 | 8>> = { single: 4, double: 8, int16: 2, int32: 4, int64: 8 };
/** Bits of fraction and exponent. */
const REALS = { single: [23, 8], double: [52, 11] } as const;

/** b = the operand. */
export function loadOperand(w: WindowCode, format: Format): void {
  const { f, host, b } = w;
  const bits = f.local(I64);
  w.reach(BYTES[format], false);
  f.get(host);
  if (BYTES[format] === 8) f.loadHost64();
  else if (format === 'single') f.loadHost(32).extendU64();
  else f.loadHostS(format === 'int16' ? 16 : 32).extendS64();
  f.set(bits);
  if (format === 'single' || format === 'double') widenReal(w, bits, REALS[format]);
  else widenInteger(f, bits, b);
}

function widenReal(w: WindowCode, bits: number, [fraction, exponent]: readonly [number, number]): void {
  const { f, b } = w;
  const largest = 2 ** exponent - 1;
  const exp = f.local(I32);
  f.get(bits).const64(BigInt(fraction + exponent - 15)).shrU64().wrap().const(SIGN).and().set(b.se);
  f.get(bits).const64(BigInt(fraction)).shrU64().wrap().const(largest).and().tee(exp).const(1).sub()
    .const(largest - 1).ltU()
    .if(
      () => {
        f.get(bits).const64(BigInt(63 - fraction)).shl64().const64(TOP_BIT).or64().set(b.sig);
        f.get(b.se).get(exp).const(BIAS - (largest >> 1)).add().or().set(b.se);
      },
      () => {
        f.get(bits).const64(BigInt(64 - fraction)).shl64().get(exp).extendU64().or64().eqz64().eqz();
        w.refuseIf();
        f.const64(0n).set(b.sig);
      },
    );
}

/** b = the signed integer in local `value`; always exact. */
function widenInteger(f: Code, value: number, b: Real): void {
  const shift = f.local(I64);
  f.get(value).eqz64().if(() => f.const64(0n).set(b.sig).const(0).set(b.se), () => {
    f.get(value).const64(63n).shrS64().tee(shift).wrap().const(SIGN).and().set(b.se);
    f.get(value).get(shift).xor64().get(shift).sub64().tee(value).clz64().set(shift);
    f.get(value).get(shift).shl64().set(b.sig);
    f.const(BIAS + 63).get(shift).wrap().sub().get(b.se).or().set(b.se);
  });
}

/** Stores what is in a; status bits in local `flags`. */
export function storeOperand(w: WindowCode, format: Format): void {
  const { f, host } = w;
  const value = f.local(I64);
  if (format === 'single' || format === 'double') narrowReal(w, value, REALS[format]);
  else narrowInteger(w, value, BYTES[format] * 8);
  w.reach(BYTES[format], true);
  f.get(host).get(value);
  if (BYTES[format] === 8) f.storeHost64();
  else f.wrap().storeHost(BYTES[format] === 2 ? 16 : 32);
}

/**
 * Local `value` = a as a real, rounded to nearest; only if that is normal and not among the
 * largest, or a zero.
 */
function narrowReal(w: WindowCode, value: number, [fraction, exponent]: readonly [number, number]): void {
  const { f, a, flags } = w;
  const largest = 2 ** exponent - 1;
  const exp = f.local(I32), rest = f.local(I64), up = f.local(I64);
  f.get(a.se).const(EXPONENT).and().const(BIAS - (largest >> 1) + 1).sub().set(exp);
  isNormal(f, a).get(exp).const(largest - 2).ltU().and().if(() => {
    f.get(a.sig).const64(BigInt(fraction + 1)).shl64().set(rest);
    f.get(a.sig).const64(BigInt(63 - fraction)).shrU64().set(value);
    pushRoundUp(f, value, rest).set(up);
    setRounding(f, flags, rest, up);
    // The leading one adds 1 to the exponent, and a carry out of the fraction one more.
    f.get(exp).extendU64().const64(BigInt(fraction)).shl64().get(value).add64().get(up).add64().set(value);
  }, () => {
    isZero(f, a).eqz();
    w.refuseIf();
    f.const64(0n).set(value).const(0).set(flags);
  });
  f.get(value).get(a.se).const(15).shrU().extendU64().const64(BigInt(fraction + exponent)).shl64().or64().set(value);
}

/**
 * Local `value` = the integer part of |a|, rounded under RC; status bits in local `flags`. a is
 * normal, its lowest bits stand for 2^-shift, shift > 0.
 */
function roundToUnits(w: WindowCode, value: number, shift: number): void {
  const { f, a, flags } = w;
  const rest = f.local(I64), up = f.local(I64), rc = f.local(I32);
  f.get(shift).const(64).ltU().if(() => {
    f.get(a.sig).const64(64n).get(shift).extendU64().sub64().shl64().set(rest);
    f.get(a.sig).get(shift).extendU64().shrU64().set(value);
  }, () => {
    f.get(a.sig).const64(1n).get(shift).const(64).eq().select().set(rest);
    f.const64(0n).set(value);
  });
  w.word(CONTROL).const(RC_SHIFT).shrU().const(RC_MASK >> RC_SHIFT).and().tee(rc).eqz()
    .if(
      () => pushRoundUp(f, value, rest).set(up),
      () => {
        // Away from zero if RC says up and the value is positive, or down and it is negative.
        f.get(rc).const(RC_UP).const(RC_DOWN).get(a.se).const(SIGN).and().eqz().select().eq().get(rest)
          .const64(0n).ne64().and().extendU64().set(up);
      },
    );
  setRounding(f, flags, rest, up);
  f.get(value).get(up).add64().set(value);
}

/**
 * Local `value` = a as a signed integer, rounded under RC; only if its magnitude is below 2^(bits -
 * 1).
 */
function narrowInteger(w: WindowCode, value: number, bits: number): void {
  const { f, a, flags } = w;
  const shift = f.local(I32);
  isNormal(f, a).if(() => {
    f.const(BIAS + 63).get(a.se).const(EXPONENT).and().sub().tee(shift).const(64 - bits).leS();
    w.refuseIf();
    roundToUnits(w, value, shift);
    f.get(value).const64(2n ** BigInt(bits - 1) - 1n).gtU64();
    w.refuseIf();
    f.const64(0n).get(value).sub64().get(value).get(a.se).const(SIGN).and().select().set(value);
  }, () => {
    isZero(f, a).eqz();
    w.refuseIf();
    f.const64(0n).set(value).const(0).set(flags);
  });
}

/** r = a rounded to an integer under RC. */
export function roundToInteger(w: WindowCode): void {
  const { f, a, r, flags } = w;
  const value = f.local(I64), shift = f.local(I32);
  f.const(BIAS + 63).get(a.se).const(EXPONENT).and().sub().set(shift);
  isNormal(f, a).get(shift).const(0).gtS().and().if(() => {
    roundToUnits(w, value, shift);
    f.get(value).get(value).clz64().shl64().set(r.sig);
    f.get(a.se).const(SIGN).and().const(BIAS + 63).get(value).clz64().wrap().sub().const(0).get(value).eqz64()
      .eqz().select().or().set(r.se);
  }, () => {
    isNormal(f, a);
    isZero(f, a).or().eqz();
    w.refuseIf();
    f.get(a.sig).set(r.sig).get(a.se).set(r.se).const(0).set(flags);
  });
}
