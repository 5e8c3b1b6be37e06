/**
 * The x87's fast path by instruction: `register(code, pc)` and `memory(packed, cell)`, WebAssembly functions that return 1 if they have executed the instruction, 0 if
 * nothing was done. Fast are the instructions that compilers use, under the control word that FNINIT leaves (all exceptions masked, nearest, 64 bits; FIST also
 * towards zero), on normal numbers and zeros, without stack faults, with operands that the TLB lets pass.
 */
import { STATE } from '../../../../ir/layout.ts';
import { Code } from '../../../../jit/wasm-code.ts';
import { type FunctionType, I32, I64 } from '../../../../jit/wasm-encode.ts';
import { CR0_EM, CR0_TS } from '../../mmu.ts';
import { CR0, EAX, FPU_STATE, temp } from '../../state.ts';
import { ALL_EXCEPTIONS, BUSY, C0, C1, C2, C3, CONTROL, ES, PC_64, PC_MASK, RC_MASK, RC_SHIFT, STATUS } from '../layout.ts';
import { RESULT } from './conversion.ts';
import { StackCode } from './stack.ts';

export const FORM: FunctionType = { params: [I32, I32], results: [I32] };
/** Temporary in which a memory form finds its EIP. */
const PC_CELL = temp(13);

/** Indices of the functions that the forms call. */
export interface Callees {
  readonly operate: number;
  readonly compare: number;
  readonly probe: number;
  readonly widen: { readonly single: number; readonly double: number; readonly integer: number };
  readonly narrow: { readonly single: number; readonly double: number; readonly int16: number; readonly int32: number; readonly int64: number };
}

const MASKED = ALL_EXCEPTIONS | PC_64;
const CONDITIONS = C0 | C2 | C3;

/** Leaves with 0 if an exception is due or the control word is another; with `rounding`, RC is left to the form. */
function gate(s: StackCode, rounding: boolean): void {
  const { f } = s;
  f.const(0).load(32, FPU_STATE + STATUS).set(s.status);
  f.const(0).load(32, CR0).const(CR0_EM | CR0_TS).and().get(s.status).const(ES).and().or();
  s.control().const(ALL_EXCEPTIONS | PC_MASK | (rounding ? 0 : RC_MASK)).and().const(MASKED).ne().or();
  s.refuseIf();
}

/** Arms by key, (opcode & 7) * 8 + reg field; emitted as one br_table. Each falls out of the table when it is done. */
function table(f: Code, key: () => void, arms: readonly { keys: readonly number[]; emit: () => void }[]): void {
  const nest = (n: number, outer: number, labels: number[]): void => {
    f.block((label) => {
      labels[n] = label;
      if (n > 0) nest(n - 1, outer, labels);
      else {
        f.block((none) => {
          const targets = Array.from({ length: 64 }, (_, k) => {
            const arm = arms.findIndex((a) => a.keys.includes(k));
            return arm < 0 ? none : labels[arm];
          });
          f.from(key).brTable(targets, none);
        });
        f.const(0).return();
      }
    });
    arms[n].emit();
    f.br(outer);
  };
  f.block((done) => nest(arms.length - 1, done, []));
}

function keys(major: number, ...fields: number[]): number[] {
  return fields.map((field) => major * 8 + field);
}

const ARITHMETIC = [0, 1, 4, 5, 6, 7];

