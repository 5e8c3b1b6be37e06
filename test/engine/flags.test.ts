/**
 * Results and flags of every flag-writing µop against a calculation from first principles in BigInt
 * (nothing of the lazy representation, nothing of either interpreter): definitions of the Intel SDM
 * vol. 1, 3.4.3 and vol. 2, and for what is undefined there, the choices stated in `emit/shift.ts`
 * and `emit/muldiv.ts`.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EXIT, FIXED, STATE } from '../../src/ir/layout.ts';
import { CONDS, OP, type OpName, type Width } from '../../src/ir/ops.ts';
import { Pair, type Side } from './pair.ts';
import { peek, poke, reg, temp, type Uop, write } from './single.ts';

const CF = 1, PF = 4, AF = 0x10, ZF = 0x40, SF = 0x80, OF = 0x800, ALL = 0x8d5;
const side: Side = new Pair().wasm;
const WIDTHS: readonly Width[] = [8, 16, 32];

const word = fc.oneof(
  fc.integer(),
  fc.constantFrom(0, 1, -1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, -0x80000000, 0x0f, 0x10),
);
const flagImage = fc.integer({ min: 0, max: 63 })
  .map((n) => [CF, PF, AF, ZF, SF, OF].reduce((sum, flag, i) => sum + ((n >> i) & 1) * flag, 0));

/** Unsigned and signed value of the low `w` bits. */
const u = (value: number | bigint, w: number): bigint => BigInt.asUintN(w, BigInt(value));
const s = (value: number | bigint, w: number): bigint => BigInt.asIntN(w, BigInt(value));

function evenParity(value: bigint): boolean {
  let ones = 0;
  for (let rest = value & 0xffn; rest !== 0n; rest >>= 1n) ones += Number(rest & 1n);
  return ones % 2 === 0;
}

/** SF, ZF and PF of a result. */
function szp(result: bigint, w: Width): number {
  return (s(result, w) < 0n ? SF : 0) | (u(result, w) === 0n ? ZF : 0) | (evenParity(result) ? PF : 0);
}

interface Outcome {
  readonly d: number;
  readonly flags: number;
}

const A = reg(1), B = reg(2), D = reg(3), BEFORE = temp(0), AFTER = temp(1), SETS = temp(2);

/**
 * Runs one op with flags `before`; checks that the sixteen conditions agree with the flags
 * afterwards.
 */
function execute(op: Uop, a: number, b: number, before: number, d = 0x5a5a5a5a): Outcome {
  const sets: Uop[] = CONDS.map((c, i) => [`set_${c}`, SETS + i]);
  poke(side, A, a);
  poke(side, B, b);
  poke(side, D, d);
  poke(side, BEFORE, before);
  side.engine.run(write(side, [['setflags', BEFORE, ALL], op, ['getflags', AFTER], ...sets]));
  expect(peek(side, STATE.EXIT)).toBe(EXIT.STOP);
  const flags = peek(side, AFTER);
  const has = (flag: number): boolean => (flags & flag) !== 0;
  const truth = [
    has(OF), has(CF), has(ZF), has(CF) || has(ZF), has(SF), has(PF), has(SF) !== has(OF),
    has(ZF) || has(SF) !== has(OF),
  ];
  for (let i = 0; i < 16; i++) expect(side.guest.bytes[SETS + i]).toBe(Number(truth[i >> 1] !== (i % 2 === 1)));
  expect(flags & ~ALL).toBe(2);
  return { d: peek(side, D), flags: flags & ALL };
}

/** The low `w` bits of D become `result`, the others stay. */
function written(result: bigint, w: Width, d = 0x5a5a5a5a): number {
  const m = 2n ** BigInt(w) - 1n;
  return Number((BigInt(d >>> 0) & ~m) | (result & m));
}

/** Checks cell and immediate form. */
function check(name: string, w: Width, expected: (a: number, b: number, before: number) => Outcome): void {
  test(name, () => {
    fc.assert(fc.property(word, word, flagImage, (a, b, before) => {
      const want = expected(a, b, before);
      expect(execute([`${name}${w}` as OpName, D, A, B], a, b, before)).toEqual(want);
      if (`${name}${w}i` in OP) expect(execute([`${name}${w}i` as OpName, D, A, b], a, 0, before)).toEqual(want);
    }), { numRuns: 300 });
  });
}

