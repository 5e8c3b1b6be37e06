/** Functions for instructions on the register stack alone. */
import { constantWord } from '../constants.ts';
import { C1, C2, C3, STATUS } from '../layout.ts';
import { Arithmetic, isNormal, isZero, SIGN } from './arithmetic.ts';
import { roundToInteger } from './conversion.ts';
import {
  CONDITIONS, type Form, needPeMasked, OPERATIONS, pair, register, settleComparison, single, stack,
} from './form.ts';
import { WindowCode } from './window.ts';

/** What functions that give a value return if they have done nothing. */
const NO_VALUE = -1;

/** ST0 op ST(i) to ST0 (opcode D8), to ST(i) (DC), to ST(i) with a pop (DE). */
function arithmetic(opcode: number, field: number): Form {
  return {
    codes: stack(opcode, field),
    emit: (at) => {
      const w = pair(at, 'arithmetic');
      new Arithmetic(w).operate(field);
      w.store(opcode === 0 ? w.top : w.other, w.r);
      if (opcode === 6) w.settleAndPop(true);
      else w.settle(true);
      w.record(false);
      return w.done();
    },
  };
}

/** FCOM, FUCOM and kin: only a NaN makes a difference between them. */
function comparison(codes: readonly number[], pops: number): Form {
  return {
    codes,
    emit: (at) => {
      const w = pair(at, 'any');
      new Arithmetic(w).compare();
      settleComparison(w, pops);
      w.record(false);
      return w.done();
    },
  };
}

/**
 * FCOMI, FUCOMI, FCOMIP, FUCOMIP give ZF, PF and CF at their places in EFLAGS, which are those of
 * C3, C2 and C0 in the status word's upper byte.
 */
function comparisonToFlags(opcode: number): Form {
  return {
    codes: [...stack(opcode, 5), ...stack(opcode, 6)],
    emit: (at) => {
      const w = pair(at, 'any', NO_VALUE);
      new Arithmetic(w).compare();
      if (opcode === 7) w.settleAndPop(false);
      else w.settle(false);
      w.record(false);
      return w.f.get(w.flags).const(8).shrU();
    },
  };
}

/** FTST. */
const test: Form = {
  codes: [register(1, 4, 4)],
  emit: (at) => {
    const w = new WindowCode(at);
    w.open('any');
    single(w);
    w.f.const64(0n).set(w.b.sig).const(0).set(w.b.se);
    new Arithmetic(w).compare();
    settleComparison(w, 0);
    w.record(false);
    return w.done();
  },
};

/** FLD ST(i). */
const pushCopy: Form = {
  codes: stack(1, 0),
  emit: (at) => {
    const w = new WindowCode(at);
    w.open('any');
    w.locateOther();
    w.needFull(w.other);
    w.load(w.other, w.a);
    w.needRoom();
    w.store(w.other, w.a);
    w.settleAndPush();
    w.record(false);
    return w.done();
  },
};

/** FLD1, FLDL2T, FLDL2E, FLDPI, FLDLG2, FLDLN2, FLDZ. */
function constant(index: number): Form {
  return {
    codes: [register(1, 5, index)],
    emit: (at) => {
      const w = new WindowCode(at);
      w.open('nearest');
      w.needRoom();
      const { exponent, significand } = constantWord(index);
      w.f.const64(significand).set(w.a.sig).const(exponent).set(w.a.se);
      w.store(w.other, w.a);
      w.settleAndPush();
      w.record(false);
      return w.done();
    },
  };
}

const exchange: Form = {
  codes: stack(1, 1),
  emit: (at) => {
    const w = pair(at, 'any');
    w.store(w.top, w.b);
    w.store(w.other, w.a);
    w.settle(false);
    w.record(false);
    return w.done();
  },
};

/** FST, FSTP ST(i). */
function copyTop(pop: number): Form {
  return {
    codes: stack(5, 2 + pop),
    emit: (at) => {
      const w = new WindowCode(at);
      w.open('any');
      w.locateOther();
      single(w);
      w.store(w.other, w.a);
      w.fill(w.other);
      if (pop === 1) w.settleAndPop(false);
      else w.settle(false);
      w.record(false);
      return w.done();
    },
  };
}

/** FCHS, FABS: of anything. */
function sign(i: number): Form {
  return {
    codes: [register(1, 4, i)],
    emit: (at) => {
      const w = new WindowCode(at);
      w.open('any');
      single(w);
      if (i === 0) w.f.get(w.a.se).const(SIGN).xor().set(w.a.se);
      else w.f.get(w.a.se).const(SIGN - 1).and().set(w.a.se);
      w.store(w.top, w.a);
      w.settle(false);
      w.record(false);
      return w.done();
    },
  };
}

/** ST0 = a function of ST0. */
function unary(code: number, control: 'any' | 'arithmetic', operation: (w: WindowCode) => void): Form {
  return {
    codes: [code],
    emit: (at) => {
      const w = new WindowCode(at);
      w.open(control);
      single(w);
      operation(w);
      w.store(w.top, w.r);
      w.settle(true);
      w.record(false);
      return w.done();
    },
  };
}

const squareRoot = unary(register(1, 7, 2), 'arithmetic', (w) => new Arithmetic(w).squareRoot());

/** FRNDINT. */
const toInteger = unary(register(1, 7, 4), 'any', (w) => {
  needPeMasked(w);
  roundToInteger(w);
});

/** FXAM of what compilers' libraries ask about most. */
const examine: Form = {
  codes: [register(1, 4, 5)],
  emit: (at) => {
    const w = new WindowCode(at);
    const { f, a, flags } = w;
    w.open('any');
    single(w);
    isNormal(f, a).if(() => f.const(C2).set(flags), () => {
      isZero(f, a).eqz();
      w.refuseIf();
      f.const(C3).set(flags);
    });
    f.get(flags).const(C1).const(0).get(a.se).const(SIGN).and().select().or().set(flags);
    w.settle(true, CONDITIONS);
    w.record(false);
    return w.done();
  },
};

/** FCMOVcc: the address is the condition, 0 or another byte. */
const conditionalMove: Form = {
  codes: [2, 3].flatMap((opcode) => [0, 1, 2, 3].flatMap((field) => stack(opcode, field))),
  emit: (at) => {
    const w = new WindowCode(at);
    w.open('any');
    w.locateOther();
    w.needFull(w.top, w.other);
    w.f.get(w.address).const(0xff).and().if(() => {
      w.load(w.other, w.a);
      w.store(w.top, w.a);
    });
    w.record(false);
    return w.done();
  },
};

/** FNSTSW AX gives the status word. */
const statusToAx: Form = {
  codes: [register(7, 4, 0)],
  emit: (at) => {
    const w = new WindowCode(at, NO_VALUE);
    w.openControl();
    return w.word(STATUS).const(0xffff).and();
  },
};

export const REGISTER_FORMS: readonly Form[] = [
  ...[0, 4, 6].flatMap((opcode) => OPERATIONS.map((field) => arithmetic(opcode, field))),
  comparison([...stack(0, 2), ...stack(5, 4)], 0), comparison([...stack(0, 3), ...stack(5, 5)], 1),
  comparison([register(2, 5, 1), register(6, 3, 1)], 2),
  comparisonToFlags(3), comparisonToFlags(7), test, examine, pushCopy, exchange, copyTop(0), copyTop(1),
  conditionalMove,
  ...[0, 1, 2, 3, 4, 5, 6].map(constant),
  sign(0), sign(1), toInteger, squareRoot, statusToAx,
];
