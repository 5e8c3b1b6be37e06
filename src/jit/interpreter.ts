/** The µop interpreter: one WebAssembly function emitted at start-up from the µop table (ADR 0002). */
import type { EngineImports } from '../ir/imports.ts';

export interface Interpreter {
  /**
   * Runs from the µop at IR address `ip` until an exit; clears EXIT at entry. Afterwards the cells EXIT, EXIT_IP and PC say why and
   * where (`ir/layout.ts`).
   */
  run(ip: number): void;
}

/** Compiles the interpreter for `memory`. */
export function createInterpreter(memory: WebAssembly.Memory, imports: EngineImports): Interpreter {
  void memory; void imports;
  throw new Error('not built yet');
}
