/**
 * The engine's WebAssembly module: the interpreter, and the dispatcher that goes back and forth
 * between it and compiled blocks. Compiled code stands in modules of its own (`compiler/`); only
 * this one knows the table of all compiled functions, as each instance that imports a large table
 * costs time and memory.
 */
import type { EngineMemory } from '../ir/engine-memory.ts';
import type { EngineImports, FastFunction } from '../ir/imports.ts';
import type { InstructionSet } from '../ir/instruction-set.ts';
import { EXIT, MAP, STATE } from '../ir/layout.ts';
import { OP } from '../ir/ops.ts';
import { CodeTable } from './code-table.ts';
import { interpreterCode } from './interpreter.ts';
import { Code } from './wasm-code.ts';
import { I32 } from './wasm-bytes.ts';
import { encodeModule, type FunctionType } from './wasm-encode.ts';
import { IMPORTS, probeJumpCache } from './word-operands.ts';

/**
 * What a compiled function returns: the IR address of a head to go on at (> 0), `LEFT` with EXIT
 * set, or where to look in the jump cache for cell PC: `PROBE`, or -ip of the µop whose link word
 * may be filled on a miss.
 */
export const RESULT = { LEFT: 0, PROBE: -1 } as const;

/** A compiled function takes IC and returns one of `RESULT`. */
export const COMPILED_TYPE: FunctionType = { params: [I32], results: [I32] };

export interface Engine {
  /**
   * Runs from the µop at IR address `ip` until an exit; clears EXIT at entry. Afterwards the cells
   * EXIT, EXIT_IP and PC say why and where (`ir/layout.ts`).
   */
  run(ip: number): void;
  /**
   * The imports as functions that a table takes, in the order of `IMPORTS`, and the fast functions.
   */
  readonly helpers: readonly unknown[];
  /**
   * The fast functions, at their numbers, and compiled functions; a compiled head holds its place.
   */
  readonly compiled: CodeTable;
}

/**
 * The compiled modules: the binary is the same for every machine with cores of one instruction set
 * at one window, so what the host's optimizer has done for one serves the next.
 */
const shared = new WeakMap<InstructionSet, Map<number, WebAssembly.Module>>();

function moduleFor(isa: InstructionSet, window: number): WebAssembly.Module {
  let modules = shared.get(isa);
  if (modules === undefined) shared.set(isa, (modules = new Map()));
  let module = modules.get(window);
  if (module === undefined) modules.set(window, (module = new WebAssembly.Module(engineModule(isa, window))));
  return module;
}

/** What may be done without leaving WebAssembly; both are exports of another module. */
export interface EngineExtras {
  /** Takes the place of the `helper` import. */
  readonly helper?: EngineImports['helper'];
  /** The functions that `fast` µops name, number 1 first. */
  readonly fast?: readonly FastFunction[];
}

/** Makes the engine for the core whose window is in `memory`. */
export function createEngine(
  memory: EngineMemory, isa: InstructionSet, imports: EngineImports, extras: EngineExtras = {},
): Engine {
  const { helper, fast = [] } = extras;
  const module = moduleFor(isa, memory.window);
  const compiled = new CodeTable(fast);
  const env: Record<string, unknown> = { memory: memory.memory, compiled: compiled.table };
  // As they are: a bound function, or a closure around one, is one more call at each access.
  for (const { name } of IMPORTS) env[name] = name === 'helper' && helper !== undefined ? helper : imports[name];
  const { exports } = new WebAssembly.Instance(module, { env });
  return {
    run: exports['run'] as (ip: number) => void,
    helpers: [...IMPORTS.map(({ name }) => exports[name]), ...fast],
    compiled,
  };
}

/**
 * The types that come first in every module: those of `IMPORTS`, then that of a fast function
 * (`FAST_TYPE`).
 */
export function importTypes(): FunctionType[] {
  const imported = IMPORTS.map((i): FunctionType => ({
    params: new Array(i.params).fill(I32),
    results: i.result ? [I32] : [],
  }));
  return [...imported, { params: [I32, I32, I32], results: [I32] }];
}

/** The engine's binary. */
export function engineModule(isa: InstructionSet, window = 0): Uint8Array<ArrayBuffer> {
  const type = importTypes().length;
  return encodeModule({
    types: [...importTypes(), COMPILED_TYPE, { params: [I32], results: [] }],
    importedFunctions: IMPORTS.map((i, index) => ({ name: i.name, type: index })),
    memory: { minimum: MAP.RAM / 0x10000 },
    table: { name: 'compiled', minimum: 1 },
    functions: [
      { type, code: interpreterCode(isa, window) },
      { type: type + 1, code: dispatcherCode(IMPORTS.length, type, window), export: 'run' },
    ],
    reexport: true,
  });
}

/** `run(ip)`. The interpreter is function `interpret`; compiled functions have type `type`. */
function dispatcherCode(interpret: number, type: number, window: number): Code {
  const f = new Code(1, window);
  const ip = 0, target = f.local(I32), entry = f.local(I32);
  f.const(STATE.EXIT).const(EXIT.NONE).store(32);
  f.loop((next) => {
    f.get(ip).load(16).const(OP.compiled).eq();
    f.ifValue(
      I32,
      () => f.const(0).load(32, STATE.IC).get(ip).load(32, 8).callIndirect(type),
      () => f.get(ip).call(interpret),
    ).tee(ip);
    f.const(0).gtS().brIf(next);
    f.get(ip).eqz().if(() => f.return());
    f.const(0).load(32, STATE.PC).set(target);
    probeJumpCache(f, target, entry, () => f.get(entry).load(32, MAP.JUMP_CACHE + 8).set(ip).br(next));
    f.const(0).const(EXIT.MISS).store(32, STATE.EXIT);
    f.const(0);
    f.const(0).const(0).get(ip).sub().get(ip).const(RESULT.PROBE).eq().select();
    f.store(32, STATE.EXIT_IP);
  });
  return f;
}
