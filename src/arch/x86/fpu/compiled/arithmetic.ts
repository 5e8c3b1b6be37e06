/**
 * The arithmetic of the x87's fast path as WebAssembly functions on 64-bit significands. They take normal numbers and zeros, round to nearest at 64-bit precision, and
 * return -1 without having changed anything when an operand or the result is of another kind; then the unit in TypeScript (`fpu/`), which knows everything, does the
 * instruction. Otherwise they store the result at `dest` and return the status bits to raise: 0, PE or PE | C1.
 */
import { Code } from '../../../../jit/wasm-code.ts';
import { type FunctionType, I32, I64 } from '../../../../jit/wasm-encode.ts';
import { C0, C1, C3, PE, SIG_LO, SIGN_EXP } from '../layout.ts';

/** (dest, a, sign and exponent of a, b, sign and exponent of b). */
export const BINARY: FunctionType = { params: [I32, I64, I32, I64, I32], results: [I32] };
/** (dest, sign as bit 15, exponent, significand, 64 bits below it of which the lowest is sticky). */
export const ROUND: FunctionType = { params: [I32, I32, I32, I64, I64], results: [I32] };
/** (a, sign and exponent of a, b, sign and exponent of b). */
export const COMPARE: FunctionType = { params: [I64, I32, I64, I32], results: [I32] };
/** (field of ModRM, then as BINARY). */
export const OPERATE: FunctionType = { params: [I32, I32, I64, I32, I64, I32], results: [I32] };

const SIGN = 0x8000, EXPONENT = 0x7fff, BIAS = 0x3fff;
export const TOP_BIT = -(2n ** 63n);
const LOW = 0xffffffffn;

/** Pushes 1 if significand `sig` and sign-and-exponent `se` (locals) make a normal number. */
export function isNormal(f: Code, sig: number, se: number): Code {
  return f.get(sig).const64(0n).ltS64().get(se).const(EXPONENT).and().const(1).sub().const(EXPONENT - 1).ltU().and();
}

/** Pushes 1 if they make a zero. */
export function isZero(f: Code, sig: number, se: number): Code {
  return f.get(se).const(EXPONENT).and().eqz().get(sig).eqz64().and();
}

/** Stores what is in two locals at the address in local `dest`. */
export function storeRegister(f: Code, dest: number, sig: number, se: number): Code {
  return f.get(dest).get(sig).store64(SIG_LO).get(dest).get(se).store(32, SIGN_EXP);
}

export function roundCode(): Code {
  const f = new Code(5);
  const dest = 0, sign = 1, exp = 2, sig = 3, ext = 4, flags = f.local(I32);
  f.get(ext).eqz64().eqz().if(() => {
    f.const(PE).set(flags);
    f.get(ext).const64(0n).ltS64().get(ext).const64(TOP_BIT).ne64().get(sig).wrap().const(1).and().or().and().if(() => {
      f.const(PE | C1).set(flags);
      f.get(sig).const64(1n).add64().tee(sig).eqz64().if(() => {
        f.const64(TOP_BIT).set(sig);
        f.get(exp).const(1).add().set(exp);
      });
    });
  });
  f.get(exp).const(1).sub().const(EXPONENT - 1).geU().if(() => f.const(-1).return());
  f.get(sign).get(exp).or().set(exp);
  storeRegister(f, dest, sig, exp);
  return f.get(flags);
}