export function registerCode(calls: Callees): Code {
  const f = new Code(2);
  const code = 0, pc = 1;
  const s = new StackCode(f);
  const bit = (mask: number): Code => f.get(code).const(mask).and();
  const field = (): Code => bit(0x38).const(3).shrU();
  const i = (): Code => bit(7);
  const top = (): Code => f.const(0);
  const popIf = (condition: () => void): void => void f.from(condition).if(() => s.pop());
  // FNSTSW AX waits for nothing and is no numeric instruction.
  f.get(code).const(0xdfe0).eq().if(() => {
    f.const(0).load(32, CR0).const(CR0_EM | CR0_TS).and();
    s.refuseIf();
    f.const(0);
    s.word(STATUS).store(16, EAX);
    f.const(1).return();
  });
  gate(s, false);
  const pair = (): void => {
    s.locate(s.at, top);
    s.locate(s.other, i);
    s.load(s.at, s.sig, s.se);
    s.load(s.other, s.sig2, s.se2);
  };
  const conditions = (): void => {
    pair();
    f.get(s.sig).get(s.se).get(s.sig2).get(s.se2).call(calls.compare).tee(s.flags).const(0).ltS();
    s.refuseIf();
  };
  const setConditions = (): void => {
    f.get(s.status).const(~(CONDITIONS | C1)).and().get(s.flags).or().set(s.status);
  };
  table(f, () => bit(0x700).const(5).shrU().from(field).or(), [
    {
      keys: [...keys(0, ...ARITHMETIC), ...keys(4, ...ARITHMETIC), ...keys(6, ...ARITHMETIC)],
      emit: () => {
        pair();
        field();
        f.get(s.other).get(s.at).from(() => bit(0x700)).select();
        f.get(s.sig).get(s.se).get(s.sig2).get(s.se2).call(calls.operate).tee(s.flags).const(0).ltS();
        s.refuseIf();
        s.settle(true);
        popIf(() => bit(0x200));
      },
    },
    {
      // FCOM(P), FUCOM(P)
      keys: [...keys(0, 2, 3), ...keys(4, 2, 3), ...keys(5, 4, 5)],
      emit: () => {
        conditions();
        setConditions();
        popIf(() => bit(8));
      },
    },
    {
      // FUCOMPP, FCOMPP
      keys: [...keys(2, 5), ...keys(6, 3)],
      emit: () => {
        i().const(1).ne();
        s.refuseIf();
        conditions();
        setConditions();
        s.pop();
        s.pop();
      },
    },
    {
      // F(U)COMI(P): ZF and CF as `writeArithmetic` would make them
      keys: [...keys(3, 5, 6), ...keys(7, 5, 6)],
      emit: () => {
        conditions();
        f.const(0).get(s.flags).const(C3).ne().store(32, STATE.CC_RES);
        f.const(0);
        f.const(0x100).const(0xc0000000).const(0).get(s.flags).const(C0).eq().select().get(s.flags).const(C3).eq().select();
        f.store(32, STATE.CC_AUX);
        s.settle(false);
        popIf(() => bit(0x400));
      },
    },
    {
      // FLD ST(i)
      keys: keys(1, 0),
      emit: () => {
        s.locate(s.at, i);
        s.locate(s.other, () => f.const(-1), true);
        s.load(s.at, s.sig, s.se);
        s.store(s.other, s.sig, s.se);
        s.fill(s.other);
        s.settle(false);
        s.moveTop(-1);
      },
    },
    {
      // FXCH
      keys: keys(1, 1),
      emit: () => {
        pair();
        s.store(s.at, s.sig2, s.se2);
        s.store(s.other, s.sig, s.se);
        s.settle(false);
      },
    },
    {
      // FST, FSTP ST(i)
      keys: keys(5, 2, 3),
      emit: () => {
        s.locate(s.at, top);
        s.load(s.at, s.sig, s.se);
        s.place(s.other, i);
        s.store(s.other, s.sig, s.se);
        s.fill(s.other);
        s.settle(false);
        popIf(() => bit(8));
      },
    },
    {
      // FCHS, FABS
      keys: keys(1, 4),
      emit: () => {
        i().const(1).gtU();
        s.refuseIf();
        s.locate(s.at, top);
        f.get(s.at).get(s.at).load(32, 8).tee(s.se).const(0x7fff).and().get(s.se).const(0x8000).xor().from(i).select().store(32, 8);
        s.settle(false);
      },
    },
    {
      // FLD1, FLDZ
      keys: keys(1, 5),
      emit: () => {
        i().tee(s.flags).const(6).ne().get(s.flags).const(0).ne().and();
        s.refuseIf();
        s.locate(s.other, () => f.const(-1), true);
        f.get(s.other).const64(0n).const64(-(2n ** 63n)).get(s.flags).select().store64();
        f.get(s.other).const(0).const(0x3fff).get(s.flags).select().store(32, 8);
        s.fill(s.other);
        s.settle(false);
        s.moveTop(-1);
      },
    },
  ]);
  s.commit();
  s.last(code, () => f.get(pc));
  return f.const(1);
}

