/** Functions for instructions with a memory operand. */
import { ALL_EXCEPTIONS, BUSY, CONTROL, ES, STATUS } from '../layout.ts';
import { Arithmetic } from './arithmetic.ts';
import { type Format, loadOperand, storeOperand } from './conversion.ts';
import { type Form, memory, needPeMasked, OPERATIONS, settleComparison, single } from './form.ts';
import { WindowCode } from './window.ts';

function arithmeticMemory(opcode: number, format: Format, field: number): Form {
  return {
    codes: [memory(opcode, field)],
    emit: (at) => {
      const w = new WindowCode(at);
      w.open('arithmetic');
      single(w);
      loadOperand(w, format);
      new Arithmetic(w).operate(field);
      w.store(w.top, w.r);
      w.settle(true);
      w.record(true);
      return w.done();
    },
  };
}

function comparisonMemory(opcode: number, format: Format, pops: number): Form {
  return {
    codes: [memory(opcode, 2 + pops)],
    emit: (at) => {
      const w = new WindowCode(at);
      w.open('any');
      single(w);
      loadOperand(w, format);
      new Arithmetic(w).compare();
      settleComparison(w, pops);
      w.record(true);
      return w.done();
    },
  };
}

function loadMemory(opcode: number, field: number, format: Format): Form {
  return {
    codes: [memory(opcode, field)],
    emit: (at) => {
      const w = new WindowCode(at);
      w.open('any');
      w.needRoom();
      loadOperand(w, format);
      w.store(w.other, w.b);
      w.settleAndPush();
      w.record(true);
      return w.done();
    },
  };
}

function storeMemory(opcode: number, format: Format, field: number): Form {
  return {
    codes: [memory(opcode, field)],
    emit: (at) => {
      const w = new WindowCode(at);
      w.open(format === 'single' || format === 'double' ? 'nearest' : 'any');
      needPeMasked(w);
      single(w);
      storeOperand(w, format);
      if (field === 2) w.settle(true);
      else w.settleAndPop(true);
      w.record(true);
      return w.done();
    },
  };
}

/** FLD m80, whatever it is. */
const loadExtended: Form = {
  codes: [memory(3, 5)],
  emit: (at) => {
    const w = new WindowCode(at);
    w.open('any');
    w.needRoom();
    w.reach(10, false);
    w.f.get(w.host).loadHost64().set(w.a.sig).get(w.host).loadHost(16, 8).set(w.a.se);
    w.store(w.other, w.a);
    w.settleAndPush();
    w.record(true);
    return w.done();
  },
};

const storeExtended: Form = {
  codes: [memory(3, 7)],
  emit: (at) => {
    const w = new WindowCode(at);
    w.open('any');
    single(w);
    w.reach(10, true);
    w.f.get(w.host).get(w.a.sig).storeHost64().get(w.host).get(w.a.se).storeHost(16, 8);
    w.settleAndPop(false);
    w.record(true);
    return w.done();
  },
};

/** FNSTCW, FNSTSW m16. */
function storeWord(opcode: number, offset: number): Form {
  return {
    codes: [memory(opcode, 7)],
    emit: (at) => {
      const w = new WindowCode(at);
      w.openControl();
      w.reach(2, true);
      w.f.get(w.host);
      w.word(offset).storeHost(16);
      return w.done();
    },
  };
}

/** FLDCW, if no exception becomes pending by it. */
const loadControl: Form = {
  codes: [memory(1, 5)],
  emit: (at) => {
    const w = new WindowCode(at);
    const { f, flags } = w;
    w.open('any');
    w.reach(2, false);
    // As `normalControl`.
    f.get(w.host).loadHost(16).const(0x1f3f).and().const(0x40).or().set(flags);
    w.word(STATUS).get(flags).const(-1).xor().and().const(ALL_EXCEPTIONS).and();
    w.refuseIf();
    w.setWord(CONTROL, () => f.get(flags));
    w.setWord(STATUS, () => w.word(STATUS).const(~(ES | BUSY)).and());
    return w.done();
  },
};

const OPERANDS: readonly (readonly [number, Format])[] = [[0, 'single'], [2, 'int32'], [4, 'double'], [6, 'int16']];

export const MEMORY_FORMS: readonly Form[] = [
  ...OPERANDS.flatMap(([opcode, format]) => OPERATIONS.map((field) => arithmeticMemory(opcode, format, field))),
  ...OPERANDS.flatMap(([opcode, format]) => [0, 1].map((pops) => comparisonMemory(opcode, format, pops))),
  loadMemory(1, 0, 'single'), loadMemory(5, 0, 'double'), loadMemory(7, 0, 'int16'),
  loadMemory(3, 0, 'int32'), loadMemory(7, 5, 'int64'), loadExtended, storeExtended,
  ...[2, 3].flatMap((field) => [
    storeMemory(1, 'single', field), storeMemory(5, 'double', field), storeMemory(3, 'int32', field),
    storeMemory(7, 'int16', field),
  ]),
  storeMemory(7, 'int64', 7),
  storeWord(1, CONTROL), storeWord(5, STATUS), loadControl,
];