describe.each(WIDTHS)('addition and subtraction, %i bits', (w) => {
  const sum = (sign: bigint, a: number, b: number, carry: bigint): Outcome => {
    const exact = u(a, w) + sign * (u(b, w) + carry);
    const exactSigned = s(a, w) + sign * (s(b, w) + carry);
    const digit = u(a, 4) + sign * (u(b, 4) + carry);
    return {
      d: written(u(exact, w), w),
      flags:
        szp(exact, w) |
        (exact !== u(exact, w) ? CF : 0) |
        (exactSigned !== s(exactSigned, w) ? OF : 0) |
        (digit !== u(digit, 4) ? AF : 0),
    };
  };
  check('addf', w, (a, b) => sum(1n, a, b, 0n));
  check('adcf', w, (a, b, before) => sum(1n, a, b, BigInt(before & CF)));
  check('subf', w, (a, b) => sum(-1n, a, b, 0n));
  check('sbbf', w, (a, b, before) => sum(-1n, a, b, BigInt(before & CF)));
  check('inc', w, (a, _, before) => {
    const o = sum(1n, a, 1, 0n);
    return { d: o.d, flags: (o.flags & ~CF) | (before & CF) };
  });
  check('dec', w, (a, _, before) => {
    const o = sum(-1n, a, 1, 0n);
    return { d: o.d, flags: (o.flags & ~CF) | (before & CF) };
  });
  check('neg', w, (a) => sum(-1n, 0, a, 0n));
  check('not', w, (a, _, before) => ({ d: written(~BigInt(a), w), flags: before }));
  test('cmp', () => {
    fc.assert(fc.property(word, word, flagImage, (a, b, before) => {
      const want = { d: 0x5a5a5a5a, flags: sum(-1n, a, b, 0n).flags };
      expect(execute([`cmp${w}`, A, B], a, b, before)).toEqual(want);
      expect(execute([`cmp${w}i`, A, b], a, 0, before)).toEqual(want);
    }));
  });
});

describe.each(WIDTHS)('logic, %i bits', (w) => {
  const logic = (result: number): Outcome => ({ d: written(u(result, w), w), flags: szp(u(result, w), w) });
  check('andf', w, (a, b) => logic(a & b));
  check('orf', w, (a, b) => logic(a | b));
  check('xorf', w, (a, b) => logic(a ^ b));
  test('test', () => {
    fc.assert(fc.property(word, word, flagImage, (a, b, before) => {
      const want = { d: 0x5a5a5a5a, flags: logic(a & b).flags };
      expect(execute([`test${w}`, A, B], a, b, before)).toEqual(want);
      expect(execute([`test${w}i`, A, b], a, 0, before)).toEqual(want);
    }));
  });
});

describe.each(WIDTHS)('shifts and rotates, %i bits', (w) => {
  const W = BigInt(w);
  const msb = (value: bigint, below = 0n): boolean => ((value >> (W - 1n - below)) & 1n) === 1n;
  const result = (value: bigint, cf: boolean, of: boolean, before: number, all: boolean): Outcome => ({
    d: written(u(value, w), w),
    flags: (all ? szp(value, w) : before & ~(CF | OF)) | (cf ? CF : 0) | (of ? OF : 0),
  });
  const same = (a: number, before: number): Outcome => ({ d: written(u(a, w), w), flags: before });
  check('shlf', w, (a, b, before) => {
    const n = BigInt(b & 31);
    if (n === 0n) return same(a, before);
    const wide = u(a, w) << n;
    const cf = ((wide >> W) & 1n) === 1n;
    return result(u(wide, w), cf, cf !== msb(wide), before, true);
  });
  check('shrf', w, (a, b, before) => {
    const n = BigInt(b & 31);
    if (n === 0n) return same(a, before);
    // OF: the sign before the last step; only a count of 1 can find it set.
    return result(u(a, w) >> n, ((u(a, w) >> (n - 1n)) & 1n) === 1n, n === 1n && s(a, w) < 0n, before, true);
  });
  check('sarf', w, (a, b, before) => {
    const n = BigInt(b & 31);
    if (n === 0n) return same(a, before);
    return result(u(s(a, w) >> n, w), ((s(a, w) >> (n - 1n)) & 1n) === 1n, false, before, true);
  });
  check('rolf', w, (a, b, before) => {
    const n = BigInt(b & 31), by = n % W;
    if (n === 0n) return same(a, before);
    const r = u((u(a, w) << by) | (u(a, w) >> (W - by)), w);
    return result(r, (r & 1n) === 1n, ((r & 1n) === 1n) !== msb(r), before, false);
  });
  check('rorf', w, (a, b, before) => {
    const n = BigInt(b & 31), by = n % W;
    if (n === 0n) return same(a, before);
    const r = u((u(a, w) >> by) | (u(a, w) << (W - by)), w);
    return result(r, msb(r), msb(r) !== msb(r, 1n), before, false);
  });
  check('rclf', w, (a, b, before) => {
    const by = BigInt(b & 31) % (W + 1n);
    if (by === 0n) return same(a, before);
    const through = (BigInt(before & CF) << W) | u(a, w);
    const r = u((through << by) | (through >> (W + 1n - by)), w + 1);
    const cf = (r >> W) === 1n;
    return result(u(r, w), cf, cf !== msb(r), before, false);
  });
  check('rcrf', w, (a, b, before) => {
    const by = BigInt(b & 31) % (W + 1n);
    if (by === 0n) return same(a, before);
    const through = (BigInt(before & CF) << W) | u(a, w);
    const r = u((through >> by) | (through << (W + 1n - by)), w + 1);
    return result(u(r, w), (r >> W) === 1n, msb(r) !== msb(r, 1n), before, false);
  });
});

