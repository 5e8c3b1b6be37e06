/**
 * The generated cases by set. Each case has a generator of its own, seeded by what it is, so that
 * a new row in the decode table leaves the others (and their recorded answers) as they are.
 */
import { drawCase, shapes } from './cases.ts';
import type { Shape } from './cases.ts';
import { Lcg } from './lcg.ts';
import { MODE } from './record.ts';
import type { Case } from './record.ts';
import { drawSequence, pools } from './sequences.ts';

const ROUNDS = 3;
const EDGE_ROUNDS = 2;
const SEQUENCES = 4000;
/** Fields of a key. */
const ROUND_SHIFT = 15, EDGE_KEY = 1 << 20, SEQUENCE_KEY = 1 << 21;
const SELECTION = { slow: true, invalid: true };

export interface Drawn {
  readonly case: Case;
  /** Name of the lift function, or `sequence`. */
  readonly name: string;
  /** 32 bits that no other case has. */
  readonly key: number;
}

export interface CaseSet {
  readonly name: string;
  draw(): Drawn[];
}

/** Is this a case whose answer is kept? One round less of each set, and half of the sequences. */
export function isRecorded({ key }: Drawn): boolean {
  if ((key & SEQUENCE_KEY) !== 0) return (key & (SEQUENCE_KEY - 1)) < SEQUENCES / 2;
  return ((key >>> ROUND_SHIFT) & 3) < ((key & EDGE_KEY) !== 0 ? EDGE_ROUNDS : ROUNDS) - 1;
}

/** Spreads a key over the generator's seed, as near seeds give alike numbers (Murmur3's finalizer). */
function generator(key: number): Lcg {
  let h = Math.imul(key ^ (key >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return new Lcg(h ^ (h >>> 16));
}

function shapeKey(shape: Shape, mode: number, round: number, edge: boolean): number {
  return shape.opcode | (shape.reg << 9) | (shape.memory ? 1 << 12 : 0) | (mode << 13) |
    (round << ROUND_SHIFT) | (edge ? EDGE_KEY : 0);
}

function drawSingle(mode: number, rounds: number, edge: boolean): Drawn[] {
  const set: Drawn[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const shape of shapes(SELECTION)) {
      const key = shapeKey(shape, mode, round, edge);
      const c = drawCase(generator(key), shape, mode, SELECTION, edge);
      if (c !== null) set.push({ case: c, name: shape.lift.name, key });
    }
  }
  return set;
}

function drawSequences(): Drawn[] {
  const from = pools(shapes(SELECTION));
  return Array.from({ length: SEQUENCES }, (_, n) => {
    const key = n | SEQUENCE_KEY;
    return { case: drawSequence(generator(key), from, n % 4 === 3), name: 'sequence', key };
  });
}

export function caseSets(): CaseSet[] {
  const modes = Object.entries(MODE);
  return [
    ...modes.map(([name, mode]) => ({
      name: `single instructions, ${name}`, draw: () => drawSingle(mode, ROUNDS, false),
    })),
    ...modes.map(([name, mode]) => ({
      name: `operands at the end of memory or segment, ${name}`, draw: () => drawSingle(mode, EDGE_ROUNDS, true),
    })),
    { name: 'sequences', draw: drawSequences },
  ];
}

export function drawAll(sets: readonly CaseSet[]): Drawn[] {
  return sets.flatMap((set) => set.draw());
}
