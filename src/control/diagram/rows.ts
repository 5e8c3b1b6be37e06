import type { BoardDescription } from '../../machine/describe.ts';
import { PROCESSOR_RAIL, type PartNode, type Topology } from './topology.ts';

/** Everything that stands above one rail and hangs on it. */
export interface Row {
  readonly rail: string;
  readonly large: readonly PartNode[];
  readonly small: readonly PartNode[];
}

/** Those that are drawn large, with the bridges that lead to them and memory. */
export function importantParts(
  board: BoardDescription, topology: Topology, given: readonly string[] | undefined,
): ReadonlySet<string> {
  const all = new Set(given ?? [
    ...board.initiators.map((i) => i.component),
    ...board.slots.map((s) => s.component),
  ]);
  for (const p of topology.parts) if (p.role === 'processor' || p.role === 'memory') all.add(p.name);
  for (const p of topology.parts) {
    if (!all.has(p.name)) continue;
    for (let at = topology.rails.find((r) => r.name === p.rail); at?.behind != null;) {
      all.add(at.behind);
      const above = at.parent;
      at = topology.rails.find((r) => r.name === above);
    }
  }
  return all;
}

/** Rows in the order of the rails; parts on no rail stand with the last. */
export function rowsOf(
  board: BoardDescription, topology: Topology, large: ReadonlySet<string>,
): Row[] {
  const slot = (name: string): number => {
    const at = board.slots.findIndex((s) => s.component === name);
    return at < 0 ? board.slots.length : at;
  };
  const last = (topology.rails.at(-1) as Topology['rails'][number]).name;
  return topology.rails.map(({ name }) => {
    const free = (p: PartNode): boolean => p.role !== 'attached' && p.leadsTo === null;
    const here = topology.parts.filter((p) =>
      free(p) && (p.rail === name || (p.rail === null && name === last)));
    const bridges = topology.parts.filter((p) => p.leadsTo === name);
    const inOrder = here.toSorted((a, b) => slot(a.name) - slot(b.name));
    const first = name === PROCESSOR_RAIL
      ? [...inOrder.filter((p) => p.role === 'processor'), ...inOrder.filter((p) => p.role !== 'processor')]
      : [...bridges, ...inOrder];
    const withAttached = first.flatMap((p) => [p, ...attachedTo(topology, p.name)]);
    // What a part brought along is as large as it.
    const isLarge = (p: PartNode): boolean => large.has(p.role === 'attached' ? p.owner ?? '' : p.name);
    return { rail: name, large: withAttached.filter(isLarge), small: withAttached.filter((p) => !isLarge(p)) };
  });
}

/** The parts that a part brought along. */
function attachedTo(topology: Topology, owner: string): PartNode[] {
  return topology.parts.filter((p) => p.role === 'attached' && p.owner === owner)
    .flatMap((p) => [p, ...attachedTo(topology, p.name)]);
}
