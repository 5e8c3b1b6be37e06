/** Where emitted code finds a page in the engine's TLB. */
import { TLB_ENTRIES } from '../../ir/layout.ts';
import type { Code } from '../wasm-code.ts';

/**
 * Pops a guest address; pushes the offset of its page's entry, the same in each table of a TLB
 * (`TLB` in `ir/layout.ts`).
 */
export function tlbEntry(f: Code): Code {
  return f.const(10).shrU().const((TLB_ENTRIES - 1) << 2).and();
}
