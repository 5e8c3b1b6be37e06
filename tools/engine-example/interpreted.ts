/** One arm of the interpreter as text. */
import { OPS, type OpName } from '../../src/ir/ops.ts';
import { MAP, STATE } from '../../src/ir/layout.ts';
import type { Locals } from '../../src/jit/emit/operands.ts';
import { Code } from '../../src/jit/wasm-code.ts';
import { I32 } from '../../src/jit/wasm-bytes.ts';
import { encodeModule } from '../../src/jit/wasm-encode.ts';
import { X86_ISA } from '../../src/arch/x86/isa.ts';
import { WordOperands } from '../../src/jit/word-operands.ts';
import { functionLines, Marks, statements } from './wasm-text.ts';

/**
 * What the interpreter does at the µop `op`, by its own emitter and operand policy; the loop around
 * stands for its dispatch.
 */
export async function interpreterArm(op: number): Promise<string> {
  const f = new Code(1);
  const policy = new WordOperands(f, X86_ISA);
  f.loop((next) => {
    Object.assign(policy.labels, { next, enter: next, probe: next, left: next });
    policy.emitArm([op]);
  });
  const binary = encodeModule({
    types: [{ params: [I32], results: [] }],
    importedFunctions: [],
    memory: { minimum: MAP.RAM / 0x10000 },
    functions: [{ type: 0, code: f }],
  });
  const lines = await functionLines(binary);
  const locals = new Map<number, string>([
    [policy.ip, 'ip'],
    ...Object.entries(policy.t as Locals).map(([name, n]) => [n as number, name] as const),
  ]);
  const cells = new Map<number, string>([[STATE.CC_RES, 'CC_RES'], [STATE.CC_AUX, 'CC_AUX']]);
  const name: OpName = OPS[op]!.name;
  const text = statements(lines.slice(1, -1), new Marks(), {
    locals, cells,
    constants: new Map(),
    labels: new Map([[1, 'next']]),
    types: [],
  });
  return [`;; ${name}`, ...text].join('\n');
}
