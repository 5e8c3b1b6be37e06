/**
 * Memory operands of the x87's fast path: the way to them, and conversions of normal numbers and zeros between their formats and 80 bits, as WebAssembly functions. A
 * conversion leaves its result in the cells of `RESULT`; -1: not for the fast path, nothing has changed.
 */
import { STATE, TLB_ENTRIES } from '../../../../ir/layout.ts';
import { Code } from '../../../../jit/wasm-code.ts';
import { type FunctionType, I32, I64 } from '../../../../jit/wasm-encode.ts';
import { temp } from '../../state.ts';
import { C1, PE, RC_ZERO } from '../layout.ts';
import { isNormal, isZero, TOP_BIT } from './arithmetic.ts';

const BIAS = 0x3fff, EXPONENT = 0x7fff, SIGN = 0x8000;

/** Where a conversion leaves what it made: 64 bits, and 32 for sign and exponent. Temporaries, dead between instructions. */
export const RESULT = { SIG: temp(10), SE: temp(12) } as const;

/** (linear address, bytes - 1, offset of the tag in a TLB entry) → address in linear memory, or 0. */
export const PROBE: FunctionType = { params: [I32, I32, I32], results: [I32] };

export function probeCode(): Code {
  const f = new Code(3);
  const address = 0, last = 1, tag = 2, entry = f.local(I32);
  f.get(address).const(8).shrU().const((TLB_ENTRIES - 1) << 4).and().const(0).load(32, STATE.TLB_BASE).add().set(entry);
  f.get(address).get(last).add().const(~0xfff).and().get(entry).get(tag).add().load(32).eq();
  f.if(() => f.get(entry).load(32, 12).get(address).add().return());
  return f.const(0);
}

/** bits → RESULT; returns 0 or -1. */
export const WIDEN: FunctionType = { params: [I64], results: [I32] };

function leaveResult(f: Code, sig: () => Code, se: () => Code): void {
  f.const(0).from(sig).store64(RESULT.SIG);
  f.const(0).from(se).store(32, RESULT.SE);
}

/** A real of `fraction` fraction bits and `exponent` exponent bits. */
export function widenRealCode(fraction: number, exponent: number): Code {
  const f = new Code(1);
  const bits = 0, exp = f.local(I32), sign = f.local(I32);
  const largest = 2 ** exponent - 1;
  f.get(bits).const64(BigInt(fraction + exponent)).shrU64().wrap().const(15).shl().const(SIGN).and().set(sign);
  f.get(bits).const64(BigInt(fraction)).shrU64().wrap().const(largest).and().tee(exp).const(1).sub().const(largest - 1).ltU().if(() => {
    leaveResult(f, () => f.get(bits).const64(BigInt(63 - fraction)).shl64().const64(TOP_BIT).or64(), () => f.get(exp).const(BIAS - (largest >> 1)).add().get(sign).or());
    f.const(0).return();
  });
  f.get(bits).const64(BigInt(64 - fraction)).shl64().eqz64().get(exp).eqz().and().if(() => {
    leaveResult(f, () => f.const64(0n), () => f.get(sign));
    f.const(0).return();
  });
  return f.const(-1);
}

/** A signed integer: always possible. */
export function widenIntegerCode(): Code {
  const f = new Code(1);
  const value = 0, sign = f.local(I32), shift = f.local(I64);
  f.get(value).eqz64().if(() => {
    leaveResult(f, () => f.const64(0n), () => f.const(0));
    f.const(0).return();
  });
  f.get(value).const64(0n).ltS64().if(() => {
    f.const(SIGN).set(sign);
    f.const64(0n).get(value).sub64().set(value);
  });
  f.get(value).clz64().set(shift);
  leaveResult(f, () => f.get(value).get(shift).shl64(), () => f.const(BIAS + 63).get(shift).wrap().sub().get(sign).or());
  return f.const(0);
}

