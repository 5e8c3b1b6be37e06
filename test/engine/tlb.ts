/** For tests: the engine's TLBs filled by hand. */
import { INVALID_TAG, TLB, TLB_ENTRIES, tlbBase } from '../../src/ir/layout.ts';
import { EngineTlb } from '../../src/jit/tables.ts';

/** What an entry permits without a call; bits may be combined. */
export const ACCESS = { READ: 1, WRITE: 2 } as const;

const REGIMES = 2;

export class TestTlb {
  private readonly words: Int32Array;
  private readonly engine: EngineTlb;

  /** `words`: the core's window as i32. Empties all. */
  constructor(words: Int32Array) {
    this.words = words;
    this.engine = new EngineTlb(words, REGIMES);
  }

  /** Enters the page of virtual `address` into the TLB at `base`. */
  fill(base: number, address: number, access: number, addend: number): void {
    const index = (address >>> 12) & (TLB_ENTRIES - 1), regime = (base - tlbBase(0)) / TLB.BYTES;
    this.engine.fill(regime * TLB_ENTRIES + index, address & ~0xfff, (access & ACCESS.WRITE) !== 0, addend);
    if ((access & ACCESS.READ) === 0) this.words[((base + TLB.READ) >> 2) + index] = INVALID_TAG;
  }

  flush(): void {
    this.engine.flush();
  }
}
