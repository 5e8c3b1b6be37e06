/** The functions of the x87's fast path (`forms.ts`) as a module over the engine's memory. */
import type { EngineMemory } from '../../../../ir/engine-memory.ts';
import { MAP } from '../../../../ir/layout.ts';
import type { FastFunction } from '../../../../ir/imports.ts';
import { I32 } from '../../../../jit/wasm-bytes.ts';
import { encodeModule } from '../../../../jit/wasm-encode.ts';
import { FAST_FORMS } from './forms.ts';

/** Compiled once for all machines, by window. */
const shared = new Map<number, WebAssembly.Module>();

function binary(window: number): Uint8Array<ArrayBuffer> {
  return encodeModule({
    types: [{ params: [I32, I32, I32], results: [I32] }],
    importedFunctions: [],
    memory: { minimum: MAP.RAM / 0x10000 },
    functions: FAST_FORMS.map(({ emit }, index) => ({ type: 0, code: emit(window), export: `${index}` })),
  });
}

/**
 * The functions for the unit whose state stands in `memory`; number n of `fastFunction` is at n -
 * 1.
 */
export function createFastX87({ memory, window }: EngineMemory): readonly FastFunction[] {
  let module = shared.get(window);
  if (module === undefined) shared.set(window, (module = new WebAssembly.Module(binary(window))));
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return FAST_FORMS.map((_, index) => exports[`${index}`] as FastFunction);
}
