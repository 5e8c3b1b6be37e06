/**
 * The engine against a processor: registers, flags, memory and traps after single instructions and
 * short sequences, bit for bit. The answers that one processor gave are kept and compared with on
 * every machine; where the host can run the harness, its own processor is asked as well. What is
 * left out: `coverage.ts`; flags that may differ: `undefined-flags.ts`; makers: `makers.ts`.
 */
import { afterAll, describe, expect, test } from 'vitest';
import { createReference } from '../../../src/ir/reference/reference.ts';
import { createEngine } from '../../../src/jit/dispatcher.ts';
import { hostProcessor } from '../host-processor.ts';
import { readRecorded } from '../recorded/container.ts';
import { answerOf, readAnswers } from './answers.ts';
import { caseSets, drawAll, isRecorded } from './case-sets.ts';
import type { Drawn } from './case-sets.ts';
import { compare } from './compare.ts';
import { X86_ISA } from '../../../src/arch/x86/isa.ts';
import { coreHelpers } from './core-helpers.ts';
import { Engine } from './engine.ts';
import type { RunnerFactory } from './engine.ts';
import { Native } from './native.ts';
import type { Outcome } from './record.ts';

/** The reference is slow and runs every third case. */
const ENGINES: readonly (readonly [name: string, every: number, make: RunnerFactory])[] = [
  ['WebAssembly interpreter', 1, (memory, imports) => createEngine(memory, X86_ISA, imports)],
  ['reference interpreter', 3, (memory, imports) => createReference(memory, X86_ISA, imports)],
];
const SETS = caseSets();
const NAMED = SETS.map((set) => [set.name, set] as const);
/** Share of the cases to be recorded that must have a recorded answer; below it they want recording anew. */
const RECORDED_SHARE = 0.9;

const native = Native.build();
if (typeof native === 'string') console.warn(`live x86 oracle skipped: ${native}`);
afterAll(() => {
  if (typeof native !== 'string') native.remove();
});

function expectSame(drawn: readonly Drawn[], answers: readonly (Outcome | null)[], vendor: string): void {
  for (const [name, every, make] of ENGINES) {
    const differences = compare(drawn, answers, vendor, new Engine(make, coreHelpers), every);
    expect(differences.slice(0, 20).map((d) => `${name}: ${d}`).join('\n')).toBe('');
  }
}

const recorded = readRecorded('integer.bin');
describe(`recorded answers of ${recorded.processor.name}`, () => {
  const answers = readAnswers(recorded.body);
  test.each(NAMED)('%s', (_name, { draw }) => {
    const drawn = draw();
    expectSame(drawn, drawn.map((one) => answerOf(answers, one)), recorded.processor.vendor);
  });

  test('are there for the cases (otherwise: npx tsx test/oracle/recorded/record.ts)', () => {
    const drawn = drawAll(SETS).filter(isRecorded);
    const known = drawn.filter((one) => answerOf(answers, one) !== null);
    expect(known.length / drawn.length).toBeGreaterThan(RECORDED_SHARE);
  });
});

const host = hostProcessor();
describe.skipIf(typeof native === 'string')(`host processor ${host.name}`, () => {
  test.each(NAMED)('%s', (_name, { draw }) => {
    if (typeof native === 'string') return;
    const drawn = draw();
    expectSame(drawn, native.run(drawn.map((one) => one.case)), host.vendor);
  });
});
