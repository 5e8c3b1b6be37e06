/**
 * The engine against the host's own processor: registers, flags, memory and traps after single
 * instructions and short sequences, bit for bit. What is left out: `coverage.ts`; flags that may
 * differ: `undefined-flags.ts`.
 */
import { afterAll, describe, expect, test } from 'vitest';
import { createReference } from '../../../src/ir/reference/reference.ts';
import { createEngine } from '../../../src/jit/dispatcher.ts';
import { drawCase, shapes } from './cases.ts';
import { compare } from './compare.ts';
import { coreHelpers } from './core-helpers.ts';
import { Engine } from './engine.ts';
import type { RunnerFactory } from './engine.ts';
import { Lcg } from './lcg.ts';
import { Native } from './native.ts';
import { MODE } from './record.ts';
import type { Case } from './record.ts';
import { drawSequence, pools } from './sequences.ts';

const ROUNDS = 3;
const EDGE_ROUNDS = 2;
const SEQUENCES = 4000;
const SELECTION = { slow: true, invalid: true };
/** The reference is slow and runs every third case. */
const ENGINES: readonly (readonly [name: string, every: number, make: RunnerFactory])[] = [
  ['WebAssembly interpreter', 1, (memory, imports) => createEngine(memory.memory, imports)],
  ['reference interpreter', 3, (memory, imports) => createReference(memory.memory.buffer, imports)],
];

interface CaseSet {
  readonly cases: Case[];
  readonly names: string[];
}

const native = Native.build();
if (typeof native === 'string') console.warn(`x86 oracle skipped: ${native}`);
afterAll(() => {
  if (typeof native !== 'string') native.remove();
});

function draw(mode: number, rounds: number, edge: boolean): CaseSet {
  const r = new Lcg(0x1234 + mode + (edge ? 0x1000 : 0));
  const set: CaseSet = { cases: [], names: [] };
  for (let round = 0; round < rounds; round++) {
    for (const shape of shapes(SELECTION)) {
      const c = drawCase(r, shape, mode, SELECTION, edge);
      if (c === null) continue;
      set.cases.push(c);
      set.names.push(shape.lift.name);
    }
  }
  return set;
}

function drawSequences(): CaseSet {
  const r = new Lcg(0x5e9);
  const from = pools(shapes(SELECTION));
  const cases = Array.from({ length: SEQUENCES }, (_, n) => drawSequence(r, from, n % 4 === 3));
  return { cases, names: cases.map(() => 'sequence') };
}

const SETS: readonly (readonly [name: string, draw: () => CaseSet])[] = [
  ...Object.entries(MODE).map(
    ([name, mode]) => [`single instructions, ${name}`, () => draw(mode, ROUNDS, false)] as const,
  ),
  ...Object.entries(MODE).map(
    ([name, mode]) =>
      [`operands at the end of memory or segment, ${name}`, () => draw(mode, EDGE_ROUNDS, true)] as const,
  ),
  ['sequences', drawSequences],
];

describe.skipIf(typeof native === 'string')('host processor', () => {
  test.each(SETS)('%s', (_name, drawSet) => {
    if (typeof native === 'string') return;
    const { cases, names } = drawSet();
    const host = native.run(cases);
    for (const [name, every, make] of ENGINES) {
      const differences = compare(cases, names, host, new Engine(make, coreHelpers), every);
      expect(differences.slice(0, 20).map((d) => `${name}: ${d}`).join('\n')).toBe('');
    }
  });
});
