/**
 * Arithmetic on 64-bit significands, emitted in place: operands in locals, result and status bits
 * (0, PE, or PE | C1) in locals. For normal numbers and zeros, rounded to nearest; anything else is
 * refused. What depends on data is computed without branches, as random bits cannot be predicted.
 */
import type { Code } from '../../../../jit/wasm-code.ts';
import { I32, I64 } from '../../../../jit/wasm-bytes.ts';
import { CONTROL, PC_53 } from '../layout.ts';
import type { Real, WindowCode } from './window.ts';

export const SIGN = 0x8000, EXPONENT = 0x7fff, BIAS = 0x3fff;
export const TOP_BIT: bigint = -(2n ** 63n);
const LOW_HALF = 0xffffffffn;
/** Bits of the significand that a reduced precision does without. */
const DROPPED_53 = 11n, DROPPED_24 = 40n;
/** Places of status bits (`../layout.ts`). */
const PE_SHIFT = 5, C0_SHIFT = 8, C1_SHIFT = 9, C3_SHIFT = 14;

/** Pushes 1 if the value is normal. */
export function isNormal(f: Code, x: Real): Code {
  return f.get(x.sig).const64(0n).ltS64().get(x.se).const(EXPONENT).and().const(1).sub().const(EXPONENT - 1)
    .ltU().and();
}

/** Pushes 1 if it is a zero. */
export function isZero(f: Code, x: Real): Code {
  return f.get(x.se).const(EXPONENT).and().extendU64().get(x.sig).or64().eqz64();
}

/** Pushes 1 if both are normal. */
function bothNormal(f: Code, x: Real, y: Real): Code {
  f.get(x.sig).get(y.sig).and64().const64(0n).ltS64();
  for (const { se } of [x, y]) f.get(se).const(EXPONENT).and().const(1).sub().const(EXPONENT - 1).ltU().and();
  return f;
}

/**
 * Pushes 1 if the two bits above `rest` and in it say up: local `rest` holds the 64 bits below the
 * last place of local `sig`.
 */
export function pushRoundUp(f: Code, sig: number, rest: number): Code {
  return f.get(rest).const64(63n).shrU64().get(rest).const64(1n).shl64().const64(0n).ne64().extendU64()
    .get(sig).or64().and64();
}

/** Local `flags` = PE if local `rest` is not 0, and C1 if local `up` (i64, 0 or 1) is set. */
export function setRounding(f: Code, flags: number, rest: number, up: number): void {
  f.get(rest).const64(0n).ne64().const(PE_SHIFT).shl().get(up).wrap().const(C1_SHIFT).shl().or().set(flags);
}

/**
 * r, flags = ± sig.rest × 2^exp rounded to nearest at the precision in force; `sign` pushes a word
 * whose bit 15 is the sign. `rest` is lost.
 */
function round(w: WindowCode, exp: number, sig: number, rest: number, sign: () => void): void {
  const { f, r, flags } = w;
  f.get(exp).const(1).sub().const(EXPONENT - 2).geU();
  w.refuseIf();
  const drop = f.local(I64);
  w.isReduced().if(() => {
    f.const64(DROPPED_53).const64(DROPPED_24);
    w.word(CONTROL).const(PC_53).and().select().set(drop);
    f.get(sig).const64(64n).get(drop).sub64().shl64().get(rest).const64(0n).ne64().extendU64().or64().set(rest);
    f.get(sig).get(drop).shrU64().set(sig);
  });
  pushRoundUp(f, sig, rest).set(r.sig);
  setRounding(f, flags, rest, r.sig);
  f.get(sig).get(r.sig).add64().get(drop).shl64().tee(r.sig).eqz64().if(() => {
    f.const64(TOP_BIT).set(r.sig);
    f.get(exp).const(1).add().set(exp);
  });
  f.from(sign).const(SIGN).and().get(exp).or().set(r.se);
}

/** Locals that the operations share. */
export class Arithmetic {
  private readonly w: WindowCode;
  private readonly exp: number;
  private readonly shift: number;
  private readonly x: number;
  private readonly y: number;
  private readonly z: number;
  private readonly rest: number;

  constructor(w: WindowCode) {
    this.w = w;
    this.exp = w.f.local(I32);
    this.shift = w.f.local(I32);
    this.x = w.f.local(I64);
    this.y = w.f.local(I64);
    this.z = w.f.local(I64);
    this.rest = w.f.local(I64);
  }

  /**
   * r = the operation that the field of ModRM names: 0 a + b, 1 a × b, 4 a - b, 5 b - a, 6 a ÷ b, 7
   * b ÷ a.
   */
  operate(field: number): void {
    const { f, a, b } = this.w;
    const negate = (x: Real): void => void f.get(x.se).const(SIGN).xor().set(x.se);
    if (field === 4) negate(b);
    if (field === 5) negate(a);
    if (field === 1) this.multiply();
    else if (field < 6) this.add();
    else if (field === 6) this.divide(a, b);
    else this.divide(b, a);
  }

