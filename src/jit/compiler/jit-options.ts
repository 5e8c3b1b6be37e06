/** The numbers that decide what is compiled, and when. */
import { MISSES_OFTEN } from '../../ir/miss-sites.ts';

/** Defaults, measured on a kernel's boot (ADR 0005, 0007). */
export const JIT_DEFAULTS = {
  /** Entries from the interpreter that make a block hot. */
  hotThreshold: 12_000,
  /** Blocks that wait before a group is compiled, unless one of them gets hot again. */
  group: 48,
  /** Entries of a compiled function after which its page is compiled anew. */
  regroupThreshold: 50_000,
  /**
   * Entries of a function compiled so after which it is looked at, each time: does it leave at
   * misses that an arm would come back from? Then its page is compiled anew once more.
   */
  secondRegroup: 1_000_000,
  /**
   * Misses of a TLB probe in one run after which its compiled code comes back from them: 1 to this.
   */
  misses: MISSES_OFTEN,
  /** Most functions in a module. */
  functions: 64,
  /** Most instructions compiled anew together. */
  regroupInsns: 4000,
  /** Bytes of WebAssembly after which all compiled code is dropped and made anew as it gets hot. */
  bytes: 8 * 2 ** 20,
} as const;

export type JitOptions = { readonly [K in keyof typeof JIT_DEFAULTS]?: number };

/** All options. Throws RangeError if misses could not be counted so far. */
export function withDefaults(options: JitOptions): Required<JitOptions> {
  const all = { ...JIT_DEFAULTS, ...options }, { misses } = all;
  if (!Number.isInteger(misses) || misses < 1 || misses > MISSES_OFTEN)
    throw new RangeError(`misses must be 1 to ${MISSES_OFTEN}, not ${misses}`);
  return all;
}
