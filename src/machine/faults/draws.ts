/** A generator of pseudo-random numbers (xorshift32) whose state is a declared cell. */
export interface DrawCells {
  random: number;
  [name: string]: number;
}

/** Marsaglia's xorshift32 needs a state that is not 0; small seeds are spread. */
export function firstState(seed: number): number {
  return (Math.imul(seed, 0x9e3779b1) >>> 0) || 1;
}

/** The next number, 1 to 2^32 - 1. */
export function draw(cells: DrawCells): number {
  let x = cells.random;
  x ^= x << 13;
  x ^= x >>> 17;
  x ^= x << 5;
  return (cells.random = x >>> 0);
}

/**
 * A number from 1 to 2 * mean - 1, evenly: how many until the next one, whose chance is 1 in
 * `mean`. Drawn so, what goes right costs a subtraction.
 */
export function gap(cells: DrawCells, mean: number): number {
  return 1 + (draw(cells) % Math.max(1, 2 * mean - 1));
}
