import { RANDOM } from './block.ts';

/** The stripes that the guest reads, in order. */
export function stripesOf(pattern: string, count: number, total: number): number[] {
  let x: number = RANDOM.seed;
  return Array.from({ length: count }, (_, n) => {
    if (pattern === 'sequential') return n;
    x = (Math.imul(x, RANDOM.factor) + RANDOM.addend) >>> 0;
    return (x >>> 8) % total;
  });
}

/**
 * The digest of stripes as the controller's data sheet says what is on its drives (§Drives), made
 * here for itself: stripe k is on drive k mod 4, in row k / 4.
 */
export function arrayDigest(stripes: readonly number[], stripeBytes: number): number {
  let sum = 0x811c9dc5;
  for (const stripe of stripes) {
    const first = (((stripe % 4) + 1) << 28) + (Math.floor(stripe / 4) * stripeBytes) / 4;
    for (let k = 0; k < stripeBytes / 4; k++) {
      let word = (first + k) | 0;
      word = Math.imul(word ^ (word >>> 16), 0x85eb_ca6b);
      word = Math.imul(word ^ (word >>> 13), 0xc2b2_ae35);
      sum = Math.imul(sum ^ word ^ (word >>> 16), 0x0100_0193);
    }
  }
  return sum >>> 0;
}
