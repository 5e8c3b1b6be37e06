import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import wabt from 'wabt';
import type { InstructionSet } from '../ir/instruction-set.ts';
import { STATE } from '../ir/layout.ts';
import { OPS } from '../ir/ops.ts';
import { Runs } from '../ir/runs.ts';
import { engineModule } from './dispatcher.ts';
import { Code } from './wasm-code.ts';
import { ByteSink, I32, I64 } from './wasm-bytes.ts';
import { encodeModule } from './wasm-encode.ts';

/** An instruction set of all rows. */
const EVERYTHING: InstructionSet = {
  name: 'everything', registers: { base: STATE.ISA, count: 8, width: 32 }, flags: true, regimes: 1, addressBits: 32,
  rows: OPS.map((row) => row.name), runs: new Runs(['ld32 add32']),
};

function leb(bytes: Uint8Array, signed: boolean): bigint {
  let value = 0n, shift = 0n;
  for (const byte of bytes) {
    value |= BigInt(byte & 0x7f) << shift;
    shift += 7n;
  }
  return signed ? BigInt.asIntN(Number(shift), value) : value;
}

describe('LEB128', () => {
  test('numbers come back', () => {
    fc.assert(fc.property(fc.integer(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (n, m) => {
      const a = new ByteSink(1), b = new ByteSink(1), c = new ByteSink(1);
      a.signed(n);
      b.unsigned(n);
      c.signed64(m);
      expect(leb(a.take(), true)).toBe(BigInt(n));
      expect(leb(b.take(), false)).toBe(BigInt(n >>> 0));
      expect(leb(c.take(), true)).toBe(m);
    }));
  });
});

describe('Code', () => {
  function compile(code: Code, memory = new WebAssembly.Memory({ initial: 1 })): (x: number) => number {
    const bytes = encodeModule({
      types: [{ params: [I32], results: [I32] }], importedFunctions: [], memory: { minimum: 1 },
      functions: [{ type: 0, code, export: 'f' }],
    });
    return new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } }).exports['f'] as (
      x: number,
    ) => number;
  }

  test('structured control: a loop that sums, labels across levels', () => {
    const f = new Code(1);
    const sum = f.local();
    f.block((done) => {
      f.loop((again) => {
        f.get(0).eqz().brIf(done);
        f.get(0).const(1).and().if(() => f.get(sum).get(0).add().set(sum), () => f.get(sum).const(1000).add().set(sum));
        f.get(0).const(1).sub().set(0).br(again);
      });
    });
    f.get(sum);
    expect(compile(f)(5)).toBe(5 + 1000 + 3 + 1000 + 1);
  });

  test('br_table, locals of mixed types, ifValue, select', () => {
    const f = new Code(1);
    const x = f.local(I64), y = f.local(), z = f.local(I64);
    f.get(0).extendS64().const64(-(2n ** 40n)).mul64().tee(x).set(z);
    f.block((other) => {
      f.block((one) => {
        f.block((zero) => f.get(0).brTable([zero, one], other));
        f.const(10).set(y).br(other);
      });
      f.const(20).set(y);
    });
    f.get(y).get(z).const64(38n).shrS64().wrap().add();
    f.get(0).const(1).gtU().ifValue(I32, () => f.const(100), () => f.const(0)).add();
    f.const(1000).const(2000).get(0).select().add();
    const run = compile(f);
    expect([0, 1, 2].map(run)).toEqual([2010, 20 - 4 + 1000, -8 + 100 + 1000]);
  });
});

test('the interpreter is a valid module that another tool can read', async () => {
  const binary = engineModule(EVERYTHING);
  expect(WebAssembly.validate(binary)).toBe(true);
  const tool = await wabt();
  const module = tool.readWasm(binary, {});
  module.validate();
  expect(module.toText({})).toContain('br_table');
});
