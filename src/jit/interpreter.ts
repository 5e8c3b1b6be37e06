/**
 * The µop interpreter: one WebAssembly function emitted at start-up from the µop table (ADR 0002). A loop around a br_table; each
 * arm is the code of one emitter, or of several for a run, with the interpreter's operand policy. The shape is
 *
 *     loop $next
 *       block $enter                     ;; ip = a block's head: runs it without a dispatch
 *         block $probe                   ;; jump cache, pc in local `target`
 *           block $left                  ;; EXIT is set: EXIT_IP = this µop or the next
 *             block $n … block $0
 *               br_table                 ;; by the low half of the µop's w0
 *             end … arms, each ends with ip += 16, br $next or a branch outwards
 */
import type { EngineImports } from '../ir/imports.ts';
import { EXIT, MAP, STATE } from '../ir/layout.ts';
import { OPS } from '../ir/ops.ts';
import { RUNS } from '../ir/runs.ts';
import { Code } from './wasm-code.ts';
import { IMPORTS, WordOperands } from './word-operands.ts';
import { encodeModule, type FunctionType, I32 } from './wasm-encode.ts';

export interface Interpreter {
  /**
   * Runs from the µop at IR address `ip` until an exit; clears EXIT at entry. Afterwards the cells EXIT, EXIT_IP and PC say why and
   * where (`ir/layout.ts`).
   */
  run(ip: number): void;
}

/** The compiled interpreter: its binary is the same for every machine, so what the host's optimizer has done for one serves the next. */
let compiled: WebAssembly.Module | null = null;

/** Makes an interpreter for `memory`. */
export function createInterpreter(memory: WebAssembly.Memory, imports: EngineImports): Interpreter {
  const module = (compiled ??= new WebAssembly.Module(interpreterModule()));
  const env: Record<string, unknown> = { memory };
  for (const { name } of IMPORTS) env[name] = imports[name].bind(imports);
  const instance = new WebAssembly.Instance(module, { env });
  return { run: instance.exports['run'] as (ip: number) => void };
}

/** The interpreter's binary. */
export function interpreterModule(): Uint8Array<ArrayBuffer> {
  const types: FunctionType[] = IMPORTS.map((i) => ({ params: new Array(i.params).fill(I32), results: i.result ? [I32] : [] }));
  types.push({ params: [I32], results: [] });
  return encodeModule({
    types,
    importedFunctions: IMPORTS.map((i, index) => ({ name: i.name, type: index })),
    memory: { minimum: MAP.RAM / 0x10000 },
    functions: [{ type: IMPORTS.length, code: interpreterCode(), export: 'run' }],
  });
}

/** What each number in w0 stands for: a row's op, or the ops of a run. */
const ARMS: readonly (readonly number[])[] = [...OPS.map((row) => [row.op]), ...RUNS];

function interpreterCode(): Code {
  const f = new Code(1);
  const policy = new WordOperands(f);
  f.const(STATE.EXIT).const(EXIT.NONE).store(32);
  f.loop((next) => {
    f.block((enter) => {
      f.block((probe) => {
        f.block((left) => {
          Object.assign(policy.labels, { next, enter, probe, left });
          dispatch(f, policy, ARMS.length - 1, []);
        });
        policy.emitLeft();
      });
      policy.emitProbe();
    });
    policy.emitEnter();
  });
  return f;
}

/** Opens the blocks for arms `arm`…0, with the br_table in the innermost, and emits each arm behind its block's end. */
function dispatch(f: Code, policy: WordOperands, arm: number, labels: number[]): void {
  f.block((label) => {
    labels[arm] = label;
    if (arm > 0) dispatch(f, policy, arm - 1, labels);
    else f.get(policy.ip).load(16).brTable(labels, labels[labels.length - 1]!);
  });
  policy.emitArm(ARMS[arm]!);
}
