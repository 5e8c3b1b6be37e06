/**
 * Reference semantics: multiplication and division in BigInt, bit scans. Undefined flags: see
 * `jit/emit/muldiv.ts`.
 */
import { byWidth, byWideWidth } from '../family.ts';
import { FIXED } from '../layout.ts';
import { ENGINE_HELPER, type Width } from '../ops.ts';
import { type Machine, signed } from './machine.ts';
import type { Step } from './step.ts';

/** The value of `width` bits as a BigInt. */
function big(value: number, width: Width, isSigned: boolean): bigint {
  return isSigned ? BigInt.asIntN(width, BigInt(value)) : BigInt.asUintN(width, BigInt(value));
}

function multiply(isSigned: boolean): (width: Width) => Step {
  return (w) => (m) => {
    const product = big(m.get(1, w), w, isSigned) * big(m.read(FIXED.ACC, w), w, isSigned);
    const low = Number(BigInt.asUintN(w, product));
    const high = Number(BigInt.asUintN(w, product >> BigInt(w)));
    m.write(FIXED.ACC, w, low);
    m.write(w === 8 ? FIXED.ACC + 1 : FIXED.DATA, w, high);
    const overflow = product !== big(low, w, isSigned);
    m.setResult(w, low, overflow, overflow, false);
  };
}

function multiplyTo(immediate: boolean): (width: 16 | 32) => Step {
  return (w) => (m) => {
    const product = big(m.get(2, w), w, true) * big(m.source(3, w, immediate), w, true);
    const low = Number(BigInt.asUintN(w, product));
    m.set(1, w, low);
    const overflow = product !== big(low, w, true);
    m.setResult(w, low, overflow, overflow, false);
  };
}

function divide(isSigned: boolean): (width: Width) => Step {
  return (w) => (m) => {
    const highCell = w === 8 ? FIXED.ACC + 1 : FIXED.DATA;
    const both = (BigInt(m.read(highCell, w)) << BigInt(w)) | BigInt(m.read(FIXED.ACC, w));
    const dividend = isSigned ? BigInt.asIntN(2 * w, both) : both;
    const divisor = big(m.get(1, w), w, isSigned);
    const quotient = divisor === 0n ? undefined : dividend / divisor;
    if (quotient === undefined || quotient !== (isSigned ? BigInt.asIntN(w, quotient) : BigInt.asUintN(w, quotient))) {
      raise(m, 0, -1);
      return;
    }
    m.write(FIXED.ACC, w, Number(BigInt.asUintN(w, quotient)));
    m.write(highCell, w, Number(BigInt.asUintN(w, dividend % divisor)));
  };
}

/** Records an exception and leaves. */
export function raise(m: Machine, vector: number, code: number): void {
  m.imports.helper(ENGINE_HELPER.RAISE, vector, code, m.ip);
  m.leave();
}

function scan(forward: boolean): (width: 16 | 32) => Step {
  return (w) => (m) => {
    const a = m.get(2, w);
    if (a !== 0) {
      const digits = a.toString(2);
      m.set(1, w, forward ? digits.length - 1 - digits.lastIndexOf('1') : digits.length - 1);
    }
    m.setResult(w, signed(a, w), false, false, false);
  };
}

export const MULDIV_STEPS = {
  ...byWidth('mulf', multiply(false)), ...byWidth('imul1f', multiply(true)),
  ...byWideWidth('imul2f', multiplyTo(false)), ...byWideWidth('imul2f', multiplyTo(true), 'i'),
  ...byWidth('div', divide(false)), ...byWidth('idiv', divide(true)),
  ...byWideWidth('bsf', scan(true)), ...byWideWidth('bsr', scan(false)),
  bswap32: ((m) => {
    const value = m.get(2, 32);
    m.set(
      1, 32,
      (value % 256) * 2 ** 24 + ((value >>> 8) % 256) * 65536 + ((value >>> 16) % 256) * 256 + (value >>> 24),
    );
  }) satisfies Step,
};
