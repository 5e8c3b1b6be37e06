import { toSeconds } from '../../../sim/time.ts';
import type { RunResult } from '../experiment.ts';
import { formatCount, formatSeconds, formatSize } from '../../quantities.ts';
import { SWEEP_SIZES } from './block.ts';

/** From which size on one way is faster than another, for one transfer and its completion. */
export interface Crossover {
  /** The way by DMA, and the one that it is compared with. */
  readonly dma: string;
  readonly other: string;
  /** Least size of the sweep from which on DMA is always faster (bytes); null if it is never. */
  readonly bytes: number | null;
}

const DMA = ['device-dma', 'system-dma'];

/** Seconds of one transfer by size, as a run measured them. */
function times(run: RunResult, series: string): readonly number[] {
  return (run.series?.[series] ?? []).map(([, seconds]) => seconds);
}

/** The crossovers of every way by DMA (`dma`) with every way by the processor. */
export function crossoversOf(runs: readonly RunResult[], series: string, dma: readonly string[] = DMA): Crossover[] {
  const measured = runs.filter((r) => r.series?.[series] !== undefined);
  const others = measured.filter((r) => !dma.includes(r.method));
  return measured.filter((r) => dma.includes(r.method)).flatMap((mover) => others.map((other) => {
    const fast = times(mover, series), slow = times(other, series);
    let first = fast.length;
    while (first > 0 && fast[first - 1] < slow[first - 1]) first--;
    return { dma: mover.method, other: other.method, bytes: first < fast.length ? SWEEP_SIZES[first] : null };
  }));
}

function when(bytes: number | null): string {
  if (bytes === null) return 'at no size';
  return bytes === SWEEP_SIZES[0] ? 'at every size' : `from ${formatSize(bytes)} on`;
}

/** `a, b and c` */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** `than port-pio and mmio-uc from 128 B on, than mmio-wc at no size` */
export function against(found: readonly Crossover[]): string {
  const groups = new Map<number | null, string[]>();
  for (const c of found) groups.set(c.bytes, [...groups.get(c.bytes) ?? [], c.other]);
  return [...groups].map(([bytes, others]) => `than ${listed(others)} ${when(bytes)}`).join(', ');
}

/**
 * What a transfer costs besides moving its data: where DMA begins to win depends on it.
 * @param boardOptions the board's options, of which it needs those below
 * @param burst bytes of a burst by the card or the engine
 */
export function costs(boardOptions: Readonly<Record<string, unknown>>, burst: number): string {
  const { interruptEntry, memoryLatency, combiningLine } = boardOptions;
  const cycles = Number(interruptEntry);
  return `At these costs: interrupt entry ${formatCount(cycles)} cycle${cycles === 1 ? '' : 's'}, its acknowledge ` +
    `cycle no time, memory latency ${formatSeconds(toSeconds(Number(memoryLatency)))}, bursts of ` +
    `${formatSize(burst)} by DMA and of ${formatSize(Number(combiningLine))} by mmio-wc; no write by mmio-uc or ` +
    'port-pio is posted.';
}

/** Where DMA begins to win, a line for each way by DMA and each direction that was measured. */
export function crossovers(runs: readonly RunResult[]): string[] {
  const out: string[] = [];
  for (const [series, way] of [['secondsToBySize', 'to'], ['secondsFromBySize', 'from']] as const) {
    const found = crossoversOf(runs, series);
    for (const dma of new Set(found.map((c) => c.dma)))
      out.push(`One transfer ${way} the card: ${dma} is faster ${against(found.filter((c) => c.dma === dma))}.`);
  }
  return out;
}
