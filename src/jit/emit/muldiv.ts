/**
 * Multiplication, division, bit scans. The implicit operands are `FIXED` cells (Intel SDM vol. 2:
 * MUL, IMUL, DIV, IDIV, BSF, BSR, BSWAP). Undefined flags: after a multiplication SF, ZF and PF are
 * those of the low half, AF = 0; a division changes none; a bit scan sets SF and PF by its source,
 * CF = OF = AF = 0.
 */
import { FIXED } from '../../ir/layout.ts';
import { ENGINE_HELPER, type Width } from '../../ir/ops.ts';
import { byWidth, byWideWidth } from '../../ir/family.ts';
import type { Emitter, Operands } from './operands.ts';

/** RES = low half in local r; CF = OF = what `overflow` pushes (0 or 1). */
function productFlags(o: Operands, width: Width, overflow: () => void): void {
  o.setRes(() => o.f.get(o.t.r).sext(width));
  o.setAux(() => o.f.from(overflow).const(31).shl());
}

/** Accumulator × a into AX, DX:AX or EDX:EAX. */
function multiply(signed: boolean): (width: Width) => Emitter {
  return (w) => (o) => {
    const { f, t } = o;
    o.get(1, w);
    if (signed) f.sext(w).extendS64();
    else f.extendU64();
    f.set(t.x);
    o.getFixed(FIXED.ACC, w);
    if (signed) f.sext(w).extendS64();
    else f.extendU64();
    f.get(t.x).mul64().tee(t.x).wrap().set(t.r);
    if (w === 8) o.setFixed(FIXED.ACC, 16, () => f.get(t.r));
    else {
      o.setFixed(FIXED.ACC, w, () => f.get(t.r));
      o.setFixed(FIXED.DATA, w, () => f.get(t.x).const64(BigInt(w)).shrU64().wrap());
    }
    productFlags(o, w, () => {
      if (signed) f.get(t.x).get(t.r).sext(w).extendS64().ne64();
      else f.get(t.x).const64(BigInt(w)).shrU64().eqz64().eqz();
    });
  };
}

/** d = a × b, truncated. */
function multiplyTo(immediate: boolean): (width: 16 | 32) => Emitter {
  return (w) => (o) => {
    const { f, t } = o;
    o.getS(2, w).extendS64();
    (immediate ? o.imm(3).sext(w) : o.getS(3, w)).extendS64();
    f.mul64().tee(t.x).wrap().set(t.r);
    o.set(1, w, () => f.get(t.r));
    productFlags(o, w, () => f.get(t.x).get(t.r).sext(w).extendS64().ne64());
  };
}

/** #DE: quotient too large, or division by zero. */
function divideError(o: Operands): void {
  o.call('helper', () => o.f.const(ENGINE_HELPER.RAISE).const(0).const(-1));
  o.leave();
}

/** Local x = dividend of twice the width. */
function dividend(o: Operands, width: Width, signed: boolean): void {
  const { f, t } = o;
  if (width === 8) {
    o.getFixed(FIXED.ACC, 16);
    if (signed) f.sext16().extendS64();
    else f.extendU64();
  } else {
    o.getFixed(FIXED.DATA, width);
    if (signed) f.sext(width).extendS64();
    else f.extendU64();
    f.const64(BigInt(width)).shl64();
    o.getFixed(FIXED.ACC, width).extendU64().or64();
  }
  f.set(t.x);
}

/** Quotient in local r, remainder in local b, to AL/AH, AX/DX or EAX/EDX. */
function storeQuotient(o: Operands, width: Width): void {
  const { f, t } = o;
  o.setFixed(FIXED.ACC, width, () => f.get(t.r));
  o.setFixed(width === 8 ? FIXED.ACC + 1 : FIXED.DATA, width, () => f.get(t.b));
}

/** Guest instructions' division by zero never reaches the Wasm operator, which would trap. */
const divide = (w: Width): Emitter => (o) => {
  const { f, t } = o;
  o.get(1, w).tee(t.a).eqz().if(() => divideError(o));
  dividend(o, w, false);
  f.get(t.a).extendU64().set(t.y);
  f.get(t.x).get(t.y).remU64().wrap().set(t.b);
  f.get(t.x).get(t.y).divU64().tee(t.x).wrap().set(t.r);
  f.get(t.x).const64(BigInt(w)).shrU64().eqz64().eqz().if(() => divideError(o));
  storeQuotient(o, w);
};

const divideSigned = (w: Width): Emitter => (o) => {
  const { f, t } = o;
  o.getS(1, w).tee(t.a).eqz().if(() => divideError(o));
  dividend(o, w, true);
  f.get(t.a).extendS64().set(t.y);
  const general = (): void => {
    f.get(t.x).get(t.y).remS64().wrap().set(t.b);
    f.get(t.x).get(t.y).divS64().set(t.x);
  };
  if (w === 32) {
    // The most negative i64 divided by -1 would trap; negation gives the same quotient and then
    // fails the range test.
    f.get(t.a).const(-1).eq().if(() => {
      f.const(0).set(t.b);
      f.const64(0n).get(t.x).sub64().set(t.x);
    }, general);
  } else general();
  f.get(t.x).wrap().set(t.r);
  f.get(t.r).sext(w).extendS64().get(t.x).ne64().if(() => divideError(o));
  storeQuotient(o, w);
};

function scan(forward: boolean): (width: 16 | 32) => Emitter {
  return (w) => (o) => {
    const { f, t } = o;
    o.get(2, w).tee(t.a).if(() => o.set(1, w, () => {
      if (forward) f.get(t.a).ctz();
      else f.const(31).get(t.a).clz().sub();
    }));
    o.setRes(() => f.get(t.a).sext(w));
    o.setAux(() => f.const(0));
  };
}

const bswap32: Emitter = (o) => {
  const { f, t } = o;
  o.get(2, 32).set(t.a);
  o.set(1, 32, () => {
    f.get(t.a).const(8).rotl().const(0x00ff00ff).and();
    f.get(t.a).const(8).rotr().const(0xff00ff00).and().or();
  });
};

export const MULDIV_EMITTERS = {
  ...byWidth('mulf', multiply(false)), ...byWidth('imul1f', multiply(true)),
  ...byWideWidth('imul2f', multiplyTo(false)), ...byWideWidth('imul2f', multiplyTo(true), 'i'),
  ...byWidth('div', divide), ...byWidth('idiv', divideSigned),
  ...byWideWidth('bsf', scan(true)), ...byWideWidth('bsr', scan(false)),
  bswap32,
};
