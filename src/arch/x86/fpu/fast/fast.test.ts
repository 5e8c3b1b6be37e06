import { describe, expect, test } from 'vitest';
import { MAP, SEGMENT, STATE, TLB, tlbBase } from '../../../../ir/layout.ts';
import { createGuestMemory, type GuestMemory } from '../../../../jit/guest-memory.ts';
import { AddressSpace } from '../../../../mem/address-space.ts';
import { Ram } from '../../../../mem/ram.ts';
import { Scheduler } from '../../../../sim/scheduler.ts';
import { Trace } from '../../../../sim/trace.ts';
import type { CorePort } from '../../../isa.ts';
import { GUEST_FAULT } from '../../fault.ts';
import { fpuMem, fpuReg } from '../../slow/x87.ts';
import { ARITH_FLAGS, CR0, CS, DS, EAX, FPU_STATE, segmentCell, temp } from '../../state.ts';
import { changeArithmetic, readArithmetic } from '../../flags.ts';
import { X86 } from '../../x86.ts';
import { CONTROL, FULL, REGISTER_STRIDE, STATUS, WINDOW_BYTES } from '../layout.ts';
import { FAST_FORMS, fastFunction } from './forms.ts';
import { createFastX87 } from './module.ts';

const OPERAND = 0x3000;
const PC = 0x12345, CELL = temp(9);

/** xorshift, so that a failure can be repeated. */
class Random {
  private s: number;
  constructor(seed: number) {
    this.s = seed | 1;
  }
  bits(): number {
    this.s ^= this.s << 13;
    this.s ^= this.s >>> 17;
    this.s ^= this.s << 5;
    return this.s;
  }
  below(n: number): number {
    return (this.bits() >>> 0) % n;
  }
  one<T>(of: readonly T[]): T {
    return of[this.below(of.length)];
  }
}

/** FCMOVcc's, as its third argument; flags at their EFLAGS positions. */
function condition(code: number, flags: number): number {
  const holds = [flags & 1, flags & 0x40, flags & 0x41, flags & 4][(code >> 3) & 3] !== 0;
  return holds !== ((code & 0x100) !== 0) ? 1 : 0;
}

/**
 * The fast path over one memory, and the unit in TypeScript over another with the same contents.
 */
class Pair {
  readonly fast: GuestMemory = createGuestMemory(0x10000);
  readonly slow: GuestMemory = createGuestMemory(0x10000);
  private readonly functions = createFastX87(this.fast);
  private readonly x: X86;

  constructor() {
    const space = new AddressSpace('memory', 32, { scheduler: new Scheduler(), trace: new Trace() });
    space.map(0, 0x10000, new Ram('ram', this.slow.ram));
    this.x = new X86({
      name: 'test', engine: this.slow, memory: space,
      declare: (_group: string, initial: object) => initial,
      flushJumps: () => {}, remapped: () => {}, codeWritten: () => {}, note: () => {}, currentPc: () => PC,
    } as unknown as CorePort);
    for (const m of [this.fast, this.slow]) {
      m.words[STATE.TLB_BASE >> 2] = tlbBase(0);
      const page = OPERAND & ~0xfff;
      for (const [table, word] of [
        [TLB.READ, page], [TLB.WRITE, page], [TLB.ADDEND, MAP.RAM],
      ])
        m.words[(tlbBase(0) + table + (page >> 12) * 4) >> 2] = word;
    }
  }

  /** Writes the same to both memories. */
  write(change: (m: GuestMemory) => void): void {
    change(this.fast);
    change(this.slow);
  }

  /**
   * Executes in both; returns false if there is no function or it refused, with its memory
   * untouched. Throws if the outcomes differ.
   */
  run(code: number): boolean {
    const opcode = code >>> 8, modrm = code & 0xff, register = modrm >= 0xc0;
    const number = fastFunction(opcode, modrm);
    if (number === 0) return false;
    const before = this.image(this.fast);
    const result = this.functions[number - 1](
      code, PC,
      register ? condition(code, readArithmetic(this.fast.words)) : OPERAND,
    );
    const value = code === 0xdfe0, flags = (opcode === 0xdb || opcode === 0xdf) && register && modrm >= 0xe8;
    if (value || flags ? result < 0 : result === 0) {
      expect(this.image(this.fast)).toEqual(before);
      return false;
    }
    // What the µop does with a result.
    if (value) this.fast.view.setUint16(EAX, result, true);
    if (flags) changeArithmetic(this.fast.words, result, ARITH_FLAGS);
    try {
      if (register) fpuReg(this.x, code);
      else fpuMem(this.x, code, CELL);
    } catch (failure) {
      if (failure !== GUEST_FAULT) throw failure;
      throw new Error(`${code.toString(16)}: the unit faults, the fast path does not`, { cause: failure });
    }
    const fast = this.image(this.fast), slow = this.image(this.slow);
    if (fast !== slow) throw new Error(`${code.toString(16)} from\n${before}\nfast\n${fast}\nunit\n${slow}`);
    return true;
  }

