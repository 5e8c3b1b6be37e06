import type { Traced } from './access-tracer.ts';
import type { Bus } from './bus.ts';
import type { Region } from './region.ts';
import type { Guard, Target } from './transaction.ts';

/** A range of addresses that one region decodes, with what an access needs to know about it. */
export interface Range {
  readonly start: number;
  /** Address after the last one. */
  readonly end: number;
  readonly region: Region | null;
  readonly target: Target | null;
  readonly guard: Guard | null;
  readonly bus: Bus | null;
  /** What an access of 0 to 4 bytes takes. */
  readonly times: Float64Array;
  /** Added to an address it gives the offset in the target, modulo 2^32. */
  readonly delta: number;
  /** How accesses to it stand in the trace. */
  readonly traced: Traced | null;
}

export function rangeOf(start: number, end: number, region: Region, traced: Traced): Range {
  const { target, bus, latency } = region;
  const times = Float64Array.from([0, 1, 2, 3, 4], (bytes) =>
    bus === null ? latency : bus.accessTime(bytes, latency),
  );
  return {
    start, end, region, target,
    guard: target.guard ?? null,
    bus, times, traced,
    delta: (region.offset - region.base) | 0,
  };
}

/** Holds no address. */
export const NOWHERE: Range = {
  start: Infinity, end: -Infinity, region: null, target: null, guard: null, bus: null,
  times: new Float64Array(0),
  delta: 0,
  traced: null,
};

/** The ranges of enabled regions: disjoint, ascending, each with the region that decodes it. */
export interface FlatRange {
  start: number;
  /** Address after the last one. */
  end: number;
  readonly region: Region;
}

/**
 * Flattens regions: where several overlap, the highest priority decodes, and of equal priorities
 * the one that was mapped first.
 */
export function flatten(regions: readonly Region[]): FlatRange[] {
  const live = regions.filter((r) => r.enabled).sort((a, b) => b.priority - a.priority || a.order - b.order);
  const points = [...new Set(live.flatMap((r) => [r.base, r.base + r.size]))].sort((a, b) => a - b);
  const out: FlatRange[] = [];
  for (let p = 0; p + 1 < points.length; p++) {
    const start = points[p], end = points[p + 1];
    const region = live.find((r) => r.base <= start && r.base + r.size >= end);
    if (region === undefined) continue;
    const before = out.at(-1);
    if (before !== undefined && before.region === region && before.end === start) before.end = end;
    else out.push({ start, end, region });
  }
  return out;
}