export function memoryCode(calls: Callees): Code {
  const f = new Code(2);
  const packed = 0, cell = 1;
  const s = new StackCode(f);
  const address = f.local(I32), host = f.local(I32), bits = f.local(I64);
  const bit = (mask: number): Code => f.get(packed).const(mask).and();
  const field = (): Code => bit(0x38).const(3).shrU();
  f.get(cell).load(32).set(address);
  /** Local `host` = where the operand is. */
  const reach = (bytes: number, write: boolean): void => {
    f.get(address).const(bytes - 1).const(write ? 4 : 0).call(calls.probe).tee(host).eqz();
    s.refuseIf();
  };
  /** B = what the operand converts to. */
  const widen = (callee: number): void => {
    f.get(bits).call(callee);
    s.refuseIf();
    f.const(0).load64(RESULT.SIG).set(s.sig2).const(0).load(32, RESULT.SE).set(s.se2);
  };
  const single = (): void => {
    reach(4, false);
    f.get(host).load(32).extendU64().set(bits);
    widen(calls.widen.single);
  };
  const double = (): void => {
    reach(8, false);
    f.get(host).load64().set(bits);
    widen(calls.widen.double);
  };
  const int = (bytes: 2 | 4 | 8): void => {
    reach(bytes, false);
    if (bytes === 8) f.get(host).load64().set(bits);
    else f.get(host).loadS(bytes === 2 ? 16 : 32).extendS64().set(bits);
    widen(calls.widen.integer);
  };
  const top = (): Code => f.const(0);
  const push = (): void => {
    s.locate(s.other, () => f.const(-1), true);
    s.store(s.other, s.sig2, s.se2);
    s.fill(s.other);
    s.settle(false);
    s.moveTop(-1);
  };
  const arithmetic = (): void => {
    s.locate(s.at, top);
    s.load(s.at, s.sig, s.se);
    field().const(6).and().const(2).eq().if(() => {
      f.get(s.sig).get(s.se).get(s.sig2).get(s.se2).call(calls.compare).tee(s.flags).const(0).ltS();
      s.refuseIf();
      f.get(s.status).const(~(CONDITIONS | C1)).and().get(s.flags).or().set(s.status);
      bit(8).if(() => s.pop());
    }, () => {
      field().get(s.at).get(s.sig).get(s.se).get(s.sig2).get(s.se2).call(calls.operate).tee(s.flags).const(0).ltS();
      s.refuseIf();
      s.settle(true);
    });
  };
  /** Converts ST0 with `callee` and stores `bytes` of it; pops unless the field is 2. */
  const narrow = (callee: number, bytes: 2 | 4 | 8): void => {
    s.locate(s.at, top);
    s.load(s.at, s.sig, s.se);
    reach(bytes, true);
    f.get(s.sig).get(s.se).from(() => s.control().const(RC_SHIFT).shrU().const(3).and()).call(callee).tee(s.flags).const(0).ltS();
    s.refuseIf();
    if (bytes === 8) f.get(host).const(0).load64(RESULT.SIG).store64();
    else f.get(host).const(0).load(32, RESULT.SIG).store(bytes === 2 ? 16 : 32);
    s.settle(true);
    bit(8).if(() => s.pop());
  };
  const nearest = (): void => {
    s.control().const(RC_MASK).and();
    s.refuseIf();
  };
  const nearestOrTruncate = (): void => {
    s.control().const(RC_SHIFT).shrU().const(1).add().const(2).and();
    s.refuseIf();
  };
  const operation = (major: number, operand: () => void): { keys: number[]; emit: () => void } => ({
    keys: keys(major, 0, 1, 2, 3, 4, 5, 6, 7),
    emit: () => {
      nearest();
      operand();
      arithmetic();
    },
  });
  const loading = (arm: number[], operand: () => void): { keys: number[]; emit: () => void } => ({
    keys: arm,
    emit: () => {
      operand();
      push();
    },
  });
  const storing = (arm: number[], rounding: () => void, callee: number, bytes: 2 | 4 | 8): { keys: number[]; emit: () => void } => ({
    keys: arm,
    emit: () => {
      rounding();
      narrow(callee, bytes);
    },
  });
  controlForms(s, packed, (write) => reach(2, write), host);
  gate(s, true);
  table(f, () => bit(0x700).const(5).shrU().from(field).or(), [
    operation(0, single), operation(4, double), operation(2, () => int(4)), operation(6, () => int(2)),
    loading(keys(1, 0), single), loading(keys(5, 0), double), loading(keys(3, 0), () => int(4)), loading(keys(7, 0), () => int(2)), loading(keys(7, 5), () => int(8)),
    loading(keys(3, 5), () => {
      reach(10, false);
      f.get(host).load64().set(s.sig2).get(host).load(16, 8).set(s.se2);
    }),
    storing(keys(1, 2, 3), nearest, calls.narrow.single, 4), storing(keys(5, 2, 3), nearest, calls.narrow.double, 8),
    storing(keys(3, 2, 3), nearestOrTruncate, calls.narrow.int32, 4), storing(keys(7, 2, 3), nearestOrTruncate, calls.narrow.int16, 2),
    storing(keys(7, 7), nearestOrTruncate, calls.narrow.int64, 8),
    {
      // FSTP m80
      keys: keys(3, 7),
      emit: () => {
        s.locate(s.at, top);
        reach(10, true);
        s.load(s.at, s.sig, s.se);
        f.get(host).get(s.sig).store64().get(host).get(s.se).store(16, 8);
        s.settle(false);
        s.pop();
      },
    },
  ]);
  s.commit();
  s.last(packed, () => f.const(0).load(32, PC_CELL));
  s.lastOperand(address);
  return f.const(1);
}