  private image(m: GuestMemory): string {
    const words = (from: number, bytes: number): string =>
      [...m.words.subarray(from >> 2, (from + bytes) >> 2)].map((w) => (w >>> 0).toString(16)).join(' ');
    return [words(FPU_STATE, WINDOW_BYTES), words(STATE.CC_RES, 8), words(EAX, 4), words(MAP.RAM + OPERAND, 16)].join(
      '\n',
    );
  }
}

/** A significand and an exponent of the kind that programs use, now and then another. */
function register(r: Random, m: GuestMemory[], n: number, near: number): void {
  const kind = r.below(24);
  let hi = r.bits() | 0x80000000,
    lo = r.one([0, 0, r.bits(), r.bits(), -1, 1, 0x7ff, 0x400, 0x800, 0xc00]),
    exp = near + r.below(140) - 70;
  if (r.below(4) === 0) exp = near + r.below(3) - 1;
  if (r.below(8) === 0) hi = r.one([-1, 0x80000000 | 0, 0xffffff80 | 0, 0xfffffff0 | 0]);
  if (kind === 0) hi = lo = exp = 0;
  else if (kind === 1) exp = r.one([0x7fff, 0, 1, 0x7ffe, 0x7ffd]);
  else if (kind === 2) hi = r.bits();
  const se = (exp & 0x7fff) | (r.below(2) << 15);
  for (const one of m) one.words.set([lo, hi, se, 0], (FPU_STATE + n * REGISTER_STRIDE) >> 2);
}

function state(r: Random, pair: Pair, control: number): void {
  const near = r.one([
    0x3fff, 0x3fff, 0x3fff,
    0x3fff + 20,
    0x3fff + 62,
    0x3fff + 127,
    0x3fff - 126,
    0x3fff + 1023,
    0x3fff - 1022,
    1, 0x7ffe, 0x5fff, 0x1fff,
  ]);
  for (let n = 0; n < 8; n++) register(r, [pair.fast, pair.slow], n, near);
  const full = r.below(4) === 0 ? r.below(256) : r.one([0xff, 0x0f, 0xf0, 0x3c]);
  const status = (r.below(8) << 11) | (r.bits() & 0x473f) | (r.below(40) === 0 ? 0x80 : 0);
  const cr0 = r.below(60) === 0 ? 0x39 : 0x31;
  const [res, aux, eax] = [r.bits(), r.bits(), r.bits()];
  pair.write((m) => {
    m.words[(FPU_STATE + CONTROL) >> 2] = control;
    m.words[(FPU_STATE + STATUS) >> 2] = status;
    m.words[(FPU_STATE + FULL) >> 2] = full;
    m.words[CR0 >> 2] = cr0;
    m.words[EAX >> 2] = eax;
    m.words[STATE.CC_RES >> 2] = res;
    m.words[STATE.CC_AUX >> 2] = aux;
    m.words[(segmentCell(CS) + SEGMENT.SELECTOR) >> 2] = 0x60;
    m.words[(segmentCell(DS) + SEGMENT.SELECTOR) >> 2] = 0x7b;
    m.words[CELL >> 2] = OPERAND;
  });
}

function controlWord(r: Random): number {
  return r.below(8) === 0 ? r.one([0x37f, 0xf7f, 0x77f, 0x27f, 0x07f, 0x37e, 0xb7f, 0x1f7f]) : 0x37f;
}

function operand(r: Random, pair: Pair): void {
  const kind = r.below(10);
  const view = new DataView(new ArrayBuffer(16));
  for (let k = 0; k < 16; k += 4) view.setInt32(k, r.bits());
  const number = (r.below(2001) - 1000) / r.one([1, 3, 7, 1e-10, 1e10, 1e-300]);
  if (kind < 3) view.setFloat64(0, number, true);
  else if (kind < 5) view.setFloat32(0, number, true);
  else if (kind === 5) view.setInt32(0, r.below(2001) - 1000, true);
  else if (kind === 6) for (let k = 0; k < 12; k += 4) view.setInt32(k, 0);
  else if (kind === 7) view.setInt32(0, r.one([0, 1, -1, 0x7fffffff, 0x80000000, 0x7f800000, 0x00400000]), true);
  else if (kind === 8)
    view.setBigInt64(
      0,
      r.one([0n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 1n << 52n, 0x7ff0000000000000n, 0x000fffffffffffffn]),
      true,
    );
  pair.write((m) => m.bytes.set(new Uint8Array(view.buffer), MAP.RAM + OPERAND));
}

