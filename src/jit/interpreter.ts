/**
 * The µop interpreter: one WebAssembly function emitted at start-up from the µop table (ADR 0002).
 * A loop around a br_table; each arm is the code of one emitter, or of several for a run, with the
 * interpreter's operand policy. The shape is
 *
 *     loop $next
 *  block $enter ;; ip = a block's head: runs it without a dispatch, or returns ip if it is compiled
 *         block $probe                   ;; jump cache, pc in local `target`
 *           block $left                  ;; EXIT is set: EXIT_IP = this µop or the next
 *             block $n … block $0
 *               br_table                 ;; by the low half of the µop's w0
 *             end … arms, each ends with ip += 16, br $next or a branch outwards
 */
import { OPS } from '../ir/ops.ts';
import type { InstructionSet } from '../ir/instruction-set.ts';
import { Code } from './wasm-code.ts';
import { WordOperands } from './word-operands.ts';

/**
 * `interpret(ip)`: executes µops from IR address `ip` on; returns the address of a compiled head
 * that it has come to, or 0 with EXIT set.
 */
export function interpreterCode(isa: InstructionSet, window: number): Code {
  const f = new Code(1, window);
  const policy = new WordOperands(f, isa);
  const known = new Set<string>(isa.rows);
  // What each number in w0 stands for: a row's op, or the ops of a run. Rows of others trap.
  const arms = [...OPS.map((row) => (known.has(row.name) ? [row.op] : null)), ...isa.runs.list];
  f.loop((next) => {
    f.block((enter) => {
      f.block((probe) => {
        f.block((left) => {
          Object.assign(policy.labels, { next, enter, probe, left });
          dispatch(f, policy, arms, arms.length - 1, []);
        });
        policy.emitLeft();
      });
      policy.emitProbe();
    });
    policy.emitEnter();
  });
  return f.unreachable();
}

/**
 * Opens the blocks for arms `arm`…0, with the br_table in the innermost, and emits each arm behind
 * its block's end.
 */
function dispatch(
  f: Code, policy: WordOperands, arms: readonly (readonly number[] | null)[], arm: number, labels: number[],
): void {
  f.block((label) => {
    labels[arm] = label;
    if (arm > 0) dispatch(f, policy, arms, arm - 1, labels);
    else f.get(policy.ip).load(16).brTable(labels, labels[labels.length - 1]);
  });
  const ops = arms[arm];
  if (ops === null) f.unreachable();
  else policy.emitArm(ops);
}
