/**
 * Which pages of linear memory hold decoded code, and of which cores: stores to them must be seen,
 * whoever makes them. One for all cores of a memory.
 */

/** What a core does about its decoded code. */
export interface CodeHolder {
  /** Stores to the page at this address take the slow path from now on. */
  dropWrites(host: number): void;
  /** Another core is about to write here. */
  writtenByOther(host: number, length: number): void;
}

/** Cores that one memory can have. */
export const MAX_CORES = 8;

export class CodePages {
  /** By page number: bit n = core n has decoded code in it. */
  readonly pages: Uint8Array;
  private readonly holders: CodeHolder[] = [];

  /** `bytes`: size of the linear memory. */
  constructor(bytes: number) {
    this.pages = new Uint8Array(bytes >>> 12);
  }

  /** Returns the core's number here. */
  join(holder: CodeHolder): number {
    if (this.holders.length === MAX_CORES) throw new RangeError(`a memory has at most ${MAX_CORES} cores`);
    return this.holders.push(holder) - 1;
  }

  protect(core: number, host: number): void {
    this.pages[host >>> 12] |= 1 << core;
    for (const holder of this.holders) holder.dropWrites(host);
  }

  unprotect(core: number, host: number): void {
    this.pages[host >>> 12] &= ~(1 << core);
  }

  /** `core` is about to write here, as it has seen that there may be code: tells the others. */
  written(core: number, host: number, length: number): void {
    for (let n = 0; n < this.holders.length; n++) if (n !== core) this.holders[n].writtenByOther(host, length);
  }
}
