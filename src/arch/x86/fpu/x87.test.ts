import { describe, expect, test } from 'vitest';
import { FULL, LAST_CS, LAST_DP, LAST_DS, LAST_IP, LAST_OPCODE, STATUS, TOP_MASK, TOP_SHIFT } from './layout.ts';
import {
  AX_RESULT, DONE, EFLAGS_RESULT, FORMAT_32, FORMAT_REAL, FXSAVE_X87_BYTES, isControl, isWaiting, UNDEFINED, X87,
} from './x87.ts';

function unit(): X87 {
  const x = new X87(new DataView(new ArrayBuffer(X87.STATE_BYTES + 64)), 32);
  x.reset();
  x.reg(0xdb, 0xe3);
  return x;
}

function load(x: X87, value: number): void {
  x.operand.setFloat64(0, value, true);
  x.mem(0xdd, 0, FORMAT_32);
}

function top(x: X87): number {
  return (x.get(STATUS) & TOP_MASK) >> TOP_SHIFT;
}

/** ST0 as a double, without popping. */
function st0(x: X87): number {
  expect(x.prepareStore(0xdd, 2, FORMAT_32)).toBe(8);
  return x.operand.getFloat64(0, true);
}

function loadControl(x: X87, value: number): void {
  x.operand.setUint16(0, value, true);
  x.mem(0xd9, 5, FORMAT_32);
}

function windowCopy(x: X87): number[] {
  const words: number[] = [];
  for (let at = 0; at < X87.STATE_BYTES; at += 4) words.push(x.get(at));
  return words;
}

describe('state', () => {
  test('reset and FNINIT values', () => {
    const x = new X87(new DataView(new ArrayBuffer(X87.STATE_BYTES)), 0);
    x.reset();
    expect([x.controlWord, x.statusWord, x.get(FULL)]).toEqual([0x40, 0, 0xff]);
    x.reg(0xdb, 0xe3);
    expect([x.controlWord, x.statusWord, x.get(FULL)]).toEqual([0x37f, 0, 0]);
  });

  test('a window outside its view is refused', () => {
    expect(() => new X87(new DataView(new ArrayBuffer(X87.STATE_BYTES)), 1)).toThrow(RangeError);
  });

  test('copying the window copies the unit', () => {
    const x = unit();
    load(x, 3);
    load(x, 0.25);
    const copy = new DataView(new ArrayBuffer(X87.STATE_BYTES));
    windowCopy(x).forEach((word, i) => copy.setInt32(4 * i, word, true));
    const y = new X87(copy, 0);
    y.reg(0xde, 0xc1);
    expect(st0(y)).toBe(3.25);
    expect(st0(x)).toBe(0.25);
  });

  test('the unit touches nothing outside its window', () => {
    const bytes = new Uint8Array(X87.STATE_BYTES + 64).fill(0xa5);
    const x = new X87(new DataView(bytes.buffer), 32);
    x.reset();
    for (let i = 0; i < 9; i++) x.reg(0xd9, 0xeb);
    expect([...bytes.subarray(0, 32), ...bytes.subarray(32 + X87.STATE_BYTES)].every((b) => b === 0xa5)).toBe(true);
  });
});

