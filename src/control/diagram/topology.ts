import type { BoardDescription } from '../../machine/describe.ts';
import { componentOf } from '../trace-names.ts';

/** Name of the rail that the processors are on. */
export const PROCESSOR_RAIL = 'processor';

export type Role = 'processor' | 'memory' | 'bridge' | 'device' | 'attached';

/** A bus as a place that parts hang on. */
export interface RailNode {
  readonly name: string;
  /** The bridge that leads to it, and the rail that the bridge hangs on; null for the first. */
  readonly behind: string | null;
  readonly parent: string | null;
}

export interface PartNode {
  readonly name: string;
  readonly title: string;
  readonly role: Role;
  /** The rail that it hangs on; null: none, it works on its own or belongs to `owner`. */
  readonly rail: string | null;
  /** The rail that it leads to, if it is a bridge. */
  readonly leadsTo: string | null;
  /** The part that brought it along. */
  readonly owner: string | null;
}

/** Lines that end at one part: interrupts, or requests of devices for DMA with their DACK#. */
export interface NetNode {
  readonly kind: 'interrupt' | 'request';
  readonly to: string;
  readonly from: readonly string[];
  /** Every line by its name, with the part that drives it; null where several come together. */
  readonly lines: ReadonlyMap<string, string | null>;
}

/** What is connected to what: a tree of rails with parts on them, and nets of lines. */
export interface Topology {
  /** Parents before children. */
  readonly rails: readonly RailNode[];
  /** In the board's order. */
  readonly parts: readonly PartNode[];
  readonly nets: readonly NetNode[];
  /** Channel of a DMA controller → the device that it acknowledges. */
  readonly acknowledged: ReadonlyMap<string, string>;
}

/** Reads the topology from a board's description alone: no board or chip is known here by name. */
export function topologyOf(board: BoardDescription): Topology {
  const slotBus = busesBehind(board);
  const railOf = (name: string): string | null => hangsOn(board, name, slotBus);
  const owners = new Map(board.relations.filter((r) => r.kind === 'includes').map((r) => [r.to, r.from]));
  const rails = railTree(board, (bridge) => {
    const slot = board.slots.find((s) => s.component === bridge && s.bridge !== bridge);
    return slot === undefined ? PROCESSOR_RAIL : slotBus.get(slot.bridge) ?? PROCESSOR_RAIL;
  });
  const parts = board.components.map((c): PartNode => {
    const bridged = rails.find((r) => r.behind === c.name);
    const owner = owners.get(c.name) ?? null;
    const rail = bridged !== undefined ? bridged.parent : railOf(c.name);
    const processor = board.initiators.some((i) => i.component === c.name && i.kind === 'processor');
    const role = processor ? 'processor'
      : bridged !== undefined ? 'bridge'
        : owner !== null ? 'attached'
          : rail === PROCESSOR_RAIL ? 'memory' : 'device';
    return {
      name: c.name, title: c.title ?? '', role, owner,
      rail: role === 'attached' ? null : rail, leadsTo: bridged?.name ?? null,
    };
  });
  return {
    rails, parts, nets: netsOf(board),
    acknowledged: new Map(board.relations.filter((r) => r.kind === 'acknowledges')
      .map((r) => [r.from, componentOf(board, r.to) ?? r.to])),
  };
}

/** The part that an initiator, or another name in a record, belongs to; null: none. */
export function partOf(board: BoardDescription, name: string): string | null {
  return board.initiators.find((i) => i.name === name)?.component ?? componentOf(board, name);
}

/** The part that answers as a target in a space; null: none. */
export function targetPartOf(board: BoardDescription, space: string, target: string): string | null {
  const regions = board.spaces.find((s) => s.name === space)?.regions ?? [];
  return regions.find((r) => r.name === target && r.owner !== null)?.owner ?? componentOf(board, target);
}

/** By bridge with slots: the bus that its slots are on. */
function busesBehind(board: BoardDescription): Map<string, string> {
  return new Map(board.buses.filter((b) => b.behind !== null).map((b) => [b.behind as string, b.name]));
}

/** The rail that a part hangs on: its slot's, else the first one that it answers or masters on. */
function hangsOn(board: BoardDescription, name: string, slotBus: ReadonlyMap<string, string>): string | null {
  const slot = board.slots.find((s) => s.component === name);
  const inSlot = slot === undefined ? undefined : slotBus.get(slot.bridge);
  if (inSlot !== undefined) return inSlot;
  const regions = board.spaces.flatMap((s) => s.regions.filter((r) => r.owner === name));
  const initiators = board.initiators.filter((i) => i.component === name);
  const bus = regions.find((r) => r.bus !== null)?.bus ?? initiators.find((i) => i.bus !== null)?.bus;
  if (bus !== undefined && bus !== null) return bus;
  return regions.length > 0 || initiators.length > 0 ? PROCESSOR_RAIL : null;
}

/** The rails from the processors' on, those behind a bridge after the one that it hangs on. */
function railTree(board: BoardDescription, parentOf: (bridge: string) => string): RailNode[] {
  const rails: RailNode[] = [{ name: PROCESSOR_RAIL, behind: null, parent: null }];
  const waiting = board.buses.map((b): RailNode => ({
    name: b.name, behind: b.behind, parent: b.behind === null ? PROCESSOR_RAIL : parentOf(b.behind),
  }));
  while (waiting.length > 0) {
    // One whose parent is nowhere hangs on the first.
    const next = waiting.findIndex((w) => rails.some((r) => r.name === w.parent));
    const [rail] = waiting.splice(Math.max(0, next), 1) as [RailNode];
    rails.push(next < 0 ? { ...rail, parent: PROCESSOR_RAIL } : rail);
  }
  return rails;
}

/** Lines by where they end; gates on the way are passed through. */
function netsOf(board: BoardDescription): NetNode[] {
  const acknowledged = board.relations.filter((r) => r.kind === 'acknowledges');
  const nets = new Map<string, { kind: NetNode['kind']; to: string; from: Set<string>;
    lines: Map<string, string | null> }>();
  for (const line of board.lines) {
    const end = endOf(board, line.to);
    if (end === null) continue;
    const kind = acknowledged.some((r) => r.from === end.pin) ? 'request' : 'interrupt';
    const driver = componentOf(board, line.from);
    if (driver === end.part) continue;
    const key = `${kind} ${end.part}`;
    let net = nets.get(key);
    if (net === undefined) nets.set(key, (net = { kind, to: end.part, from: new Set(), lines: new Map() }));
    net.lines.set(line.from, driver);
    if (driver !== null) net.from.add(driver);
  }
  return [...nets.values()].filter((n) => n.from.size > 0).map((n) => ({ ...n, from: [...n.from] }));
}

/** The input of a part where a line ends that goes to `to`: through gates, which are lines, too. */
function endOf(board: BoardDescription, to: string): { part: string; pin: string } | null {
  const seen = new Set<string>();
  for (let at: string | undefined = to; at !== undefined && !seen.has(at);) {
    seen.add(at);
    const part = componentOf(board, at);
    if (part !== null) return { part, pin: at };
    at = board.lines.find((l) => l.from === at)?.to;
  }
  return null;
}