/** a + b. */
export function addCode(round: number): Code {
  const f = new Code(5);
  const dest = 0, a = 1, aSe = 2, b = 3, bSe = 4;
  const shift = f.local(I32), exp = f.local(I32), ext = f.local(I64), sum = f.local(I64), swap = f.local(I64);
  isNormal(f, a, aSe);
  isNormal(f, b, bSe).and().eqz().if(() => {
    // One zero: the other operand as it is.
    isZero(f, a, aSe);
    isNormal(f, b, bSe).and().if(() => storeRegister(f, dest, b, bSe).const(0).return());
    isNormal(f, a, aSe);
    isZero(f, b, bSe).and().if(() => storeRegister(f, dest, a, aSe).const(0).return());
    f.const(-1).return();
  });
  // a becomes the one of larger magnitude.
  f.get(aSe).const(EXPONENT).and().get(bSe).const(EXPONENT).and().sub().tee(shift).const(0).ltS();
  f.get(shift).eqz().get(a).get(b).ltU64().and().or().if(() => {
    f.get(a).set(swap).get(b).set(a).get(swap).set(b);
    f.get(aSe).set(exp).get(bSe).set(aSe).get(exp).set(bSe);
    f.const(0).get(shift).sub().set(shift);
  });
  f.get(aSe).const(EXPONENT).and().set(exp);
  // b.ext = b shifted right
  f.get(shift).if(() => {
    f.get(shift).const(64).ltU().if(() => {
      f.get(b).const64(64n).get(shift).extendU64().sub64().shl64().set(ext);
      f.get(b).get(shift).extendU64().shrU64().set(b);
    }, () => {
      f.get(shift).const(64).eq().if(() => f.get(b).set(ext), () => {
        f.const64(1n).set(ext);
        f.get(shift).const(128).ltU().if(() => {
          f.get(b).get(shift).extendU64().shrU64();
          f.get(b).const64(0n).get(shift).extendU64().sub64().shl64().eqz64().eqz().extendU64().or64().set(ext);
        });
      });
      f.const64(0n).set(b);
    });
  });
  f.get(aSe).get(bSe).xor().const(SIGN).and().eqz().if(() => {
    f.get(a).get(b).add64().tee(sum).get(a).ltU64().if(() => {
      f.get(ext).const64(1n).shrU64().get(ext).const64(1n).and64().or64().get(sum).const64(63n).shl64().or64().set(ext);
      f.get(sum).const64(1n).shrU64().const64(TOP_BIT).or64().set(sum);
      f.get(exp).const(1).add().set(exp);
    });
  }, () => {
    f.get(a).get(b).sub64().get(ext).eqz64().eqz().extendU64().sub64().set(sum);
    f.const64(0n).get(ext).sub64().set(ext);
    f.get(sum).const64(0n).ltS64().eqz().if(() => {
      f.get(sum).eqz64().if(() => {
        f.get(ext).eqz64().if(() => {
          // An exact difference of nothing is +0 when rounding to nearest.
          f.const(0).set(exp);
          storeRegister(f, dest, ext, exp).const(0).return();
        });
        f.get(ext).set(sum).const64(0n).set(ext);
        f.get(exp).const(64).sub().set(exp);
      });
      f.get(sum).clz64().tee(swap).eqz64().eqz().if(() => {
        f.get(sum).get(swap).shl64().get(ext).const64(64n).get(swap).sub64().shrU64().or64().set(sum);
        f.get(ext).get(swap).shl64().set(ext);
        f.get(exp).get(swap).wrap().sub().set(exp);
      });
    });
  });
  return f.get(dest).get(aSe).const(SIGN).and().get(exp).get(sum).get(ext).call(round);
}

/** Emits the answer for operands that are not both normal: a signed zero if `zero` (pushes 0 or 1) says so, else -1. */
function zeroOrLeave(f: Code, dest: number, sig: number, aSe: number, bSe: number, zero: () => void): void {
  f.from(zero).if(() => {
    f.const64(0n).set(sig);
    f.get(aSe).get(bSe).xor().const(SIGN).and().set(aSe);
    storeRegister(f, dest, sig, aSe).const(0).return();
  });
  f.const(-1).return();
}

/** a × b. */
export function multiplyCode(round: number): Code {
  const f = new Code(5);
  const dest = 0, a = 1, aSe = 2, b = 3, bSe = 4;
  const exp = f.local(I32), low = f.local(I64), cross = f.local(I64), middle = f.local(I64), high = f.local(I64);
  isNormal(f, a, aSe);
  isNormal(f, b, bSe).and().eqz().if(() => zeroOrLeave(f, dest, low, aSe, bSe, () => {
    isZero(f, a, aSe);
    isNormal(f, b, bSe);
    isZero(f, b, bSe).or().and();
    isNormal(f, a, aSe);
    isZero(f, b, bSe).and().or();
  }));
  f.get(aSe).const(EXPONENT).and().get(bSe).const(EXPONENT).and().add().const(BIAS - 1).sub().set(exp);
  const half = (x: number, upper: boolean): Code => (upper ? f.get(x).const64(32n).shrU64() : f.get(x).const64(LOW).and64());
  half(a, false);
  half(b, false).mul64().set(low);
  half(a, true);
  half(b, false).mul64();
  f.get(low).const64(32n).shrU64().add64().set(cross);
  half(a, false);
  half(b, true).mul64();
  half(cross, false).add64().set(middle);
  half(a, true);
  half(b, true).mul64();
  half(cross, true).add64();
  half(middle, true).add64().set(high);
  f.get(middle).const64(32n).shl64();
  half(low, false).or64().set(low);
  f.get(high).const64(0n).ltS64().eqz().if(() => {
    f.get(high).const64(1n).shl64().get(low).const64(63n).shrU64().or64().set(high);
    f.get(low).const64(1n).shl64().set(low);
    f.get(exp).const(1).sub().set(exp);
  });
  return f.get(dest).get(aSe).get(bSe).xor().const(SIGN).and().get(exp).get(high).get(low).call(round);
}

/** One 32-bit digit of the quotient of hi.next (next: 32 bits) by d, whose halves are in locals: digit in `q`, remainder in `hi`. */
function digit(f: Code, hi: number, next: () => Code, d: number, dHigh: number, dLow: number, q: number, rest: number): void {
  f.get(hi).get(dHigh).divU64().set(q);
  f.get(hi).get(q).get(dHigh).mul64().sub64().set(rest);
  f.block((done) => {
    f.loop((again) => {
      f.get(q).const64(LOW).gtU64();
      f.get(q).get(dLow).mul64().get(rest).const64(32n).shl64().from(next).or64().gtU64().or().eqz().brIf(done);
      f.get(q).const64(1n).sub64().set(q);
      f.get(rest).get(dHigh).add64().tee(rest).const64(LOW).gtU64().eqz().brIf(again);
    });
  });
  f.get(hi).const64(32n).shl64().from(next).or64().get(q).get(d).mul64().sub64().set(hi);
}

