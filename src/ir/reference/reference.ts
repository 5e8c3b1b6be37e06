/**
 * The reference interpreter: the same µop table and memory as the Wasm interpreter, in plain
 * TypeScript, runs taken µop by µop. The test oracle.
 */
import type { EngineMemory } from '../engine-memory.ts';
import type { EngineImports, FastFunction } from '../imports.ts';
import { EXIT, STATE, UOP_BYTES } from '../layout.ts';
import { type OpName, OPS } from '../ops.ts';
import type { InstructionSet } from '../instruction-set.ts';
import { ACCESS_STEPS } from './access.ts';
import { ARITH_STEPS } from './arith.ts';
import { CONTROL_STEPS } from './control.ts';
import { Machine } from './machine.ts';
import { MULDIV_STEPS } from './muldiv.ts';
import { SHIFT_STEPS } from './shift.ts';
import type { Step } from './step.ts';

const STEPS: Readonly<Record<OpName, Step>> = {
  ...CONTROL_STEPS, ...ARITH_STEPS, ...SHIFT_STEPS, ...MULDIV_STEPS, ...ACCESS_STEPS,
};
const BY_NUMBER: readonly Step[] = OPS.map((row) => STEPS[row.name]);

/**
 * An interpreter over `memory` with the same contract as the Wasm one; without
 * `fast` functions, their helpers do it all.
 */
export function createReference(
  memory: EngineMemory, isa: InstructionSet, imports: EngineImports,
  fast: readonly FastFunction[] = [],
): { run(ip: number): void } {
  const m = new Machine(memory, isa, imports, fast);
  return {
    run(ip: number): void {
      m.write(STATE.EXIT, 32, EXIT.NONE);
      m.next = ip;
      m.running = true;
      while (m.running) {
        m.ip = m.next;
        m.next = m.ip + UOP_BYTES;
        BY_NUMBER[isa.runs.opOf(m.read(m.ip, 16))](m);
      }
    },
  };
}
