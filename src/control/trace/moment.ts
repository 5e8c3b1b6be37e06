import type { TraceRecord, TransactionRecord } from '../../sim/trace/records.ts';
import type { Ticks } from '../../sim/time.ts';
import type { Lane } from './lane.ts';
import type { Lanes } from './lanes.ts';
import type { Windows } from './window.ts';

/** Which edge is wanted: the nearest one, or the nearest that is earlier or later. */
export type Side = 'nearest' | 'before' | 'after';

/** Where a span of a lane begins or ends. */
export interface LaneEdge {
  readonly time: Ticks;
  /** The span's record. */
  readonly id: number;
  readonly edge: 'start' | 'end';
}

/** What goes on at one time. */
export interface TraceMoment {
  /** Transactions under way, the innermost of each target, in the order of lanes. */
  readonly transactions: readonly TransactionRecord[];
  /** DMA requests that are not over: ids. */
  readonly requests: readonly number[];
  /** Handlers that have been entered and have not returned: ids. */
  readonly handlers: readonly number[];
  /** Levels of all lines that are known. */
  readonly lines: readonly { readonly line: string; readonly high: boolean }[];
}

/** Groups to either side that are looked at: an edge that is nearer cannot lie further away. */
const BESIDE = 2;

export function nearestEdge(windows: Windows, lanes: Lanes, key: string, time: Ticks, side: Side): LaneEdge | null {
  const lane = lanes.lane(key);
  if (lane === null) return null;
  return lane.whole(lanes.latest, () => {
    const { groups } = lane;
    if (groups.first === groups.end) return null;
    const from = groups.startOf(Math.max(groups.first, groups.groupBefore(time) - BESIDE));
    const to = groups.startOf(Math.min(groups.end - 1, groups.groupBefore(time + 1) + BESIDE)) + 1;
    let best: LaneEdge | null = null;
    const better = (edge: LaneEdge): void => {
      if (side === 'before' ? edge.time >= time : side === 'after' && edge.time <= time) return;
      const away = Math.abs(edge.time - time);
      if (away !== Infinity && (best === null || away < Math.abs(best.time - time))) best = edge;
    };
    for (const { id, start, end } of windows.spansOf(lane, from, Math.max(to, time + 1), Infinity, Infinity) ?? []) {
      better({ time: start, id, edge: 'start' });
      if (end !== start) better({ time: end, id, edge: 'end' });
    }
    return best;
  });
}

export function momentOf(
  windows: Windows, lanes: Lanes, time: Ticks, record: (id: number) => TraceRecord | null,
): TraceMoment {
  const under = (lane: Lane): number[] => lane.whole(lanes.latest, () =>
    (windows.spansOf(lane, time, time + 1, Infinity, Infinity) ?? [])
      .filter((s) => s.start <= time && s.end > time).map((s) => s.id));
  const of = (kind: string): number[] => lanes.list.filter((l) => l.kind === kind).flatMap(under);
  return {
    transactions: lanes.list.filter((l) => l.kind === 'target').flatMap((l) => {
      const found = record(under(l).at(-1) ?? 0);
      return found?.kind === 'transaction' ? [found] : [];
    }),
    requests: of('request'),
    handlers: of('handler'),
    lines: lanes.list.filter((l) => l.kind === 'line').map((l) => ({ line: l.name, high: under(l).length > 0 })),
  };
}
