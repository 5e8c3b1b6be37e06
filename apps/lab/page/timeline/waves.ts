/** Buses and lines around a moment, as a logic analyser shows them: what is drawn, not how. */
import type { SpanTable } from '../../../../src/control/trace/window.ts';
import type { BoardDescription } from '../../../../src/machine/describe.ts';
import type { Ticks } from '../../../../src/sim/time.ts';
import type { TraceRecord, TransactionRecord } from '../../../../src/sim/trace/records.ts';
import { hex } from '../inspect/format.ts';

/** Something stands on a bus for a while. */
export interface WaveValue {
  readonly id: number;
  readonly from: Ticks;
  readonly to: Ticks;
  readonly text: string;
  readonly initiator: string;
}

/** When a signal is high: from each start to its end. */
export type Level = Pick<SpanTable, 'starts' | 'ends'>;

export type Wave =
  /** Signals that belong together, with the word that they carry. */
  | { readonly kind: 'bus'; readonly name: string; readonly what: string; readonly values: readonly WaveValue[] }
  /** One signal. */
  | { readonly kind: 'line'; readonly name: string; readonly high: Level };

/**
 * Address, data and direction of each bus that carried something in `records`. A transaction stands
 * on its initiator's bus and on the bus of what answered it; the processor's own bus has its name.
 */
export function busWaves(records: readonly TraceRecord[], board: BoardDescription): Wave[] {
  const buses = new Map<string, TransactionRecord[]>();
  for (const r of records)
    if (r.kind === 'transaction')
      for (const bus of busesOf(r, board)) buses.set(bus, [...(buses.get(bus) ?? []), r]);
  const order = ['processor', ...board.buses.map((b) => b.name)];
  const sorted = [...buses].sort((a, b) => order.indexOf(a[0]) - order.indexOf(b[0]));
  return sorted.flatMap(([name, list]): Wave[] => {
    const values = (text: (r: TransactionRecord) => string): WaveValue[] => list.map((r) => ({
      id: r.id, from: r.start, to: r.end, text: text(r), initiator: r.initiator,
    }));
    return [
      { kind: 'bus', name, what: `address ${bits(list, board)}`, values: values((r) => address(r, board)) },
      { kind: 'bus', name, what: width(name, board), values: values(data) },
      { kind: 'bus', name, what: 'direction', values: values((r) => `${r.write ? 'write' : 'read'} ${r.space}`) },
    ];
  });
}

/** Names of the buses on which a transaction is seen. */
export function busesOf(r: TransactionRecord, board: BoardDescription): string[] {
  const by = board.initiators.find((i) => i.name === r.initiator);
  const space = board.spaces.find((s) => s.name === r.space);
  const region = space?.regions.find((g) => g.name === r.target && r.address >= g.base && r.address < g.base + g.size)
    ?? space?.regions.find((g) => g.name === r.target);
  const own = by === undefined || by.kind === 'processor' ? 'processor' : by.bus ?? 'processor';
  return [...new Set([own, region?.bus ?? own])];
}

/** Address lines in use. */
function bits(list: readonly TransactionRecord[], board: BoardDescription): string {
  const most = Math.max(...list.map((r) => board.spaces.find((s) => s.name === r.space)?.bits ?? 32));
  return `[${most - 1}:0]`;
}

/** Data lines of a bus; the processor's own bus has none that the board knows of. */
function width(name: string, board: BoardDescription): string {
  const bytes = board.buses.find((b) => b.name === name)?.bytesPerBeat;
  return bytes === undefined ? 'data' : `data [${8 * bytes - 1}:0]`;
}

/** As wide as the space's addresses are. */
function address(r: TransactionRecord, board: BoardDescription): string {
  const bits = board.spaces.find((s) => s.name === r.space)?.bits ?? 32;
  return hex(r.address, Math.ceil(bits / 4));
}

/** As wide as the access is; of a burst its length. */
function data(r: TransactionRecord): string {
  return r.value < 0 ? `${r.size} bytes` : hex(r.value, r.size * 2);
}
