import type { Board } from '../machine/board.ts';
import { named } from './export/trace-filter.ts';

/** Names that can stand in a trace of a board. */
export interface TraceNames {
  initiators: readonly string[];
  /** Regions of every address space, and `none`, which stands where nothing answers. */
  targets: readonly string[];
  spaces: readonly string[];
}

/** The names of a board's trace: the processor, the DMA ports, the regions mapped now or later. */
export function traceNames(board: Board): TraceNames {
  const sorted = (names: string[]): string[] => [...new Set(names)].sort();
  return {
    initiators: sorted([
      ...board.processors.map((p) => p.processor.name),
      ...board.initiators.map((i) => i.port.name),
    ]),
    targets: sorted(['none', ...board.spaces.flatMap((s) => s.mapped.map((r) => r.name))]),
    spaces: board.spaces.map((s) => s.name),
  };
}

/**
 * The component that a name in a trace belongs to: the one with the longest name that it begins
 * with (`ide` of `ide.bus-master`, `com1` of `com1.irq`); null: none.
 */
export function componentOf(
  { components }: { readonly components: readonly { readonly name: string }[] }, name: string,
): string | null {
  let best: string | null = null;
  for (const c of components) if (named(name, [c.name]) && c.name.length > (best?.length ?? -1)) best = c.name;
  return best;
}