/** a ÷ b. */
export function divideCode(round: number): Code {
  const f = new Code(5);
  const dest = 0, a = 1, aSe = 2, b = 3, bSe = 4;
  const exp = f.local(I32), low = f.local(I64), bHigh = f.local(I64), bLow = f.local(I64), q = f.local(I64), rest = f.local(I64), quotient = f.local(I64);
  isNormal(f, a, aSe);
  isNormal(f, b, bSe).and().eqz().if(() => zeroOrLeave(f, dest, low, aSe, bSe, () => {
    isZero(f, a, aSe);
    isNormal(f, b, bSe).and();
  }));
  f.get(aSe).const(EXPONENT).and().get(bSe).const(EXPONENT).and().sub().const(BIAS - 1).add().set(exp);
  // a.low / b lies in [2^63, 2^64)
  f.const64(0n).set(low);
  f.get(a).get(b).geU64().if(() => {
    f.get(a).const64(63n).shl64().set(low);
    f.get(a).const64(1n).shrU64().set(a);
    f.get(exp).const(1).add().set(exp);
  });
  f.get(b).const64(32n).shrU64().set(bHigh);
  f.get(b).const64(LOW).and64().set(bLow);
  digit(f, a, () => f.get(low).const64(32n).shrU64(), b, bHigh, bLow, q, rest);
  f.get(q).const64(32n).shl64().set(quotient);
  digit(f, a, () => f.const64(0n), b, bHigh, bLow, q, rest);
  f.get(quotient).get(q).add64().set(quotient);
  // The guard word: how the remainder compares with half the divisor.
  f.get(a).eqz64().eqz().if(() => {
    f.get(b).get(a).sub64().set(rest);
    f.get(a).get(rest).eq64().if(() => f.const64(TOP_BIT).set(a), () => {
      f.get(a).get(rest).gtU64().if(() => f.const64(TOP_BIT | 1n).set(a), () => f.const64(1n).set(a));
    });
  });
  return f.get(dest).get(aSe).get(bSe).xor().const(SIGN).and().get(exp).get(quotient).get(a).call(round);
}

/** The operation that the field names: 0 a + b, 1 a × b, 4 a - b, 5 b - a, 6 a ÷ b, 7 b ÷ a. */
export function operateCode(add: number, multiply: number, divide: number): Code {
  const f = new Code(6);
  const field = 0, dest = 1, a = 2, aSe = 3, b = 4, bSe = 5;
  const is = (n: number): Code => f.get(field).const(n).eq();
  const straight = (): Code => f.get(dest).get(a).get(aSe).get(b).get(bSe);
  is(0).if(() => straight().call(add).return());
  is(1).if(() => straight().call(multiply).return());
  is(4).if(() => straight().const(SIGN).xor().call(add).return());
  is(5).if(() => f.get(dest).get(b).get(bSe).get(a).get(aSe).const(SIGN).xor().call(add).return());
  is(6).if(() => straight().call(divide).return());
  return f.get(dest).get(b).get(bSe).get(a).get(aSe).call(divide);
}

/** C3, C2, C0 of a ? b, or -1. */
export function compareCode(): Code {
  const f = new Code(4);
  const a = 0, aSe = 1, b = 2, bSe = 3, zeroA = f.local(I32), zeroB = f.local(I32);
  isZero(f, a, aSe).set(zeroA);
  isZero(f, b, bSe).set(zeroB);
  isNormal(f, a, aSe).get(zeroA).or();
  isNormal(f, b, bSe).get(zeroB).or().and().eqz().if(() => f.const(-1).return());
  f.get(zeroA).get(zeroB).and().if(() => f.const(C3).return());
  const below = (condition: () => void): Code => f.from(condition).if(() => f.const(C0).return(), () => f.const(0).return());
  f.get(zeroA).if(() => below(() => f.get(bSe).const(SIGN).and().eqz()));
  f.get(zeroB).if(() => below(() => f.get(aSe).const(SIGN).and()));
  f.get(aSe).get(bSe).xor().const(SIGN).and().if(() => below(() => f.get(aSe).const(SIGN).and()));
  f.get(aSe).get(bSe).eq().get(a).get(b).eq64().and().if(() => f.const(C3).return());
  // Of equal signs: the smaller magnitude is below, unless both are negative.
  f.get(aSe).get(bSe).ltU().get(aSe).get(bSe).eq().get(a).get(b).ltU64().and().or();
  f.get(aSe).const(SIGN).and().eqz().eqz().xor();
  f.if(() => f.const(C0).return());
  return f.const(0);
}
