/** A group of regions as one WebAssembly module. It imports the memory and a small table of helpers, nothing else: imported functions and large tables cost a module dear. */
import { COMPILED_TYPE, importTypes } from '../dispatcher.ts';
import { encodeModule } from '../wasm-encode.ts';
import { IMPORTS } from '../word-operands.ts';
import { MAP } from '../../ir/layout.ts';
import { emitFunction, type FunctionContext } from './function-emitter.ts';
import type { Node } from './region.ts';

/** Entries of the helper table: the imports of the interpreter, in their order. */
export const HELPER_SLOTS = 16;

/** The binary of a module whose function `n` (exported under that number) is region n. Exported for the book's example and tests. */
export function moduleBytes(regions: readonly (readonly Node[])[], words: Int32Array, tlbBase: (mode: number) => number): Uint8Array<ArrayBuffer> {
  const functionOf = new Map(regions.map((region, n) => [region[0]!.block.address, n]));
  const context: FunctionContext = { words, tlbBase, functionAt: (link) => functionOf.get(link) ?? -1 };
  return encodeModule({
    types: [...importTypes(), COMPILED_TYPE],
    importedFunctions: [],
    memory: { minimum: MAP.RAM / 0x10000 },
    table: { name: 'helpers', minimum: HELPER_SLOTS },
    functions: regions.map((region, n) => ({ type: IMPORTS.length, code: emitFunction(region, context), export: `${n}` })),
  });
}

/** Compiles `regions`. `bytes`: size of the binary. */
export function buildModule(regions: readonly (readonly Node[])[], words: Int32Array, tlbBase: (mode: number) => number): { module: WebAssembly.Module; bytes: number } {
  const binary = moduleBytes(regions, words, tlbBase);
  return { module: new WebAssembly.Module(binary), bytes: binary.length };
}
