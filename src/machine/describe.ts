import { Device } from '../hw/device.ts';
import type { Clock } from '../sim/clock.ts';
import type { Component } from '../sim/component.ts';
import type { Ticks } from '../sim/time.ts';
import type { Board } from './board.ts';
import type { Machine } from './machine.ts';
import { optionWord } from './option-words.ts';

export const BOARD_SCHEMA = 'northbridge-board/1';

/** A machine's board as plain data, read from its recorded graph. Numbers: bytes, bits, hertz. */
export interface BoardDescription {
  readonly schema: typeof BOARD_SCHEMA;
  readonly board: string;
  readonly summary: string;
  readonly options: readonly OptionDescription[];
  readonly clocks: readonly { name: string; hertz: number; numerator: number; denominator: number }[];
  readonly buses: readonly BusDescription[];
  readonly spaces: readonly SpaceDescription[];
  readonly components: readonly ComponentDescription[];
  /** From outputs of components and gates to inputs. */
  readonly lines: readonly { from: string; to: string }[];
  /** Parts that work together without a wire: who asks whom for vectors, who forwards to whom. */
  readonly relations: readonly { kind: string; from: string; to: string }[];
  /** Outputs that are connected to nothing, on purpose. */
  readonly open: readonly { line: string; reason: string }[];
  readonly initiators: readonly InitiatorDescription[];
  readonly slots: readonly { bridge: string; device: number; function: number; component: string }[];
}

/** An option: what it can be, and what it is. Values are written as a user writes them. */
export interface OptionDescription {
  readonly name: string;
  readonly kind: string;
  readonly value: string;
  readonly default: string;
  readonly minimum?: string;
  readonly maximum?: string;
  readonly choices?: readonly string[];
  readonly doc: string;
  readonly source: string;
}

/** A bus that transfers occupy, and its timing in ticks (see `Bus`). */
export interface BusDescription {
  readonly name: string;
  readonly clock: string;
  readonly bytesPerBeat: number;
  readonly arbitration: Ticks;
  readonly firstData: Ticks;
  readonly perBeat: Ticks;
  /** The bridge that leads to it from the processors' side; null if none is recorded. */
  readonly behind: string | null;
}

export interface SpaceDescription {
  readonly name: string;
  readonly bits: number;
  /** The bridge that it is reached through; null for a space that processors reach. */
  readonly behind: string | null;
  readonly regions: readonly RegionDescription[];
}

/** A mapped range; those of base address registers may be off. */
export interface RegionDescription {
  readonly name: string;
  readonly base: number;
  readonly size: number;
  readonly enabled: boolean;
  /** Component that answers; null where nobody does. */
  readonly owner: string | null;
  readonly bus: string | null;
  /** What an access takes beyond its bus's own figures (ticks). */
  readonly latency: Ticks;
}

export interface ComponentDescription {
  readonly name: string;
  /** What it is a model of; null for a part that stands for no chip. */
  readonly compatible: string | null;
  readonly title: string | null;
  readonly datasheet: string | null;
  readonly clock: string | null;
}

export interface InitiatorDescription {
  readonly name: string;
  readonly component: string;
  readonly kind: 'processor' | 'dma';
  readonly spaces: readonly string[];
  readonly bus: string | null;
  /** What a burst takes beyond its bus's own figures (ticks). */
  readonly latency: Ticks;
}

/** Reads a machine's board. */
export function describeBoard(machine: Machine): BoardDescription {
  const { board, definition } = machine;
  return {
    schema: BOARD_SCHEMA, board: board.name, summary: definition.summary,
    options: options(machine),
    clocks: board.clocks.map(clock),
    buses: board.buses.map((b) => ({
      name: b.name, clock: b.clock.name, bytesPerBeat: b.width,
      arbitration: b.arbitration, firstData: b.firstData, perBeat: b.perBeat,
      behind: board.bridged.get(b)?.name ?? null,
    })),
    spaces: spaces(board),
    components: board.components.map(component),
    lines: board.wires.map((w) => ({ from: w.line.name, to: w.to })),
    relations: board.relations.map((r) => ({ ...r })),
    open: board.lines.filter((l) => board.openReason(l) !== '')
      .map((l) => ({ line: l.name, reason: board.openReason(l) })),
    initiators: initiators(board),
    slots: board.bridges.flatMap((bridge) =>
      bridge.pci.slots.map((s) => ({
        bridge: bridge.component.name, device: s.device, function: s.function, component: s.pci.name,
      })).sort((a, b) => a.device - b.device || a.function - b.function)),
  };
}

function options({ definition, options: values }: Machine): OptionDescription[] {
  return Object.entries(definition.options).map(([name, row]) => ({
    name: optionWord(name), kind: row.kind,
    value: row.format((values as Readonly<Record<string, unknown>>)[name]),
    default: row.format(row.default),
    ...(row.minimum === undefined ? {} : { minimum: row.format(row.minimum) }),
    ...(row.maximum === undefined || row.maximum === Number.MAX_SAFE_INTEGER
      ? {}
      : { maximum: row.format(row.maximum) }),
    ...(row.choices === undefined ? {} : { choices: row.choices }),
    doc: row.doc, source: row.source,
  }));
}

function clock({ name, numerator, denominator }: Clock): BoardDescription['clocks'][number] {
  return { name, hertz: numerator / denominator, numerator, denominator };
}

function spaces(board: Board): SpaceDescription[] {
  return board.spaces.map((space) => ({
    name: space.name, bits: space.bits,
    behind: board.bridges.find((b) => b.pci.config === space)?.component.name ?? null,
    regions: [...space.mapped].sort((a, b) => a.base - b.base || b.priority - a.priority).map((r) => ({
      name: r.name, base: r.base, size: r.size, enabled: r.enabled,
      owner: board.ownerOf(r.target)?.name ?? null,
      bus: r.bus?.name ?? null,
      latency: r.latency,
    })),
  }));
}

function component(c: Component): ComponentDescription {
  const identity = c.describe();
  return {
    name: c.name,
    compatible: identity?.compatible ?? null, title: identity?.title ?? null, datasheet: identity?.datasheet ?? null,
    clock: c.clock?.name ?? null,
  };
}

function initiators(board: Board): InitiatorDescription[] {
  const owner = (port: unknown): string =>
    board.components.find((c) => c instanceof Device && (c.dmaPorts as unknown[]).includes(port))?.name ?? '';
  return [
    ...board.processors.map((p) => ({
      name: p.processor.name, component: p.processor.name, kind: 'processor' as const,
      spaces: p.spaces.map((s) => s.name), bus: null, latency: 0,
    })),
    ...board.initiators.map(({ port, binding }) => ({
      name: port.name, component: owner(port), kind: 'dma' as const,
      spaces: [binding.space.name],
      bus: binding.bus?.name ?? null,
      latency: binding.latency,
    })),
  ];
}