  private exact(done: number, sig: () => void, se: () => void): void {
    const { f, r, flags } = this.w;
    f.from(sig).set(r.sig).from(se).set(r.se).const(0).set(flags).br(done);
  }

  private add(): void {
    const { exp, shift, x, y, z, rest } = this;
    const { f, a, b, r, flags } = this.w;
    f.block((done) => {
      bothNormal(f, a, b).eqz()
        .if(() => this.addZero(done));
      // x, exp and r's sign: the larger magnitude; y: the smaller one, shifted right into rest
      f.get(a.se).const(EXPONENT).and().get(b.se).const(EXPONENT).and().sub().tee(shift).const(0).ltS();
      f.get(shift).eqz().get(a.sig).get(b.sig).ltU64().and().or().set(flags);
      f.const64(0n).get(flags).extendU64().sub64().get(a.sig).get(b.sig).xor64().and64().tee(z).get(a.sig)
        .xor64().set(x).get(z).get(b.sig).xor64().set(y);
      f.get(a.se).get(b.se).xor().const(0).get(flags).sub().and().get(a.se).xor().tee(r.se).const(EXPONENT)
        .and().set(exp);
      f.get(shift).const(0).get(shift).sub().get(shift).const(0).geS().select().set(shift);
      f.get(shift).const(64).ltU()
        .if(
          () => {
            f.get(y).const64(1n).shl64().const(63).get(shift).sub().extendU64().shl64().set(rest);
            f.get(y).get(shift).extendU64().shrU64().set(y);
          },
          () => this.farApart(),
        );
      f.get(a.se).get(b.se).xor().const(SIGN).and().eqz()
        .if(
          () => {
            f.get(x).get(y).add64().tee(z).get(x).ltU64().tee(shift).extendU64().set(y);
            f.get(rest).get(y).shrU64().get(rest).get(y).and64().or64().get(z).get(y).and64().const64(63n)
              .shl64().or64().set(rest);
            f.get(z).get(y).shrU64().get(y).const64(63n).shl64().or64().set(x);
            f.get(exp).get(shift).add().set(exp);
          },
          () => {
            f.get(x).get(y).sub64().get(rest).const64(0n).ne64().extendU64().sub64().set(x);
            f.const64(0n).get(rest).sub64().set(rest);
            f.get(x).eqz64()
              .if(() => {
                // Equal operands give +0 when rounding to nearest.
                f.get(rest).eqz64()
                  .if(() =>
                    this.exact(
                      done,
                      () => f.const64(0n),
                      () => f.const(0),
                    ),
                  );
                f.get(rest).set(x).const64(0n).set(rest).get(exp).const(64).sub().set(exp);
              });
            f.get(x).clz64().set(y);
            f.get(x).get(y).shl64().get(rest).const64(1n).shrU64().const64(63n).get(y).sub64().shrU64().or64().set(x);
            f.get(rest).get(y).shl64().set(rest);
            f.get(exp).get(y).wrap().sub().set(exp);
          },
        );
      round(this.w, exp, x, rest, () => f.get(r.se));
    });
  }

  /** The smaller operand lies 64 places or more below the larger. */
  private farApart(): void {
    const { shift, y, rest } = this;
    const { f } = this.w;
    f.get(shift).const(64).sub().tee(shift).const(64).ltU()
      .if(
        () => {
          f.get(y).get(shift).extendU64().shrU64();
          f.get(y).const64(1n).shl64().const(63).get(shift).sub().extendU64().shl64().const64(0n).ne64()
            .extendU64().or64().set(rest);
        },
        () => f.const64(1n).set(rest),
      );
    f.const64(0n).set(y);
  }

  private addZero(done: number): void {
    const { f, a, b } = this.w;
    // Zeros of different sign make +0.
    isZero(f, a);
    isZero(f, b).and()
      .if(() =>
        this.exact(
          done,
          () => f.const64(0n),
          () => f.get(a.se).get(b.se).and(),
        ),
      );
    // A sum is rounded even if one of the two is zero.
    this.w.isReduced();
    this.w.refuseIf();
    isZero(f, b);
    isNormal(f, a).and()
      .if(() =>
        this.exact(
          done,
          () => f.get(a.sig),
          () => f.get(a.se),
        ),
      );
    isZero(f, a);
    isNormal(f, b).and()
      .if(() =>
        this.exact(
          done,
          () => f.get(b.sig),
          () => f.get(b.se),
        ),
      );
    this.w.refuse();
  }

