import type { RunResult } from '../experiment.ts';
import { formatCount, formatSize } from '../../quantities.ts';

/** From how many uses on a copy is the faster way. */
export interface Reuse {
  readonly method: string;
  readonly bytes: number;
  /** Least number of uses for which copying first is faster; null if it never is. */
  readonly uses: number | null;
}

/** What copy and one use of each size took together, and the use alone (seconds). */
interface Costs {
  readonly once: readonly (readonly [number, number])[];
  readonly use: readonly (readonly [number, number])[];
}

function costsOf(run: RunResult): Costs {
  return { once: run.series?.['secondsOnceBySize'] ?? [], use: run.series?.['secondsUseBySize'] ?? [] };
}

/** `copy + n × there < n × here`: the least n. */
function least(copy: number, there: number, here: number): number | null {
  return here <= there ? null : Math.floor(copy / (here - there)) + 1;
}

/** For each way of copying and each size: from which number of uses on it pays. */
export function reuseOf(runs: readonly RunResult[]): Reuse[] {
  const inPlace = runs.find((r) => r.method === 'in-place');
  if (inPlace === undefined) return [];
  const here = costsOf(inPlace).use;
  return runs.filter((r) => r.method !== 'in-place').flatMap((run) => {
    const { once, use } = costsOf(run);
    return once.flatMap(([bytes, seconds], k) => {
      if (use[k] === undefined || here[k] === undefined) return [];
      const there = use[k][1];
      return [{ method: run.method, bytes, uses: least(seconds - there, there, here[k][1]) }];
    });
  });
}

function times(uses: number | null): string {
  if (uses === null) return 'never';
  return uses === 1 ? 'already for one use' : `from ${formatCount(uses)} uses on`;
}

/** `copy-dma pays: 4 to 64 bytes from 3 uses on; from 128 bytes on already for one use.` */
export function reuseLines(runs: readonly RunResult[]): string[] {
  const found = reuseOf(runs);
  return [...new Set(found.map((r) => r.method))].map((method) => {
    const groups: { from: number; to: number; uses: number | null }[] = [];
    for (const r of found.filter((f) => f.method === method)) {
      const last = groups.at(-1);
      if (last !== undefined && last.uses === r.uses) last.to = r.bytes;
      else groups.push({ from: r.bytes, to: r.bytes, uses: r.uses });
    }
    const each = groups.map(({ from, to, uses }) =>
      `${from === to ? formatSize(from) : `${formatSize(from)} to ${formatSize(to)}`} ${times(uses)}`);
    return `${method} is faster than in place: ${each.join('; ')}.`;
  });
}