describe('arithmetic', () => {
  test('80-bit results survive a store and reload', () => {
    const x = unit();
    x.reg(0xd9, 0xe8);
    load(x, 3);
    x.reg(0xde, 0xf9); // 1/3
    expect(x.prepareStore(0xdb, 7, FORMAT_32)).toBe(10);
    expect([x.operand.getUint16(8, true), x.operand.getUint32(4, true), x.operand.getUint32(0, true)])
      .toEqual([0x3ffd, 0xaaaaaaaa, 0xaaaaaaab]);
  });

  test('doubles computed at 53-bit precision equal the ones of the host language', () => {
    const x = unit();
    loadControl(x, 0x27f);
    let seed = 12345;
    const next = (): number => {
      seed = (Math.imul(seed, 1103515245) + 12345) | 0;
      return seed / 65536 + 0.1;
    };
    const operations: [number, (a: number, b: number) => number][] = [
      [0xc1, (a, b) => a + b], [0xe9, (a, b) => a - b], [0xc9, (a, b) => a * b], [0xf9, (a, b) => a / b],
    ];
    for (let i = 0; i < 2000; i++) {
      const a = next();
      const b = next();
      const [modrm, operation] = operations[i & 3];
      x.reg(0xdb, 0xe3);
      loadControl(x, 0x27f);
      load(x, a);
      load(x, b);
      x.reg(0xde, modrm);
      expect(st0(x)).toBe(operation(a, b));
    }
  });

  test('square roots of squares are exact', () => {
    const x = unit();
    for (const root of [1, 3, 65535, 4294967295, 94906265]) {
      load(x, root);
      x.reg(0xd8, 0xc8);
      x.reg(0xd9, 0xfa);
      expect(st0(x)).toBe(root);
      expect(x.statusWord & 0x20).toBe(0);
      x.reg(0xdd, 0xd8);
    }
  });

  test('with #IA unmasked FTST sets "unordered", FCOM holds its outcome back', () => {
    const x = unit();
    load(x, NaN);
    x.operand.setUint16(0, 0x37e, true);
    x.mem(0xd9, 5, FORMAT_32);
    x.reg(0xd9, 0xe4);
    expect(x.statusWord & 0x4501).toBe(0x4501);
    x.reg(0xdb, 0xe2);
    x.reg(0xd9, 0xee);
    x.reg(0xd8, 0xd1);
    expect(x.statusWord & 0x4701).toBe(0x4501);
    x.reg(0xdb, 0xe2);
    x.reg(0xd9, 0xe4);
    x.reg(0xd8, 0xd1);
    expect(x.statusWord & 0x4501).toBe(0x4001);
  });

  test('FCOMI returns EFLAGS, FNSTSW AX the status word', () => {
    const x = unit();
    load(x, 1);
    load(x, 2);
    expect(x.reg(0xdb, 0xf1)).toBe(EFLAGS_RESULT);
    expect(x.eflags).toBe(0);
    x.reg(0xd9, 0xc9);
    x.reg(0xdb, 0xf1);
    expect(x.eflags).toBe(1);
    x.reg(0xdb, 0xf0);
    expect(x.eflags).toBe(0x40);
    load(x, NaN);
    x.reg(0xdb, 0xe9);
    expect(x.eflags).toBe(0x45);
    expect(x.reg(0xdf, 0xe0)).toBe(AX_RESULT);
  });

  test('FCMOVcc moves when the caller says so', () => {
    const x = unit();
    load(x, 5);
    load(x, 6);
    x.reg(0xda, 0xc1, false);
    expect(st0(x)).toBe(6);
    expect(x.reg(0xda, 0xc1, true)).toBe(DONE);
    expect(st0(x)).toBe(5);
  });
});

