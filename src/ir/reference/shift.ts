/**
 * Reference semantics: shifts and rotates, one bit at a time, as the manual's pseudo code has them.
 * Undefined cases: see `jit/emit/shift.ts`.
 */
import { byWidth, byWideWidth } from '../family.ts';
import type { Shift, Width } from '../ops.ts';
import { type Machine, mask } from './machine.ts';
import type { Step } from './step.ts';

interface Bits {
  value: number;
  cf: boolean;
  of: boolean;
}

/** One step of a shift of `width` bits. OF is what the manual says for a count of 1. */
function shiftOnce(kind: Shift, s: Bits, width: Width): void {
  const top = 2 ** (width - 1);
  const sign = s.value >= top;
  const low = s.value % 2 === 1;
  const half = Math.floor(s.value / 2);
  const twice = (s.value * 2) % (top * 2);
  const cf = s.cf;
  switch (kind) {
    case 'shl': s.cf = sign; s.value = twice; break;
    case 'rol': s.cf = sign; s.value = twice + (sign ? 1 : 0); break;
    case 'rcl': s.cf = sign; s.value = twice + (cf ? 1 : 0); break;
    case 'shr': s.cf = low; s.value = half; break;
    case 'sar': s.cf = low; s.value = half + (sign ? top : 0); break;
    case 'ror': s.cf = low; s.value = half + (low ? top : 0); break;
    case 'rcr': s.cf = low; s.value = half + (cf ? top : 0); break;
  }
  s.of = (s.value >= top) !== (kind === 'shl' || kind === 'rol' || kind === 'rcl' ? s.cf : sign);
}

function shift(kind: Shift, immediate: boolean): (width: Width) => Step {
  return (w) => (m) => {
    let count = m.source(3, 8, immediate) % 32;
    if (kind === 'rcl' || kind === 'rcr') count %= w + 1;
    const s: Bits = { value: m.get(2, w), cf: m.flags.cf, of: false };
    for (let i = 0; i < count; i++) shiftOnce(kind, s, w);
    m.set(1, w, s.value);
    if (count === 0) return;
    if (kind === 'shl' || kind === 'shr' || kind === 'sar') m.setResult(w, s.value, s.cf, s.of, false);
    else m.setCarryOverflow(s.cf, s.of);
  };
}

/**
 * SHLD/SHRD: bits of the source follow those of the destination, then (16 bits) those of the
 * destination again.
 */
function double(left: boolean): (width: 16 | 32) => Step {
  return (w) => (m: Machine) => {
    const count = m.get(3, 8) % 32;
    const d = m.get(1, w), a = m.get(2, w);
    const bitsOf = (value: number): boolean[] =>
      Array.from({ length: w }, (_, i) => Math.floor(value / 2 ** i) % 2 === 1);
    // Index 0 is the bit that enters first.
    const queue = left ? [...bitsOf(a).reverse(), ...bitsOf(d).reverse()] : [...bitsOf(a), ...bitsOf(d)];
    const top = 2 ** (w - 1);
    let value = d, cf = false, of = false;
    for (let i = 0; i < count; i++) {
      const entering = queue[i] === true;
      const sign = value >= top;
      cf = left ? sign : value % 2 === 1;
      value = left ? (value * 2 + (entering ? 1 : 0)) % (top * 2) : Math.floor(value / 2) + (entering ? top : 0);
      of = (value >= top) !== sign;
    }
    m.set(1, w, value & mask(w));
    if (count !== 0) m.setResult(w, value, cf, of, false);
  };
}

export const SHIFT_STEPS = {
  ...byWidth('rolf', shift('rol', false)), ...byWidth('rolf', shift('rol', true), 'i'),
  ...byWidth('rorf', shift('ror', false)), ...byWidth('rorf', shift('ror', true), 'i'),
  ...byWidth('rclf', shift('rcl', false)), ...byWidth('rclf', shift('rcl', true), 'i'),
  ...byWidth('rcrf', shift('rcr', false)), ...byWidth('rcrf', shift('rcr', true), 'i'),
  ...byWidth('shlf', shift('shl', false)), ...byWidth('shlf', shift('shl', true), 'i'),
  ...byWidth('shrf', shift('shr', false)), ...byWidth('shrf', shift('shr', true), 'i'),
  ...byWidth('sarf', shift('sar', false)), ...byWidth('sarf', shift('sar', true), 'i'),
  ...byWideWidth('shldf', double(true)), ...byWideWidth('shrdf', double(false)),
};
