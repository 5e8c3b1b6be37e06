import { formatShare, formatSize } from '../../quantities.ts';
import type { Judgement, RunResult } from '../experiment.ts';

const of = (run: RunResult, key: string): number => Number(run.measures[key]);

/** The answer, as far as the runs that were made give one. */
export function judge(runs: readonly RunResult[]): Omit<Judgement, 'verdict'> {
  const wrong = runs.filter((r) => !r.matches).map((r) => r.method);
  return {
    sentence: wrong.length > 0
      ? `what arrived by ${wrong.join(', ')} is wrong`
      : [brought(runs), copies(runs)].filter((s) => s !== '').join('\n') || 'Nothing can be said of these runs.',
    next: 'compare file-mmap with --cache warm, --advice random, or --methods read-dma,mmap-dma; ' +
      'compare direct-io',
    reference: '',
  };
}

/** By read and by mmap the same bytes come from the disk, by the same carrier. */
function brought(runs: readonly RunResult[]): string {
  const pairs = ['pio', 'dma'].flatMap((by) => {
    const [read, mapped] = ['read', 'mmap'].map((way) => runs.find((r) => r.method === `${way}-${by}`));
    return read === undefined || mapped === undefined ? [] : [{ by, read, mapped }];
  });
  if (pairs.length === 0) return '';
  const keys = ['fromDisk', 'byProcessor', 'byDevice'];
  const same = pairs.every(({ read, mapped }) => keys.every((k) => of(read, k) === of(mapped, k)));
  if (same && pairs.every(({ mapped }) => of(mapped, 'fromDisk') === 0))
    return 'The file was in the page cache: by read and by mmap alike nothing came from the disk.';
  const words = pairs.map(({ by, mapped }) =>
    `with ${by} the processor stored ${formatSize(of(mapped, 'byProcessor'))} there and the controller ` +
    formatSize(of(mapped, 'byDevice'))).join('; ');
  return same
    ? `How the file is looked at says nothing about how it came: for read and for mmap alike, ${words}.`
    : `For read and mmap not the same came from the disk; by mmap: ${words}.`;
}

/** What each way copied. */
function copies(runs: readonly RunResult[]): string {
  const words = runs.map((r) => `${r.method} ${formatSize(of(r, 'copied'))}` +
    (of(r, 'copied') > 0 ? ` (${formatShare(of(r, 'copyShare'))} of its time)` : ''));
  return `Copied by the processor from the page cache to the program's buffer: ${words.join(', ')}.`;
}
