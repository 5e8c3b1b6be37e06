import { basename } from 'node:path';
import type { CacheEntry } from '../cache/contents.ts';
import { formatSize } from '../quantities.ts';
import { formatTable } from '../table.ts';

/** What is in the cache, and how much of it may be. */
export interface CacheReport {
  readonly folder: string;
  /** On the sum of the starts' sizes, bytes. */
  readonly bound: number;
  readonly entries: readonly CacheEntry[];
}

const sum = (entries: readonly CacheEntry[]): number => entries.reduce((n, e) => n + e.bytes, 0);

export function cacheJson({ folder, bound, entries }: CacheReport): string {
  const starts = entries.filter((e) => e.kind === 'start');
  return `${JSON.stringify(
    { schema: 'northbridge-cache/1', folder, bytes: sum(entries), startBytes: sum(starts), startBound: bound, entries },
    null, 2,
  )}\n`;
}

/** For people. `now`: the time that ages are told by. */
export function cacheTable({ folder, bound, entries }: CacheReport, now: Date): string {
  const starts = entries.filter((e) => e.kind === 'start');
  const age = (then: Date): string => formatAge(now.getTime() - then.getTime());
  const table = formatTable([
    ['', 'size', 'made', 'used'], null,
    ...entries.map((e) => [`${e.kind} ${shortName(e)}`, formatMiB(e.bytes), age(e.made), age(e.used)]),
  ]);
  return `${entries.length === 0 ? '' : `${table}\n`}${counted(entries)}, ${formatMiB(sum(entries))}, in ${folder}\n` +
    `starts take ${formatMiB(sum(starts))} of ${formatSize(bound)} at most (NORTHBRIDGE_CACHE_SIZE)\n`;
}

/** What `cache clear` says. `left`: what is still there. */
export function clearedText(gone: readonly CacheEntry[], folder: string, left: readonly CacheEntry[]): string {
  const more = left.length === 0 ? '' : `${counted(left)}, ${formatMiB(sum(left))}, left: --all takes guests, too\n`;
  const what = gone.length === 0
    ? `nothing to clear in ${folder}`
    : `cleared ${counted(gone)}, ${formatMiB(sum(gone))}`;
  return `${what}\n${more}`;
}

function counted(entries: readonly CacheEntry[]): string {
  const kinds = [...new Set(entries.map((e) => e.kind))];
  const numbers = kinds.map((kind) => {
    const n = entries.filter((e) => e.kind === kind).length;
    return `${n} ${kind}${n === 1 ? '' : 's'}`;
  });
  return numbers.length === 0 ? 'nothing' : numbers.join(', ');
}

/** A file's name is a digest: its beginning tells it from the others. */
function shortName(entry: CacheEntry): string {
  const name = basename(entry.path);
  return entry.kind === 'guest' ? name : `${name.slice(0, 12)}…`;
}

function formatMiB(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}

function formatAge(ms: number): string {
  for (const [unit, length] of [['days', 864e5], ['h', 36e5], ['min', 6e4]] as const)
    if (ms >= (unit === 'days' ? 2 : 1) * length) return `${Math.floor(ms / length)} ${unit} ago`;
  return 'just now';
}
