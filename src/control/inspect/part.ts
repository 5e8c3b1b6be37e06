/** A component of a machine as it is: registers, lines, DMA, what it counts and what it noted. */
import { Device } from '../../hw/device.ts';
import type { DmaPort } from '../../hw/dma-port.ts';
import { STATUS_NAMES } from '../../mem/transaction.ts';
import type { Machine } from '../../machine/machine.ts';
import type { Bank } from '../../reg/bank.ts';
import type { Component, Figure } from '../../sim/component.ts';
import type { Ticks } from '../../sim/time.ts';
import { named } from '../export/trace-filter.ts';
import { lookAtBanks, type BankLook, type BankPlace } from './registers.ts';

export interface PartLook {
  readonly name: string;
  /** The chip and what it does; '' for a part that stands for none. */
  readonly title: string;
  readonly datasheet: string;
  readonly clock: { readonly name: string; readonly hertz: number } | null;
  readonly banks: readonly BankLook[];
  readonly lines: readonly LineLook[];
  readonly dma: readonly DmaLook[];
  readonly counters: readonly { readonly name: string; readonly unit: string; readonly doc: string;
    readonly value: number }[];
  readonly notes: readonly { readonly what: string; readonly detail: string; readonly count: number }[];
  readonly figures: readonly Figure[];
  /** What the chip has and the model has not. */
  readonly absent: readonly string[];
}

/** A line from this part, or to it. */
export interface LineLook {
  readonly name: string;
  readonly high: boolean;
  readonly out: boolean;
  /** What it is wired to, or comes from; '' if to nothing. */
  readonly other: string;
}

/** A bus-master port, and the request under way. */
export interface DmaLook {
  readonly name: string;
  readonly space: string;
  readonly active: boolean;
  /** Of the request under way, or the last one. To memory = the device writes. */
  readonly toMemory: boolean;
  readonly address: number;
  /** Bytes asked for, and moved so far. */
  readonly length: number;
  readonly done: number;
  readonly status: string;
  /** Since reset: bursts, bytes, time waiting for the bus and holding it. */
  readonly bursts: number;
  readonly bytes: number;
  readonly waited: Ticks;
  readonly held: Ticks;
  /** Longest burst (bytes). */
  readonly burst: number;
}

/** A part of a machine, or null if it has none of that name. Nothing is changed. */
export function lookAtPart(machine: Machine, name: string): PartLook | null {
  const component = machine.board.components.find((c) => c.name === name);
  return component === undefined ? null : look(machine, component);
}

function look({ board }: Machine, c: Component): PartLook {
  const identity = c.describe();
  const device = c instanceof Device ? c : null;
  return {
    name: c.name, title: identity?.title ?? '', datasheet: identity?.datasheet ?? '',
    clock: c.clock === null ? null : { name: c.clock.name, hertz: c.clock.numerator / c.clock.denominator },
    banks: device === null ? [] : lookAtBanks(device, (bank) => placesOf(board, bank)),
    lines: [
      ...(device?.irqLines ?? []).map((l): LineLook => ({
        name: l.name, high: l.level, out: true, other: board.wires.find((w) => w.line === l)?.to ?? '',
      })),
      ...board.wires.filter((w) => w.to.startsWith(`${c.name}.`)).map((w): LineLook => (
        { name: w.to, high: w.line.level, out: false, other: w.line.name }
      )),
    ],
    dma: (device?.dmaPorts ?? []).map((p) =>
      lookAtPort(p, board.initiators.find((i) => i.port === p)?.binding.space.name ?? '')),
    counters: c.counterRows.map(({ name, unit, doc, value }) => ({ name, unit, doc, value: value() })),
    notes: board.trace.noteTotals.filter((n) => named(n.source, [c.name]))
      .map(({ what, detail, count }) => ({ what, detail, count })),
    figures: identity?.figures ?? [], absent: identity?.absent ?? [],
  };
}

function lookAtPort(port: DmaPort, space: string): DmaLook {
  const c = port.cells;
  return {
    name: port.name, space, active: c.active, toMemory: c.write, address: c.address, length: c.length, done: c.done,
    status: STATUS_NAMES[c.status], bursts: c.bursts, bytes: c.bytes, waited: c.waited, held: c.held, burst: port.burst,
  };
}

/** A bank may be mapped as it is, or by a target of the same name in front of it. */
function placesOf(board: Machine['board'], bank: Bank): BankPlace[] {
  const places = board.spaces.flatMap((space) =>
    space.mapped.filter((r) => r.enabled && r.target.name === bank.name)
      .map((r) => ({ space: space.name, base: r.base - r.offset })));
  return places.filter((p, i) => places.findIndex((q) => q.space === p.space && q.base === p.base) === i);
}
