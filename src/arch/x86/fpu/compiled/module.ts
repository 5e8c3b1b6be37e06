/**
 * The x87's fast path: the frequent instructions as WebAssembly functions. What it does is a part of what `fpu/` does, to the last bit (`compiled.test.ts` compares
 * them); the rest is left to that.
 */
import type { Code } from '../../../../jit/wasm-code.ts';
import type { FunctionType } from '../../../../jit/wasm-encode.ts';
import { addCode, BINARY, COMPARE, compareCode, divideCode, multiplyCode, OPERATE, operateCode, ROUND, roundCode } from './arithmetic.ts';
import { NARROW, narrowIntegerCode, narrowRealCode, PROBE, probeCode, WIDEN, widenIntegerCode, widenRealCode } from './conversion.ts';
import { type Callees, FORM, memoryCode, registerCode } from './forms.ts';

/** Types of the functions that `defineX87` defines. */
export const X87_TYPES: readonly FunctionType[] = [ROUND, BINARY, OPERATE, COMPARE, PROBE, WIDEN, NARROW, FORM];

/**
 * Adds the functions to a module by `define`, which returns a function's index. The two returned have type FORM: (opcode and ModRM, EIP) and (packed, cell of the linear
 * address), operands of the helpers `fpuReg` and `fpuMem`; they return 1 if they have executed the instruction, 0 if nothing was done.
 */
export function defineX87(define: (type: FunctionType, code: Code) => number): { register: number; memory: number } {
  const round = define(ROUND, roundCode());
  const add = define(BINARY, addCode(round)), multiply = define(BINARY, multiplyCode(round)), divide = define(BINARY, divideCode(round));
  const calls: Callees = {
    operate: define(OPERATE, operateCode(add, multiply, divide)), compare: define(COMPARE, compareCode()), probe: define(PROBE, probeCode()),
    widen: { single: define(WIDEN, widenRealCode(23, 8)), double: define(WIDEN, widenRealCode(52, 11)), integer: define(WIDEN, widenIntegerCode()) },
    narrow: {
      single: define(NARROW, narrowRealCode(23, 8)), double: define(NARROW, narrowRealCode(52, 11)),
      int16: define(NARROW, narrowIntegerCode(16)), int32: define(NARROW, narrowIntegerCode(32)), int64: define(NARROW, narrowIntegerCode(64)),
    },
  };
  return { register: define(FORM, registerCode(calls)), memory: define(FORM, memoryCode(calls)) };
}