  /** A zero of the product's sign if `zero` (pushes a condition) says so, else a refusal. */
  private zeroOr(done: number, zero: () => void): void {
    const { f, a, b } = this.w;
    f.from(zero).if(() =>
      this.exact(
        done,
        () => f.const64(0n),
        () => f.get(a.se).get(b.se).xor().const(SIGN).and(),
      ),
    );
    this.w.refuse();
  }

  private multiply(): void {
    const { exp, x, y, z, rest } = this;
    const { f, a, b } = this.w;
    const half = (value: number, upper: boolean): Code =>
      upper ? f.get(value).const64(32n).shrU64() : f.get(value).const64(LOW_HALF).and64();
    f.block((done) => {
      bothNormal(f, a, b).eqz()
        .if(() =>
          this.zeroOr(done, () => {
            isZero(f, a);
            isNormal(f, b);
            isZero(f, b).or().and();
            isNormal(f, a);
            isZero(f, b).and().or();
          }),
        );
      f.get(a.se).const(EXPONENT).and().get(b.se).const(EXPONENT).and().add().const(BIAS - 1).sub().set(exp);
      this.wideProduct(half, a.sig, b.sig, x, rest, y, z);
      f.get(x).clz64().set(y);
      f.get(x).get(y).shl64().get(rest).const64(63n).shrU64().get(y).and64().or64().set(x);
      f.get(rest).get(y).shl64().set(rest);
      f.get(exp).get(y).wrap().sub().set(exp);
      round(this.w, exp, x, rest, () => f.get(a.se).get(b.se).xor());
    });
  }

  /** high.low = p × q, 128 bits; y and z are lost. */
  private wideProduct(
    half: (value: number, upper: boolean) => Code,
    p: number, q: number, high: number, low: number, y: number, z: number,
  ): void {
    const { f } = this.w;
    half(p, false);
    half(q, false).mul64().set(low);
    half(p, true);
    half(q, false).mul64().get(low).const64(32n).shrU64().add64().set(y);
    half(p, false);
    half(q, true).mul64();
    half(y, false).add64().set(z);
    half(p, true);
    half(q, true).mul64();
    half(y, true).add64();
    half(z, true).add64().set(high);
    f.get(z).const64(32n).shl64();
    half(low, false).or64().set(low);
  }

  /** r = n ÷ d; both are lost. */
  private divide(n: Real, d: Real): void {
    const { exp, x, y, z, rest } = this;
    const { f, a, b } = this.w;
    f.block((done) => {
      bothNormal(f, a, b).eqz()
        .if(() =>
          this.zeroOr(done, () => {
            isZero(f, n);
            isNormal(f, d).and();
          }),
        );
      f.get(n.se).const(EXPONENT).and().get(d.se).const(EXPONENT).and().sub().const(BIAS - 1).add().set(exp);
      // n.rest ÷ d lies in [2^63, 2^64)
      f.get(n.sig).get(d.sig).geU64().tee(this.shift).extendU64().set(x);
      f.get(n.sig).get(x).and64().const64(63n).shl64().set(rest);
      f.get(n.sig).get(x).shrU64().set(n.sig);
      f.get(exp).get(this.shift).add().set(exp);
      this.digit(n.sig, () => f.get(rest).const64(32n).shrU64(), d.sig, x, y);
      this.digit(n.sig, () => f.const64(0n), d.sig, z, y);
      f.get(x).const64(32n).shl64().get(z).add64().set(x);
      // Below the last place stands the remainder, compared with half the divisor.
      f.get(d.sig).get(n.sig).sub64().set(y);
      f.get(n.sig).get(y).geU64().extendU64().const64(63n).shl64().get(n.sig).get(y).ne64().get(n.sig)
        .const64(0n).ne64().and().extendU64().or64().set(rest);
      round(this.w, exp, x, rest, () => f.get(a.se).get(b.se).xor());
    });
  }

  /**
   * One 32-bit digit of the quotient of hi.next (`next`: 32 bits) by local `d` to `q`; the
   * remainder to `hi` (Knuth, "Seminumerical Algorithms", 4.3.1 D).
   */
  private digit(hi: number, next: () => Code, d: number, q: number, part: number): void {
    const { f } = this.w;
    const dHigh = (): Code => f.get(d).const64(32n).shrU64();
    f.get(hi).from(dHigh).divU64().set(q);
    f.get(hi).get(q).from(dHigh).mul64().sub64().set(part);
    f.block((done) => {
      f.loop((again) => {
        f.get(q).const64(LOW_HALF).gtU64();
        f.get(q).get(d).const64(LOW_HALF).and64().mul64().get(part).const64(32n).shl64().from(next).or64()
          .gtU64().or().eqz().brIf(done);
        f.get(q).const64(1n).sub64().set(q);
        f.get(part).from(dHigh).add64().tee(part).const64(LOW_HALF).gtU64().eqz().brIf(again);
      });
    });
    f.get(hi).const64(32n).shl64().from(next).or64().get(q).get(d).mul64().sub64().set(hi);
  }

