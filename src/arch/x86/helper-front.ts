/**
 * The engine's `helper` import (`ir/imports.ts`) in WebAssembly: it executes what is frequent and
 * needs nothing of the machine itself, repeated string instructions and RDTSC, and hands everything
 * else on (x87 instructions have functions of their own: `fpu/fast/`). A call from WebAssembly to
 * WebAssembly costs a few nanoseconds, one to TypeScript and back more than ten.
 */
import type { EngineMemory } from '../../ir/engine-memory.ts';
import type { EngineImports } from '../../ir/imports.ts';
import { MAP, STATE } from '../../ir/layout.ts';
import { Code } from '../../jit/wasm-code.ts';
import { I32, I64 } from '../../jit/wasm-bytes.ts';
import { encodeModule, type FunctionType } from '../../jit/wasm-encode.ts';
import { CR4_TSD } from './mmu.ts';
import { SLOW } from './slow-ops.ts';
import { CR4, EAX, EDX, STAMP } from './state.ts';
import { STRING_TYPE, compareCode, moveCode, storeCode } from './string-front.ts';

const HELPER: FunctionType = { params: [I32, I32, I32, I32], results: [] };

/** In the order of their functions, which follow the imported one. */
const STRINGS = [SLOW.movs, SLOW.cmps, SLOW.stos, SLOW.scas];

function binary(window: number): Uint8Array<ArrayBuffer> {
  return encodeModule({
    types: [HELPER, STRING_TYPE],
    importedFunctions: [{ name: 'helper', type: 0 }],
    memory: { minimum: MAP.RAM / 0x10000 },
    functions: [
      { type: 1, code: moveCode(window) },
      { type: 1, code: compareCode(window, false) },
      { type: 1, code: storeCode(window) },
      { type: 1, code: compareCode(window, true) },
      { type: 0, code: frontCode(window), export: 'helper' },
    ],
  });
}

function frontCode(window: number): Code {
  const f = new Code(4, window);
  const id = 0, a = 1, b = 2, ip = 3, stamp = f.local(I64);
  STRINGS.forEach((string, index) =>
    f
      .get(id)
      .const(string)
      .eq()
      .if(() =>
        f
          .get(a)
          .get(ip)
          .call(1 + index)
          .if(() => f.return()),
      ),
  );
  f.get(id).const(SLOW.rdtsc).eq().if(() => {
    f.const(0).load(32, STAMP.VALID).const(0).load(32, CR4).const(CR4_TSD).and().eqz().and().if(() => {
      // The counter goes with the instructions: those left of the budget, and those of the block
      // that were charged but have not run.
      f.const(0)
        .load64(STAMP.END)
        .const(0)
        .load(32, STATE.IC)
        .extendS64()
        .sub64()
        .get(ip)
        .load(16, 2)
        .extendU64()
        .sub64()
        .set(stamp);
      f.const(0).const(1).store(32, STAMP.USED);
      f.const(0).get(stamp).wrap().store(32, EAX);
      f.const(0).get(stamp).const64(32n).shrU64().wrap().store(32, EDX);
      f.return();
    });
  });
  return f.get(id).get(a).get(b).get(ip).call(0);
}

/** Compiled once for all machines, by window. */
const shared = new Map<number, WebAssembly.Module>();

/** A helper import for a core's engine that does what it can without `helper`. */
export function createHelperFront(
  { memory, window }: EngineMemory,
  helper: EngineImports['helper'],
): EngineImports['helper'] {
  let module = shared.get(window);
  if (module === undefined) shared.set(window, (module = new WebAssembly.Module(binary(window))));
  const { exports } = new WebAssembly.Instance(module, { env: { memory, helper } });
  return exports['helper'] as EngineImports['helper'];
}
