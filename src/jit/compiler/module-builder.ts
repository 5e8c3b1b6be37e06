/**
 * A group of regions as one WebAssembly module. It imports the memory and a small table of helpers,
 * nothing else: imported functions and large tables cost a module dear.
 */
import { COMPILED_TYPE, importTypes } from '../dispatcher.ts';
import { Code } from '../wasm-code.ts';
import { I32 } from '../wasm-bytes.ts';
import { encodeModule, type ModuleParts } from '../wasm-encode.ts';
import type { InstructionSet } from '../../ir/instruction-set.ts';
import type { IrCode } from '../../ir/ir-cache.ts';
import { MAP } from '../../ir/layout.ts';
import { emitFunction, type FunctionContext } from './function-emitter.ts';
import type { MemoryAccess } from './local-operands.ts';
import type { Region } from './region.ts';

/**
 * Least number of entries in the helper table: the imports of the interpreter, in their order, and
 * its fast functions.
 */
export const HELPER_SLOTS = 16;

/** What the code is made of and for. */
export interface CodeContext {
  readonly isa: InstructionSet;
  /** Byte address of the core's window. */
  readonly window: number;
  readonly ir: IrCode;
  /** How code of a mode reaches memory. */
  access(mode: number): MemoryAccess;
}

/** A region with the place of its entry counter (byte address). */
export interface CountedRegion {
  readonly region: Region;
  readonly counter: number;
}

/**
 * The binary of a module. Entry e of region r is exported as `r.e`, of type `COMPILED_TYPE`:
 * functions with one entry take its number as well, and do not look at it.
 */
export function moduleBytes(
  regions: readonly CountedRegion[],
  code: CodeContext,
): Uint8Array<ArrayBuffer> {
  const functionOf = new Map<number, { index: number; entry: number }>();
  regions.forEach(({ region }, index) => {
    for (let entry = 0; entry < region.entries; entry++)
      functionOf.set(region.targets[entry].block!.address, { index, entry });
  });
  const context: FunctionContext = {
    isa: code.isa, window: code.window, ir: code.ir,
    access: (mode) => code.access(mode),
    functionAt: (link) => functionOf.get(link) ?? null,
  };
  const entryType = importTypes().length,
    body = entryType + 1;
  const functions: ModuleParts['functions'][number][] = regions.map(({ region, counter }) => ({
    type: body,
    code: emitFunction(region, counter, context),
  }));
  regions.forEach(({ region }, index) => {
    for (let entry = 0; entry < region.entries; entry++) {
      functions.push({
        type: entryType,
        code: new Code(1).get(0).const(entry).returnCall(index),
        export: `${index}.${entry}`,
      });
    }
  });
  return encodeModule({
    types: [...importTypes(), COMPILED_TYPE, { params: [I32, I32], results: [I32] }],
    importedFunctions: [],
    memory: { minimum: MAP.RAM / 0x10000 },
    table: { name: 'helpers', minimum: HELPER_SLOTS },
    functions,
  });
}

/** Compiles `regions`. `bytes`: size of the binary. */
export function buildModule(
  regions: readonly CountedRegion[],
  code: CodeContext,
): { module: WebAssembly.Module; bytes: number } {
  const binary = moduleBytes(regions, code);
  return { module: new WebAssembly.Module(binary), bytes: binary.length };
}
