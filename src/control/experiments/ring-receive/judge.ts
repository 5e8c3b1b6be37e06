import { formatCount, formatSeconds } from '../../quantities.ts';
import type { Judgement, RunResult } from '../experiment.ts';

const NEXT_DEBIAN = 'compare ring-receive --guest debian with --rate card, --interval 2ms, or --itr 5ms; ' +
  'compare ring-receive';
const NEXT = 'compare ring-receive with --stall 0ms, --ring 64KiB, --size 60, --rate card, or --itr 5ms; ' +
  'compare camera-stream';

const number = (run: RunResult, key: string): number => Number(run.measures[key] ?? 0);

/**
 * Who lost frames, and what the others paid; from the runs alone.
 * @param rateOf Mbit/s of each method's wire where they differ; left out: one for all
 */
export function judge(
  runs: readonly RunResult[], rateOf?: (method: string) => string,
): Omit<Judgement, 'verdict'> {
  const losers = runs.filter((r) => number(r, 'lost') > 0);
  const least = runs.reduce<RunResult | null>(
    (best, r) => (best === null || number(r, 'processorSeconds') < number(best, 'processorSeconds') ? r : best), null,
  );
  const lost = losers.length === 0
    ? 'No frame was lost'
    : losers.map((r) => `${r.method} lost ${lostOf(r)}`).join(', ');
  const busy = least === null || runs.length < 2 ? '' : `; ${cheapest(runs, number(least, 'processorSeconds'))}`;
  const next = runs[0]?.guest === 'debian' ? NEXT_DEBIAN : NEXT;
  const wires = rateOf === undefined || runs.length < 2
    ? '' : ` The wires differ: ${runs.map((r) => `${r.method} ${rateOf(r.method)} Mbit/s`).join(', ')}.`;
  return { sentence: `${lost}${busy}.${wires}`, details: details(runs), next, reference: '' };
}

/** Costs that differ by less than this share are called the same. */
const SAME = 0.01;

function cheapest(runs: readonly RunResult[], least: number): string {
  const names = runs.filter((r) => number(r, 'processorSeconds') <= least * (1 + SAME)).map((r) => r.method);
  const cost = `${formatSeconds(least)} a frame`;
  return names.length === 1
    ? `${names[0]} costs the processor least, ${cost}`
    : `${names.join(' and ')} cost the processor the same, ${cost}`;
}

function lostOf(run: RunResult): string {
  return `${formatCount(number(run, 'lost'))} of ${formatCount(number(run, 'sent'))} frames`;
}

function details(runs: readonly RunResult[]): string[] {
  return runs.map((r) => {
    const moved = number(r, 'processorBytes'), by = number(r, 'deviceBytes');
    return `${r.method}: of what arrived the processor moved ${formatCount(moved)} bytes, the card ${formatCount(by)}.`;
  });
}
