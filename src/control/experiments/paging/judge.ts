import { formatCount, formatSeconds, formatShare } from '../../quantities.ts';
import type { Judgement, RunResult } from '../experiment.ts';

/** A use that takes so many times what it takes while all fits is beyond the knee. */
const KNEE = 2;

const NEXT = 'compare paging with --order random, --change 0, --processes 6, or --rounds 4; ' +
  'compare disk-read --guest debian; compare file-mmap';

type Point = readonly [x: number, y: number];

/** The last point before uses become dear, and the first behind it; null where all fits. */
export function kneeOf(curve: readonly Point[]): { before: Point; behind: Point } | null {
  const [first] = curve;
  const at = first === undefined ? -1 : curve.findIndex(([, y]) => y > KNEE * first[1]);
  const before = curve[at - 1], behind = curve[at];
  return before === undefined || behind === undefined ? null : { before, behind };
}

/** The answer, from the runs by each method. */
export function judge(runs: readonly RunResult[], each: string): Omit<Judgement, 'verdict'> {
  return {
    sentence: [...runs.map((run) => kneeWords(run, each)), ...carried(runs)].join('\n'),
    details: runs.map(missWords), next: NEXT, reference: '',
  };
}

function kneeWords({ method, series }: RunResult, each: string): string {
  const knee = kneeOf(series?.['secondsPerUse'] ?? []);
  if (knee === null) return `${method}: everything fits into memory, the disk is not needed`;
  const { before: [n, fits], behind: [m, thrash] } = knee;
  return `${method}: ${n} processes of ${each} fit, a use of a page takes ${formatSeconds(fits)}; ` +
    `with ${m} it takes ${formatSeconds(thrash)}, ${Math.round(thrash / fits)} times as long`;
}

function missWords({ method, measures }: RunResult): string {
  const n = (key: string): string => formatCount(Number(measures[key] ?? 0));
  const hits = formatShare(Number(measures['hitShare'] ?? 0));
  return `${method}: of ${n('uses')} uses ${hits} hit; ${n('pagesIn')} pages came in, ` +
    `${n('readAhead')} of them in advance (${n('readAheadUsed')} were then used); ${n('evicted')} were evicted, ` +
    `${n('pagesOut')} written back. The kernel's own count of pages in and out is the same to the page.`;
}

/** Who moved the pages, where both ways were run. */
function carried(runs: readonly RunResult[]): string[] {
  const pio = runs.find((r) => r.method === 'pio'), dma = runs.find((r) => r.method === 'dma');
  if (pio === undefined || dma === undefined || Number(pio.measures['pagesIn']) === 0) return [];
  const n = (run: RunResult, key: string): number => Number(run.measures[key] ?? 0);
  return [
    `It is the same cache by either: by PIO the processor moved each page itself (busy ` +
      `${formatShare(n(pio, 'cpuBusy'))}, ${formatSeconds(n(pio, 'seconds'))}), by DMA the controller did ` +
      `(${formatShare(n(dma, 'cpuBusy'))}, ${formatSeconds(n(dma, 'seconds'))})`,
  ];
}