describe.each([16, 32] as const)('double shifts, %i bits', (w) => {
  const W = BigInt(w);
  test('shld and shrd', () => {
    fc.assert(fc.property(word, word, word, flagImage, (a, b, d, before) => {
      const n = BigInt(b & 31), dest = u(d, w), source = u(a, w);
      const of = (value: bigint, cf: boolean, overflow: boolean): Outcome => ({
        d: written(u(value, w), w, d), flags: szp(value, w) | (cf ? CF : 0) | (overflow ? OF : 0),
      });
      const top = (value: bigint): boolean => ((value >> (W - 1n)) & 1n) === 1n;
      const left = execute([`shldf${w}`, D, A, B], a, b, before, d);
      const right = execute([`shrdf${w}`, D, A, B], a, b, before, d);
      if (n === 0n) {
        expect(left).toEqual({ d: d >>> 0, flags: before });
        expect(right).toEqual({ d: d >>> 0, flags: before });
        return;
      }
      const joinedLeft = (dest << (2n * W)) | (source << W) | dest;
      const before1 = u(joinedLeft >> (2n * W - (n - 1n)), w), after = u(joinedLeft >> (2n * W - n), w);
      expect(left).toEqual(of(after, top(before1), top(before1) !== top(after)));
      const last = u(joinedLeft >> (n - 1n), w), final = u(joinedLeft >> n, w);
      expect(right).toEqual(of(final, (last & 1n) === 1n, top(last) !== top(final)));
    }), { numRuns: 500 });
  });
});

describe.each(WIDTHS)('multiplication, %i bits', (w) => {
  test('one operand', () => {
    fc.assert(fc.property(word, word, fc.boolean(), flagImage, (a, b, signed, before) => {
      poke(side, FIXED.ACC, b);
      const { flags } = execute([signed ? `imul1f${w}` : `mulf${w}`, A], a, 0, before);
      const read = signed ? s : u;
      const product = read(a, w) * read(b, w);
      const acc = peek(side, FIXED.ACC), data = peek(side, FIXED.DATA);
      const got = w === 8 ? u(acc, 16) : (u(data, w) << BigInt(w)) | u(acc, w);
      expect(got).toBe(u(product, 2 * w));
      const overflow = product !== read(product, w);
      expect(flags).toBe(szp(product, w) | (overflow ? CF | OF : 0));
    }));
  });
  if (w !== 8) {
    check('imul2f', w, (a, b) => {
      const product = s(a, w) * s(b, w);
      return { d: written(u(product, w), w), flags: szp(product, w) | (product !== s(product, w) ? CF | OF : 0) };
    });
  }
});

describe.each([16, 32] as const)('bit tests and scans, %i bits', (w) => {
  const bitOf = (a: number, b: number): bigint => (u(a, w) >> BigInt(b & (w - 1))) & 1n;
  const keep = (before: number, cf: bigint): number => (before & ~CF) | Number(cf);
  const one = (b: number): bigint => 1n << BigInt(b & (w - 1));
  check('bts', w, (a, b, before) => ({ d: written(u(a, w) | one(b), w), flags: keep(before, bitOf(a, b)) }));
  check('btr', w, (a, b, before) => ({ d: written(u(a, w) & ~one(b), w), flags: keep(before, bitOf(a, b)) }));
  check('btc', w, (a, b, before) => ({ d: written(u(a, w) ^ one(b), w), flags: keep(before, bitOf(a, b)) }));
  test('bt', () => {
    fc.assert(fc.property(word, word, flagImage, (a, b, before) => {
      expect(execute([`bt${w}`, A, B], a, b, before)).toEqual({ d: 0x5a5a5a5a, flags: keep(before, bitOf(a, b)) });
    }));
  });
  check('bsf', w, (a) => {
    let n = 0n;
    while (u(a, w) !== 0n && ((u(a, w) >> n) & 1n) === 0n) n++;
    return { d: u(a, w) === 0n ? 0x5a5a5a5a : written(n, w), flags: szp(u(a, w), w) };
  });
  check('bsr', w, (a) => {
    let n = BigInt(w - 1);
    while (u(a, w) !== 0n && ((u(a, w) >> n) & 1n) === 0n) n--;
    return { d: u(a, w) === 0n ? 0x5a5a5a5a : written(n, w), flags: szp(u(a, w), w) };
  });
});

describe('flag moves', () => {
  test('stc, clc, cmc keep the others', () => {
    fc.assert(fc.property(flagImage, (before) => {
      expect(execute(['stc'], 0, 0, before).flags).toBe(before | CF);
      expect(execute(['clc'], 0, 0, before).flags).toBe(before & ~CF);
      expect(execute(['cmc'], 0, 0, before).flags).toBe(before ^ CF);
    }));
  });
  test('setflags merges under its mask', () => {
    fc.assert(fc.property(flagImage, word, flagImage, (before, image, m) => {
      expect(execute(['setflags', A, m], image, 0, before).flags).toBe((before & ~m) | (image & m));
    }));
  });
});