describe('the fast path does what the unit does, or nothing', () => {
  test.each([0xd8, 0xd9, 0xda, 0xdb, 0xdc, 0xdd, 0xde, 0xdf])('register forms of opcode %d', (opcode) => {
    const r = new Random(opcode * 7919), pair = new Pair();
    let fast = 0;
    for (let n = 0; n < 20_000; n++) {
      state(r, pair, controlWord(r));
      if (pair.run((opcode << 8) | 0xc0 | r.below(64))) fast++;
    }
    expect(fast).toBeGreaterThan(50);
  });

  test.each([0xd8, 0xd9, 0xda, 0xdb, 0xdc, 0xdd, 0xde, 0xdf])('memory forms of opcode %d', (opcode) => {
    const r = new Random(opcode * 104_729), pair = new Pair();
    let fast = 0;
    for (let n = 0; n < 20_000; n++) {
      state(r, pair, controlWord(r));
      operand(r, pair);
      if (pair.run((opcode << 8) | (r.below(8) << 3) | 5)) fast++;
    }
    expect(fast).toBeGreaterThan(2000);
  });

  test('rounding: halfway cases, carries, far apart operands', () => {
    const r = new Random(4711), pair = new Pair();
    const sigs: readonly [number, number][] = [
      [0x80000000, 0], [0x80000000, 1], [0xffffffff, 0xffffffff], [0xffffffff, 0xfffffffe], [0xc0000000, 0],
      [0xaaaaaaaa, 0xaaaaaaab], [0x80000001, 0x80000000], [0x80000000, 0x400], [0x80000000, 0xc00],
      [0xffffffff, 0xfffffc00], [0xffffff80, 0], [0x80000080, 0], [0x80000180, 0],
    ];
    let fast = 0;
    for (let n = 0; n < 60_000; n++) {
      state(r, pair, r.one([0x37f, 0x37f, 0x27f, 0x07f]));
      pair.write((m) => {
        m.words[CR0 >> 2] = 0x31;
        m.words[(FPU_STATE + STATUS) >> 2] = 0;
        m.words[(FPU_STATE + FULL) >> 2] = 0xff;
      });
      const distance = r.one([0, 1, 2, 31, 32, 33, 62, 63, 64, 65, 66, 95, 96, 97, 127, 128, 129, 200]);
      for (const [at, exp] of [[0, 0x3fff], [1, 0x3fff + (r.below(2) === 0 ? distance : -distance)]] as const) {
        const [hi, lo] = r.one(sigs), sign = r.below(2) << 15;
        pair.write((m) => m.words.set([lo | 0, hi | 0, exp | sign, 0], (FPU_STATE + at * REGISTER_STRIDE) >> 2));
      }
      if (pair.run(0xd8c1 | (r.one([0, 1, 4, 5, 6, 7]) << 3))) fast++;
    }
    expect(fast).toBe(60_000);
  });

  test('every function executes its instructions', () => {
    const r = new Random(271_828), pair = new Pair();
    FAST_FORMS.forEach(({ codes }) => {
      let fast = 0;
      for (let n = 0; n < 1500; n++) {
        state(r, pair, r.below(4) === 0 ? 0x07f | (r.below(4) << 8) | (r.below(4) << 10) : r.one([0x37f, 0x27f]));
        operand(r, pair);
        const code = r.one(codes);
        if (pair.run(0xd800 | code | ((code & 0xc0) === 0 ? 5 : 0))) fast++;
      }
      if (fast < 50) throw new Error(`function of ${codes[0].toString(16)}: ${fast} of 1500`);
    });
  });

  test('square roots: squares and their neighbours, extreme significands', () => {
    const r = new Random(31_337), pair = new Pair();
    for (let n = 0; n < 40_000; n++) {
      state(r, pair, 0x37f);
      const root = (BigInt(r.bits() | 0x80000000) & 0xffffffffn) + (r.below(2) === 0 ? 0n : 1n);
      const square = BigInt.asUintN(64, root * root + BigInt(r.below(5) - 2));
      const sig =
        r.below(3) === 0
          ? r.one([
              2n ** 64n - 1n,
              2n ** 64n - 2n,
              2n ** 64n - 1024n,
              2n ** 64n - 2048n,
              2n ** 63n,
              2n ** 63n + 1n,
              2n ** 64n - BigInt(r.below(4096)) - 1n,
            ])
          : square | (2n ** 63n);
      const exp = 0x3fff + r.below(200) - 100;
      pair.write((m) => {
        m.words[CR0 >> 2] = 0x31;
        m.words.set([0, 0xff], (FPU_STATE + STATUS) >> 2);
        m.words.set([Number(BigInt.asIntN(32, sig)), Number(BigInt.asIntN(32, sig >> 32n)), exp, 0], FPU_STATE >> 2);
      });
      expect(pair.run(0xd9fa)).toBe(true);
    }
  });
});
