/**
 * A seeded linear congruential generator (modulus 2^32); the same seed gives the same cases on
 * every host.
 */
export class Lcg {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** 32 bits, unsigned; the high bits of two steps, as the low ones are poor. */
  next(): number {
    return ((this.step() & 0xffff0000) | (this.step() >>> 16)) >>> 0;
  }

  /** 0 <= result < n, n at most 65536. */
  below(n: number): number {
    return (((this.step() >>> 16) * n) >>> 16) >>> 0;
  }

  /** True once in n. */
  oneIn(n: number): boolean {
    return this.below(n) === 0;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)];
  }

  private step(): number {
    this.state = (Math.imul(this.state, 1664525) + 1013904223) >>> 0;
    return this.state;
  }
}