  /** r = square root of a, which is lost. */
  squareRoot(): void {
    const { exp, shift, x, y, z, rest } = this;
    const { f, a, b, r } = this.w;
    const half = (value: number, upper: boolean): Code =>
      upper ? f.get(value).const64(32n).shrU64() : f.get(value).const64(LOW_HALF).and64();
    f.block((done) => {
      isZero(f, a).if(() =>
        this.exact(
          done,
          () => f.get(a.sig),
          () => f.get(a.se),
        ),
      );
      isNormal(f, a).get(a.se).const(SIGN).and().eqz().and().eqz();
      this.w.refuseIf();
      // Radicand a.b of 127 or 128 bits, so that the root has 64.
      f.get(a.se).const(BIAS).sub().tee(shift).const(1).shrS().const(BIAS).add().set(exp);
      f.get(shift).const(1).and().eqz()
        .if(
          () => {
            f.get(a.sig).const64(63n).shl64().set(b.sig).get(a.sig).const64(1n).shrU64().set(a.sig);
          },
          () => f.const64(0n).set(b.sig),
        );
      // A root of 52 right bits, then one of Newton's steps; what is left over says the rest.
      f.get(a.sig).convertF64().sqrtF64().const64(2n ** 31n).convertF64().mulF64().truncate64().const64(1n)
        .shl64().tee(x).eqz64();
      f.if(() => f.const64(-1n).set(x));
      const remainder = (): void => {
        // y.rest = radicand - x²
        this.wideProduct(half, x, x, r.sig, rest, y, z);
        f.get(b.sig).get(rest).ltU64().extendU64().set(z);
        f.get(a.sig).get(r.sig).sub64().get(z).sub64().set(y);
        f.get(b.sig).get(rest).sub64().set(rest);
      };
      remainder();
      f.get(x).get(y).const64(50n).shl64().get(rest).const64(14n).shrU64().or64().get(x).const64(13n).shrU64()
        .divS64().add64().set(x);
      remainder();
      const twice = (): void => {
        // r.sig.z = 2x + 1
        f.get(x).const64(63n).shrU64().set(r.sig).get(x).const64(1n).shl64().const64(1n).or64().set(z);
      };
      f.block((end) =>
        f.loop((again) => {
          f.get(y).const64(0n).ltS64().eqz().brIf(end);
          f.get(x).const64(1n).sub64().set(x);
          twice();
          f.get(y).get(r.sig).add64().set(y);
          f.get(rest).get(z).add64().tee(rest).get(z).ltU64().extendU64().get(y).add64().set(y);
          f.br(again);
        }),
      );
      f.block((end) =>
        f.loop((again) => {
          twice();
          f.get(y).get(r.sig).ltS64().get(y).get(r.sig).eq64().get(rest).get(z).ltU64().and().or().brIf(end);
          f.get(y).get(r.sig).sub64().get(rest).get(z).ltU64().extendU64().sub64().set(y);
          f.get(rest).get(z).sub64().set(rest);
          f.get(x).const64(1n).add64().set(x);
          f.br(again);
        }),
      );
      // Above half if the remainder exceeds the root; a tie cannot be.
      f.get(y).const64(0n).ne64().get(rest).get(x).gtU64().or().extendU64().const64(63n).shl64().get(rest)
        .get(y).or64().const64(0n).ne64().extendU64().or64().set(rest);
      round(this.w, exp, x, rest, () => f.const(0));
    });
  }

  /** flags = C3 (equal), C0 (a below b) or 0; a, b: normal numbers or zeros. */
  compare(): void {
    const { exp, shift } = this;
    const { f, a, b, flags } = this.w;
    bothNormal(f, a, b).eqz()
      .if(() => {
        isNormal(f, a);
        isZero(f, a).or();
        isNormal(f, b);
        isZero(f, b).or().and().eqz();
        this.w.refuseIf();
      });
    const magnitude = (x: Real): Code => f.get(x.se).const(EXPONENT).and();
    magnitude(a).set(exp);
    magnitude(b).set(shift);
    // equal: the same words, or both zero
    f.get(a.se).get(b.se).eq().get(a.sig).get(b.sig).eq64().and().get(exp).get(shift).or().eqz().or()
      .tee(flags).const(C3_SHIFT).shl();
    // below: a is negative; of equal signs, that or the smaller magnitude, not both
    f.get(exp).get(shift).ltU().get(exp).get(shift).eq().get(a.sig).get(b.sig).ltU64().and().or();
    f.get(a.se).get(b.se).xor().const(SIGN).and().eqz().and().get(a.se).const(15).shrU().xor();
    f.get(flags).gtU().const(C0_SHIFT).shl().or().set(flags);
  }
}
