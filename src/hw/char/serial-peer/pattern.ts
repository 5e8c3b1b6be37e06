/**
 * The characters of a seed, the same every time, all 8 bits: a generator of Marsaglia's xorshift
 * kind (13, 17, 5) in one 32-bit word. Its state goes on from call to call.
 */
export function nextCharacter(state: { seed: number }): number {
  let x = state.seed;
  x ^= x << 13;
  x ^= x >>> 17;
  x ^= x << 5;
  state.seed = x >>> 0;
  return (x >>> 16) & 0xff;
}

/** The first `length` characters of a seed, which is not 0. */
export function serialPattern(seed: number, length: number): Uint8Array {
  const state = { seed }, bytes = new Uint8Array(length);
  for (let n = 0; n < length; n++) bytes[n] = nextCharacter(state);
  return bytes;
}