describe('stores', () => {
  test('prepareStore alone leaves no trace', () => {
    const x = unit();
    load(x, 1e300);
    load(x, 1e300);
    const before = windowCopy(x);
    const forms: [number, number][] = [
      [0xd9, 3], [0xd9, 6], [0xd9, 7], [0xdb, 3], [0xdb, 7], [0xdd, 3], [0xdd, 6], [0xdd, 7], [0xdf, 3],
      [0xdf, 6], [0xdf, 7],
    ];
    for (const [opcode, field] of forms) {
      expect(x.prepareStore(opcode, field, FORMAT_32)).toBe(x.storeSize(opcode, field, FORMAT_32));
      expect(windowCopy(x)).toEqual(before);
    }
    x.prepareStore(0xd9, 3, FORMAT_32); // overflow: inexact infinity
    x.commitStore();
    expect(x.statusWord & 0x3f).toBe(0x28);
    expect(top(x)).toBe(7);
  });

  test('an unmasked overflow stores nothing and does not pop', () => {
    const x = unit();
    loadControl(x, 0x377);
    load(x, 1e300);
    expect(x.prepareStore(0xd9, 3, FORMAT_32)).toBe(0);
    expect(x.pendingException).toBe(false);
    x.commitStore();
    expect(x.pendingException).toBe(true);
    expect(top(x)).toBe(7);
  });

  test('FNSAVE initialises on commit, FRSTOR brings everything back', () => {
    for (const format of [0, FORMAT_32, FORMAT_REAL, FORMAT_32 | FORMAT_REAL]) {
      const x = unit();
      load(x, 42);
      load(x, -7);
      const bytes = x.prepareStore(0xdd, 6, format);
      expect(bytes).toBe((format & FORMAT_32) !== 0 ? 108 : 94);
      expect(x.operandSize(0xdd, 4, format)).toBe(bytes);
      x.commitStore();
      expect([x.controlWord, x.get(FULL)]).toEqual([0x37f, 0]);
      x.mem(0xdd, 4, format);
      expect(st0(x)).toBe(-7);
      x.reg(0xde, 0xc1);
      expect(st0(x)).toBe(35);
    }
  });

  test('FNSTENV masks all exceptions', () => {
    const x = unit();
    loadControl(x, 0x340);
    x.reg(0xd9, 0xe0); // FCHS on an empty register
    expect(x.pendingException).toBe(true);
    expect(x.prepareStore(0xd9, 6, FORMAT_32)).toBe(28);
    x.commitStore();
    expect([x.controlWord, x.pendingException]).toEqual([0x37f, false]);
  });
});

describe('exceptions', () => {
  test('an unmasked division by zero leaves the operands and raises ES', () => {
    const x = unit();
    loadControl(x, 0x37b);
    load(x, 0);
    load(x, 1);
    x.reg(0xd8, 0xf1);
    expect(x.pendingException).toBe(true);
    expect(x.statusWord & 0x8084).toBe(0x8084);
    expect(st0(x)).toBe(1);
    x.reg(0xdb, 0xe2);
    expect(x.pendingException).toBe(false);
  });

  test('unmasking a sticky flag makes it pending', () => {
    const x = unit();
    load(x, 0);
    load(x, 1);
    x.reg(0xd8, 0xf1);
    expect(x.pendingException).toBe(false);
    loadControl(x, 0x37b);
    expect(x.pendingException).toBe(true);
    loadControl(x, 0x37f);
    expect(x.pendingException).toBe(false);
  });

  test('stack overflow and underflow', () => {
    const x = unit();
    for (let i = 0; i < 8; i++) x.reg(0xd9, 0xe8);
    expect(x.statusWord & 0x7f).toBe(0);
    x.reg(0xd9, 0xe8);
    expect(x.statusWord & 0x241).toBe(0x241);
    x.reg(0xdb, 0xe3);
    x.reg(0xde, 0xc1);
    expect(x.statusWord & 0x241).toBe(0x41);
  });

  test('undefined encodings', () => {
    const x = unit();
    expect(x.reg(0xd9, 0xd1)).toBe(UNDEFINED);
    expect(x.reg(0xdb, 0xff)).toBe(UNDEFINED);
    for (const [opcode, field] of [[0xd9, 1], [0xdb, 1], [0xdb, 4], [0xdb, 6], [0xdd, 1], [0xdd, 5], [0xdf, 1]]) {
      expect([x.operandSize(opcode, field, 0), x.storeSize(opcode, field, 0)]).toEqual([-1, -1]);
    }
  });

  test('waiting and control instructions', () => {
    expect([isWaiting(0xd8, 0xc1), isWaiting(0xdb, 0xe3), isWaiting(0xdb, 0xe2), isWaiting(0xdf, 0xe0)])
      .toEqual([true, false, false, false]);
    expect([isWaiting(0xd9, 0x28), isWaiting(0xd9, 0x38), isWaiting(0xdd, 0x30), isWaiting(0xdd, 0x20)])
      .toEqual([true, false, false, true]);
    expect([
      isControl(0xd9, 0x28), isControl(0xdd, 0x20), isControl(0xdf, 0xe0), isControl(0xd9, 0xd0),
      isControl(0xd9, 0),
    ]).toEqual([true, true, true, false, false]);
  });
});

