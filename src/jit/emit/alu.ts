/** Two-operand arithmetic and logic with flags. */
import type { Alu, Width } from '../../ir/ops.ts';
import { carry, CF, replaceCarry, setFlagsOfLogic, setFlagsOfSum } from './flags.ts';
import { byWidth, byWideWidth } from '../../ir/family.ts';
import type { Emitter, Operands, Slot } from './operands.ts';

/**
 * Local r = local a `alu` local b, then RES and AUX. `adc` and `sbb` take CF as the third operand.
 */
function compute(o: Operands, alu: Alu, width: Width, store: () => void): void {
  const { f, t } = o;
  f.get(t.a).get(t.b);
  switch (alu) {
    case 'add': f.add(); break;
    case 'adc': f.add().from(() => carry(o)).add(); break;
    case 'sub': f.sub(); break;
    case 'sbb': f.sub().from(() => carry(o)).sub(); break;
    case 'and': f.and(); break;
    case 'or': f.or(); break;
    case 'xor': f.xor(); break;
  }
  f.sext(width).set(t.r);
  store();
  const logic = alu === 'and' || alu === 'or' || alu === 'xor';
  if (logic) setFlagsOfLogic(o);
  else setFlagsOfSum(o, width, alu === 'sub' || alu === 'sbb', alu === 'adc' || alu === 'sbb');
  o.leaveKnown({ kind: logic ? 'logic' : alu === 'sub' ? 'difference' : 'other', result: t.r, a: t.a, b: t.b });
}

/**
 * Operand `first` to local a; `first + 1`, a cell or an immediate, to local b. Both sign-extended,
 * so that they compare as they are, signed and unsigned.
 */
function operands(o: Operands, width: Width, first: Slot, immediate: boolean): void {
  const second = (first + 1) as Slot;
  o.getS(first, width).set(o.t.a);
  (immediate ? o.imm(second).sext(width) : o.getS(second, width)).set(o.t.b);
}

function binary(alu: Alu, immediate: boolean): (width: Width) => Emitter {
  return (w) => (o) => {
    operands(o, w, 2, immediate);
    compute(o, alu, w, () => o.set(1, w, () => o.f.get(o.t.r)));
  };
}

/** Flags alone: cmp is sub, test is and. */
function compare(alu: 'sub' | 'and', immediate: boolean): (width: Width) => Emitter {
  return (w) => (o) => {
    operands(o, w, 1, immediate);
    compute(o, alu, w, () => undefined);
  };
}

/**
 * d = a ± 1. CF stays; OF = the result is the one value that the step overflows to; AF = the low
 * digit wrapped.
 */
function step(by: 1 | -1): (width: Width) => Emitter {
  return (w) => (o) => {
    const { f, t } = o;
    const extreme = by === 1 ? -(2 ** (w - 1)) : 2 ** (w - 1) - 1;
    o.getS(2, w).const(by).add().sext(w).set(t.r);
    o.set(1, w, () => f.get(t.r));
    o.setRes(() => f.get(t.r));
    o.setAux(() => {
      o.getCarry().const(CF).and().const(1).shrS();
      f.get(t.r).const(extreme).eq().const(30).shl().xor();
      f.get(t.r).const(15).and().const(by === 1 ? 0 : 15).eq().const(3).shl().or();
    }, {
      carry: () => o.getCarry(),
      by: { rule: by === 1 ? 'increment' : 'decrement', width: w, operand: () => o.getCarry() },
    });
    o.leaveKnown({ kind: 'other', result: t.r, a: t.a, b: t.b });
  };
}

/** d = 0 - a. */
const negate = (w: Width): Emitter => (o) => {
  const { f, t } = o;
  f.const(0).set(t.a);
  o.get(2, w).set(t.b);
  f.get(t.a).get(t.b).sub().sext(w).set(t.r);
  o.set(1, w, () => f.get(t.r));
  setFlagsOfSum(o, w, true, false);
};

/** bt and kin: CF = bit (b mod width) of a; d = a with the bit changed. */
function bit(change: 'set' | 'clear' | 'flip' | 'none'): (width: 16 | 32) => Emitter {
  const source: Slot = change === 'none' ? 1 : 2;
  return (w) => (o) => {
    const { f, t } = o;
    o.get(source, w).set(t.a);
    o.get((source + 1) as Slot, w).const(w - 1).and().set(t.b);
    if (change !== 'none') {
      o.set(1, w, () => {
        f.get(t.a).const(1).get(t.b).shl();
        if (change === 'set') f.or();
        else if (change === 'flip') f.xor();
        else f.const(-1).xor().and();
      });
    }
    replaceCarry(o, () => f.get(t.a).get(t.b).shrU().const(1).and());
  };
}

export const ALU_EMITTERS = {
  ...byWidth('addf', binary('add', false)), ...byWidth('addf', binary('add', true), 'i'),
  ...byWidth('adcf', binary('adc', false)), ...byWidth('adcf', binary('adc', true), 'i'),
  ...byWidth('subf', binary('sub', false)), ...byWidth('subf', binary('sub', true), 'i'),
  ...byWidth('sbbf', binary('sbb', false)), ...byWidth('sbbf', binary('sbb', true), 'i'),
  ...byWidth('andf', binary('and', false)), ...byWidth('andf', binary('and', true), 'i'),
  ...byWidth('orf', binary('or', false)), ...byWidth('orf', binary('or', true), 'i'),
  ...byWidth('xorf', binary('xor', false)), ...byWidth('xorf', binary('xor', true), 'i'),
  ...byWidth('cmp', compare('sub', false)), ...byWidth('cmp', compare('sub', true), 'i'),
  ...byWidth('test', compare('and', false)), ...byWidth('test', compare('and', true), 'i'),
  ...byWidth('inc', step(1)), ...byWidth('dec', step(-1)), ...byWidth('neg', negate),
  ...byWidth<Emitter, 'not'>('not', (w) => (o) => o.set(1, w, () => o.get(2, w).const(-1).xor())),
  ...byWideWidth('bt', bit('none')), ...byWideWidth('bts', bit('set')), ...byWideWidth('btr', bit('clear')),
  ...byWideWidth('btc', bit('flip')),
};
