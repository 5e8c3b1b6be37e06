import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EXIT, MAP, UOP_BYTES } from '../../src/ir/layout.ts';
import { OPS } from '../../src/ir/ops.ts';
import type { IrCache } from '../../src/ir/ir-cache.ts';
import { ALL_ROWS, Pair, type Side, WIDE } from './pair.ts';
import { type Draw, programOf, randomProgram } from './programs.ts';

/** A stream of numbers that is the same for the same seed. */
function stream(seed: number): Draw {
  let state = seed | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * below);
  };
}

const PAIRS = [
  ['interpreter', new Pair(), false], ['compiler', new Pair(), true],
  ['interpreter with 64-bit registers', new Pair(WIDE), false],
  ['compiler with 64-bit registers', new Pair(WIDE), true],
] as const;

/** Runs one program to its end, going on behind faults and leaves; returns the first difference. */
function lockstep(pair: Pair, compiled: boolean, program: (side: Side) => IrCache): string | undefined {
  let ip: number = MAP.IR;
  pair.prepare((side) => {
    const cache = program(side);
    if (compiled && side === pair.wasm) pair.compile(cache);
  });
  for (let exits = 0; exits < 30; exits++) {
    const difference = pair.run(ip);
    if (difference !== undefined) return difference;
    const exit = pair.exit;
    if (exit.code === EXIT.LEAVE) ip = exit.ip;
    else if (exit.code === EXIT.FAULT) {
      // The interpreter does not care where it is entered; behind a compiled fault the temporaries
      // are gone.
      if (compiled) return undefined;
      // As if the fault had been repaired by skipping the µop; there is nothing behind one that
      // ends its block.
      if (OPS[pair.isa.runs.opOf(pair.wasm.guest.view.getUint16(exit.ip, true))].ends) return undefined;
      ip = exit.ip + UOP_BYTES;
    } else return undefined;
  }
  return undefined;
}

describe.each(PAIRS)('Wasm %s against the reference', (_name, pair, compiled) => {
  test('random programs over all rows', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        expect(lockstep(pair, compiled, (side) => randomProgram(stream(seed), side, pair.isa))).toBe(undefined);
      }),
      { numRuns: 1500 },
    );
  });

  test.each(
    OPS.filter((row) => !row.ends && row.name !== 'head' && !row.sig.includes('l')).map(
      (row) => [row.name, row.op] as const,
    ),
  )('%s', (_, op) => {
    for (let seed = 0; seed < 12; seed++)
      expect(lockstep(pair, compiled, (side) => randomProgram(stream(op * 1000 + seed), side, pair.isa, op)))
        .toBe(undefined);
  });

  const runs = pair.isa === ALL_ROWS ? pair.isa.runs.list : pair.isa.runs.list.slice(0, 20);
  test.each(runs.map((run, index) => [run.map((op) => OPS[op].name).join(' '), run, index] as const))(
    'run %s',
    (_, run, index) => {
      for (let seed = 0; seed < 15; seed++)
        expect(lockstep(pair, compiled, (side) => programOf(stream(index * 1000 + seed), side, pair.isa, run)))
          .toBe(undefined);
    },
  );
});