describe('images', () => {
  function pointers(x: X87): void {
    x.lastInstruction(0xdd, 0x05, 0x12345678, 0x1b);
    x.lastOperand(0x9abcdef0 | 0, 0x23);
  }

  test('protected-mode formats', () => {
    const x = unit();
    pointers(x);
    x.prepareStore(0xd9, 6, FORMAT_32);
    const o = x.operand;
    expect([12, 16, 20, 24].map((at) => o.getUint32(at, true))).toEqual([
      0x12345678, 0x0505001b, 0x9abcdef0, 0xffff0023,
    ]);
    x.prepareStore(0xd9, 6, 0);
    expect([6, 8, 10, 12].map((at) => o.getUint16(at, true))).toEqual([0x5678, 0x1b, 0xdef0, 0x23]);
  });

  test('real-mode formats hold linear addresses and the opcode', () => {
    const x = unit();
    x.lastInstruction(0xdd, 0x05, 0x1234, 0xf000);
    x.lastOperand(0x0010, 0x4000);
    const o = x.operand;
    x.prepareStore(0xd9, 6, FORMAT_32 | FORMAT_REAL);
    expect([12, 16, 20, 24].map((at) => o.getUint32(at, true))).toEqual([0x1234, 0xf505, 0x0010, 0x4000]);
    x.prepareStore(0xd9, 6, FORMAT_REAL);
    expect([6, 8, 10, 12].map((at) => o.getUint16(at, true))).toEqual([0x1234, 0xf505, 0x0010, 0x4000]);
    x.commitStore();
    x.mem(0xd9, 4, FORMAT_REAL);
    expect([LAST_OPCODE, LAST_IP, LAST_CS, LAST_DP, LAST_DS].map((at) => x.get(at))).toEqual([
      0x505, 0xf1234, 0, 0x40010, 0,
    ]);
  });

  test('FXSAVE and FXRSTOR', () => {
    const x = unit();
    load(x, 1.5);
    pointers(x);
    x.operand.setUint32(200, 0x11111111, true);
    expect(x.fxsave()).toBe(FXSAVE_X87_BYTES);
    expect([x.operand.getUint8(4), x.operand.getUint16(6, true), x.operand.getUint32(24, true)]).toEqual([
      0x80, 0x505, 0,
    ]);
    expect(x.operand.getUint32(200, true)).toBe(0x11111111);
    const before = windowCopy(x);
    x.reg(0xdb, 0xe3);
    x.fxrstor();
    expect(windowCopy(x)).toEqual(before);
  });

  test('MMX aliases the significands', () => {
    const x = unit();
    load(x, 1);
    x.enterMmx();
    x.setMmx(3, 0x01020304, 0x05060708);
    expect([top(x), x.get(FULL), x.get(48 + 8)]).toEqual([0, 0xff, 0xffff]);
    x.emms();
    expect(x.get(FULL)).toBe(0);
  });
});

describe('transcendental instructions', () => {
  test('agree with the host language to double precision', () => {
    const x = unit();
    for (const v of [0.5, 1, 1.25, 10, 123456.789, 1e-9, 0.9999999]) {
      load(x, v);
      x.reg(0xd9, 0xfe);
      expect(st0(x)).toBeCloseTo(Math.sin(v), 14);
      x.reg(0xdd, 0xd8);
      x.reg(0xd9, 0xe8);
      load(x, v);
      x.reg(0xd9, 0xf1);
      expect(st0(x)).toBeCloseTo(Math.log2(v), 13);
      x.reg(0xdd, 0xd8);
      load(x, v);
      x.reg(0xd9, 0xe8);
      x.reg(0xd9, 0xf3);
      expect(st0(x)).toBeCloseTo(Math.atan(v), 14);
      x.reg(0xdd, 0xd8);
    }
  });

  test('FSIN refuses arguments of 2^63 and beyond', () => {
    const x = unit();
    load(x, 2 ** 63);
    x.reg(0xd9, 0xfe);
    expect(x.statusWord & 0x400).toBe(0x400);
    expect(st0(x)).toBe(2 ** 63);
  });
});
