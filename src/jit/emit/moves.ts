/** Moves, extensions and arithmetic without flags. */
import type { Code } from '../wasm-code.ts';
import { byWidth, byWideWidth } from '../../ir/family.ts';
import type { Emitter } from './operands.ts';

/** d32 = a `op` b (or the immediate). */
function plain(op: (f: Code) => Code): Emitter {
  return (o) => o.set(1, 32, () => {
    o.get(2, 32);
    o.get(3, 32);
    op(o.f);
  });
}

function plainImm(op: (f: Code) => Code): Emitter {
  return (o) => o.set(1, 32, () => {
    o.get(2, 32);
    o.imm(3);
    op(o.f);
  });
}

/** d = a + (b << shift). */
function scaled(shift: number): Emitter {
  return plain((f) => f.const(shift).shl().add());
}

const nop: Emitter = () => undefined;

export const MOVE_EMITTERS = {
  nop,
  ...byWidth<Emitter, 'mov'>('mov', (w) => (o) => o.set(1, w, () => o.get(2, w))),
  ...byWidth<Emitter, 'movi'>('movi', (w) => (o) => o.set(1, w, () => o.imm(2))),
  zx8to16: ((o) => o.set(1, 16, () => o.get(2, 8))) satisfies Emitter,
  zx8to32: ((o) => o.set(1, 32, () => o.get(2, 8))) satisfies Emitter,
  zx16to32: ((o) => o.set(1, 32, () => o.get(2, 16))) satisfies Emitter,
  sx8to16: ((o) => o.set(1, 16, () => o.getS(2, 8))) satisfies Emitter,
  sx8to32: ((o) => o.set(1, 32, () => o.getS(2, 8))) satisfies Emitter,
  sx16to32: ((o) => o.set(1, 32, () => o.getS(2, 16))) satisfies Emitter,

  add32: plain((f) => f.add()), add32i: plainImm((f) => f.add()),
  sub32: plain((f) => f.sub()), sub32i: plainImm((f) => f.sub()),
  and32: plain((f) => f.and()), and32i: plainImm((f) => f.and()),
  or32: plain((f) => f.or()), or32i: plainImm((f) => f.or()),
  xor32: plain((f) => f.xor()), xor32i: plainImm((f) => f.xor()),
  shl32: plain((f) => f.shl()), shl32i: plainImm((f) => f.shl()),
  shr32: plain((f) => f.shrU()), shr32i: plainImm((f) => f.shrU()),
  sar32: plain((f) => f.shrS()), sar32i: plainImm((f) => f.shrS()),
  mov64: ((o) => o.set64(1, () => o.get64(2))) satisfies Emitter,
  movi64: ((o) => o.set64(1, () => o.imm64(2, 3))) satisfies Emitter,
  add64: ((o) => o.set64(1, () => {
    o.get64(2);
    o.get64(3).add64();
  })) satisfies Emitter,
  add64i: ((o) => o.set64(1, () => {
    o.get64(2);
    o.imm64(3).add64();
  })) satisfies Emitter,
  addsh1: scaled(1), addsh2: scaled(2), addsh3: scaled(3),
  add16: plain((f) => f.add().const(0xffff).and()),
  add16i: plainImm((f) => f.add().const(0xffff).and()),

  /**
   * Branches rather than selects: an untaken one must not write d (its upper half may be in use).
   */
  ...byWideWidth<Emitter, 'cmovnz'>('cmovnz', (w) => (o) => o.get(3, 8).if(() => o.set(1, w, () => o.get(2, w)))),
};