/** (significand, sign and exponent, rounding control) → RESULT.SIG; returns status bits or -1. */
export const NARROW: FunctionType = { params: [I64, I32, I32], results: [I32] };

/** Rounding to nearest of local `value`, whose bits below stand in `rest`; flags in local `flags`. */
function roundUp(f: Code, value: number, rest: number, flags: number, also?: () => void): void {
  f.get(rest).eqz64().eqz().if(() => {
    f.const(PE).set(flags);
    f.get(rest).const64(0n).ltS64().get(rest).const64(TOP_BIT).ne64().get(value).wrap().const(1).and().or().and();
    also?.();
    f.if(() => {
      f.const(PE | C1).set(flags);
      f.get(value).const64(1n).add64().set(value);
    });
  });
}

/** To a real of `fraction` and `exponent` bits, rounded to nearest; only if the result is normal, or a zero. */
export function narrowRealCode(fraction: number, exponent: number): Code {
  const f = new Code(3);
  const sig = 0, se = 1, rest = f.local(I64), exp = f.local(I32), flags = f.local(I32);
  const largest = 2 ** exponent - 1;
  const sign = (): Code => f.get(se).const(15).shrU().const(1).and().extendU64().const64(BigInt(fraction + exponent)).shl64();
  isZero(f, sig, se).if(() => {
    f.const(0).from(sign).store64(RESULT.SIG);
    f.const(0).return();
  });
  isNormal(f, sig, se).eqz().if(() => f.const(-1).return());
  f.get(se).const(EXPONENT).and().const(BIAS - (largest >> 1)).sub().tee(exp).const(0).leS().if(() => f.const(-1).return());
  f.get(sig).const64(BigInt(fraction + 1)).shl64().set(rest);
  f.get(sig).const64(BigInt(63 - fraction)).shrU64().set(sig);
  roundUp(f, sig, rest, flags);
  f.get(sig).const64(2n ** BigInt(fraction + 1)).eq64().if(() => f.get(exp).const(1).add().set(exp));
  f.get(exp).const(largest).geS().if(() => f.const(-1).return());
  f.const(0).get(sig).const64(2n ** BigInt(fraction) - 1n).and64().get(exp).extendU64().const64(BigInt(fraction)).shl64().or64().from(sign).or64().store64(RESULT.SIG);
  return f.get(flags);
}

/** To a signed integer of `bits` bits, to nearest or towards zero by the third operand; only if it is in range, and its magnitude below 2^(bits - 1). */
export function narrowIntegerCode(bits: number): Code {
  const f = new Code(3);
  const sig = 0, se = 1, rc = 2, rest = f.local(I64), shift = f.local(I32), flags = f.local(I32);
  isZero(f, sig, se).if(() => {
    f.const(0).const64(0n).store64(RESULT.SIG);
    f.const(0).return();
  });
  isNormal(f, sig, se).eqz().if(() => f.const(-1).return());
  f.const(BIAS + 63).get(se).const(EXPONENT).and().sub().tee(shift).const(64 - bits).leS().if(() => f.const(-1).return());
  f.get(shift).const(64).ltS().if(() => {
    f.get(sig).const64(64n).get(shift).extendU64().sub64().shl64().set(rest);
    f.get(sig).get(shift).extendU64().shrU64().set(sig);
  }, () => {
    f.get(shift).const(64).eq().if(() => f.get(sig).set(rest), () => f.const64(1n).set(rest));
    f.const64(0n).set(sig);
  });
  roundUp(f, sig, rest, flags, () => f.get(rc).const(RC_ZERO).ne().and());
  f.get(sig).const64(2n ** BigInt(bits - 1) - 1n).gtU64().if(() => f.const(-1).return());
  f.const(0);
  f.const64(0n).get(sig).sub64().get(sig).get(se).const(SIGN).and().select();
  f.store64(RESULT.SIG);
  return f.get(flags);
}
