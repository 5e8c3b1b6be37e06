/** Reference semantics: moves, arithmetic and logic. */
import { byWidth, byWideWidth } from '../family.ts';
import type { Alu, Plain, Width } from '../ops.ts';
import { type Machine, mask, signed, type Slot, unsigned } from './machine.ts';
import type { Step } from './step.ts';

const PLAIN: Readonly<Record<Plain, (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  shl: (a, b) => a << (b % 32),
  shr: (a, b) => a >>> (b % 32),
  sar: (a, b) => (a | 0) >> (b % 32),
};

function plain(kind: Plain, immediate: boolean): Step {
  return (m) => m.set(1, 32, PLAIN[kind](m.get(2, 32), m.source(3, 32, immediate)));
}

/**
 * The result, and the flags by their definitions: CF from the unsigned value, OF from the signed
 * one, AF from the low digits.
 */
function arithmetic(m: Machine, alu: Alu, width: Width, a: number, b: number): number {
  const carry = (alu === 'adc' || alu === 'sbb') && m.flags.cf ? 1 : 0;
  if (alu === 'and' || alu === 'or' || alu === 'xor') {
    const result = unsigned(PLAIN[alu](a, b), width);
    m.setResult(width, result, false, false, false);
    return result;
  }
  const sign = alu === 'add' || alu === 'adc' ? 1 : -1;
  const exact = a + sign * (b + carry);
  const exactSigned = signed(a, width) + sign * (signed(b, width) + carry);
  const digit = (a & 15) + sign * ((b & 15) + carry);
  const result = unsigned(exact, width);
  m.setResult(
    width, result,
    exact < 0 || exact > mask(width),
    exactSigned !== signed(result, width),
    digit < 0 || digit > 15,
  );
  return result;
}

function binary(alu: Alu, immediate: boolean): (width: Width) => Step {
  return (w) => (m) => m.set(1, w, arithmetic(m, alu, w, m.get(2, w), m.source(3, w, immediate)));
}

function compare(alu: 'sub' | 'and', immediate: boolean): (width: Width) => Step {
  return (w) => (m) => void arithmetic(m, alu, w, m.get(1, w), m.source(2, w, immediate));
}

function step(alu: 'add' | 'sub'): (width: Width) => Step {
  return (w) => (m) => {
    const { cf } = m.flags;
    const result = arithmetic(m, alu, w, m.get(2, w), 1);
    m.set(1, w, result);
    m.setCarryOverflow(cf, m.flags.of);
  };
}

function bit(change: 'set' | 'clear' | 'flip' | 'none'): (width: 16 | 32) => Step {
  const source: Slot = change === 'none' ? 1 : 2;
  return (w) => (m) => {
    const a = m.get(source, w);
    const at = m.get((source + 1) as Slot, w) % w;
    const old = Math.floor(a / 2 ** at) % 2;
    const wanted = change === 'set' ? 1 : change === 'clear' ? 0 : change === 'flip' ? 1 - old : old;
    if (change !== 'none') m.set(1, w, a + (wanted - old) * 2 ** at);
    m.setCarryOverflow(old === 1, m.flags.of);
  };
}

const scaled = (by: number): Step => (m) => m.set(1, 32, m.get(2, 32) + m.get(3, 32) * by);

export const ARITH_STEPS = {
  nop: ((): void => undefined) satisfies Step,
  ...byWidth<Step, 'mov'>('mov', (w) => (m) => m.set(1, w, m.get(2, w))),
  ...byWidth<Step, 'movi'>('movi', (w) => (m) => m.set(1, w, m.word(2))),
  zx8to16: ((m) => m.set(1, 16, m.get(2, 8))) satisfies Step,
  zx8to32: ((m) => m.set(1, 32, m.get(2, 8))) satisfies Step,
  zx16to32: ((m) => m.set(1, 32, m.get(2, 16))) satisfies Step,
  sx8to16: ((m) => m.set(1, 16, signed(m.get(2, 8), 8))) satisfies Step,
  sx8to32: ((m) => m.set(1, 32, signed(m.get(2, 8), 8))) satisfies Step,
  sx16to32: ((m) => m.set(1, 32, signed(m.get(2, 16), 16))) satisfies Step,
  add32: plain('add', false),
  add32i: plain('add', true),
  sub32: plain('sub', false),
  sub32i: plain('sub', true),
  and32: plain('and', false),
  and32i: plain('and', true),
  or32: plain('or', false),
  or32i: plain('or', true),
  xor32: plain('xor', false),
  xor32i: plain('xor', true),
  shl32: plain('shl', false),
  shl32i: plain('shl', true),
  shr32: plain('shr', false),
  shr32i: plain('shr', true),
  sar32: plain('sar', false),
  sar32i: plain('sar', true),
  addsh1: scaled(2),
  addsh2: scaled(4),
  addsh3: scaled(8),
  add16: ((m) => m.set(1, 32, (m.get(2, 32) + m.get(3, 32)) % 65536)) satisfies Step,
  add16i: ((m) => m.set(1, 32, (m.get(2, 32) + m.source(3, 32, true)) % 65536)) satisfies Step,
  ...byWideWidth<Step, 'cmovnz'>('cmovnz', (w) => (m) => {
    if (m.get(3, 8) !== 0) m.set(1, w, m.get(2, w));
  }),
  ...byWidth('addf', binary('add', false)), ...byWidth('addf', binary('add', true), 'i'),
  ...byWidth('adcf', binary('adc', false)), ...byWidth('adcf', binary('adc', true), 'i'),
  ...byWidth('subf', binary('sub', false)), ...byWidth('subf', binary('sub', true), 'i'),
  ...byWidth('sbbf', binary('sbb', false)), ...byWidth('sbbf', binary('sbb', true), 'i'),
  ...byWidth('andf', binary('and', false)), ...byWidth('andf', binary('and', true), 'i'),
  ...byWidth('orf', binary('or', false)), ...byWidth('orf', binary('or', true), 'i'),
  ...byWidth('xorf', binary('xor', false)), ...byWidth('xorf', binary('xor', true), 'i'),
  ...byWidth('cmp', compare('sub', false)), ...byWidth('cmp', compare('sub', true), 'i'),
  ...byWidth('test', compare('and', false)), ...byWidth('test', compare('and', true), 'i'),
  ...byWidth('inc', step('add')), ...byWidth('dec', step('sub')),
  ...byWidth<Step, 'neg'>('neg', (w) => (m) => m.set(1, w, arithmetic(m, 'sub', w, 0, m.get(2, w)))),
  ...byWidth<Step, 'not'>('not', (w) => (m) => m.set(1, w, ~m.get(2, w))),
  mov64: ((m) => m.set64(1, m.get64(2))) satisfies Step,
  movi64: ((m) => m.set64(1, (BigInt(m.word(3)) << 32n) | BigInt(m.word(2) >>> 0))) satisfies Step,
  add64: ((m) => m.set64(1, m.get64(2) + m.get64(3))) satisfies Step,
  add64i: ((m) => m.set64(1, m.get64(2) + BigInt(m.word(3)))) satisfies Step,
  ...byWideWidth('bt', bit('none')), ...byWideWidth('bts', bit('set')), ...byWideWidth('btr', bit('clear')),
  ...byWideWidth('btc', bit('flip')),
};