/** FLDCW, FNSTCW, FNSTSW m16, under any control word; they are no numeric instructions, so they record nothing. */
function controlForms(s: StackCode, packed: number, reach: (write: boolean) => void, host: number): void {
  const { f } = s;
  const FLDCW = 0x128, FNSTCW = 0x138, FNSTSW = 0x538;
  const is = (form: number): Code => f.get(packed).const(0x738).and().const(form).eq();
  is(FNSTCW).from(() => is(FNSTSW)).or().if(() => {
    f.const(0).load(32, CR0).const(CR0_EM | CR0_TS).and();
    s.refuseIf();
    reach(true);
    f.get(host);
    s.word(CONTROL);
    s.word(STATUS);
    is(FNSTCW).select().store(16);
    f.const(1).return();
  });
  is(FLDCW).if(() => {
    s.word(STATUS).set(s.status);
    f.const(0).load(32, CR0).const(CR0_EM | CR0_TS).and().get(s.status).const(ES).and().or();
    s.refuseIf();
    reach(false);
    // As `normalControl`.
    f.get(host).load(16).const(0x1f3f).and().const(0x40).or().tee(s.flags).const(-1).xor().get(s.status).and().const(ALL_EXCEPTIONS).and();
    s.refuseIf();
    f.const(0).get(s.flags).store(32, FPU_STATE + CONTROL);
    f.get(s.status).const(~(ES | BUSY)).and().set(s.status);
    s.commit();
    f.const(1).return();
  });
}
