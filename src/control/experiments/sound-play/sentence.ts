import type { Judgement, RunResult } from '../experiment.ts';
import type { SoundPlayJob } from './experiment.ts';

const NEXT = 'compare sound-play with --busy 300us, --busy 30ms, --busy 130ms, then --busy 130ms --block 2KiB; ' +
  '--interrupt-entry 4000; compare sound-play --guest debian';
const NEXT_DEBIAN = 'compare sound-play --guest debian with --rate 16kHz, or --block 2KiB; ' +
  'compare sound-play --busy 300us';

const number = (run: RunResult, key: string): number => Number(run.found[key] ?? run.measures[key] ?? 0);

/** Seconds of the processor, in words. */
function time(seconds: number): string {
  const us = seconds * 1e6;
  return us >= 100 ? `${us.toFixed(0)} µs` : `${us.toFixed(1)} µs`;
}

/** What a run's processor did for sound (s): with load it cannot be told apart. */
function busySeconds(run: RunResult): number {
  return Number(run.measures['cpuBusy']) * Number(run.measures['seconds']);
}

/** What was heard, method by method. */
function heardOf(run: RunResult): string {
  if (run.found['inTime'] === 'yes') return `${run.method} played every sample in time`;
  const parts = [
    [number(run, 'lost'), 'samples lost'], [number(run, 'repeated'), 'heard again'],
    [number(run, 'silent'), 'frames of silence'],
  ].filter(([n]) => Number(n) > 0).map(([n, what]) => `${n} ${what}`);
  return `${run.method}: ${parts.join(', ')}`;
}

/** From which size of block on one set-up for each block is cheaper than every sample by hand. */
function crossover(runs: readonly RunResult[]): string[] {
  const [direct, single, auto] = ['direct', 'dma-single', 'dma-autoinit']
    .map((m) => runs.find((r) => r.method === m) ?? null);
  const lines: string[] = [];
  const perBlock = (run: RunResult): number => busySeconds(run) / number(run, 'blocks');
  if (direct !== null && single !== null) {
    const sample = busySeconds(direct) / number(direct, 'frames'), block = perBlock(single);
    lines.push(`a sample by hand takes ${time(sample)} of the processor, a block set up anew ${time(block)}: ` +
      `DMA begins to win at blocks of ${Math.ceil(block / sample)} samples`);
  }
  if (single !== null && auto !== null)
    lines.push(`a block costs ${time(perBlock(single))} where each is set up, ${time(perBlock(auto))} where DMA ` +
      'goes on by itself and the processor fills the half that was played');
  return lines;
}

/** The answer, from the runs that were made. */
export function soundSentence(runs: readonly RunResult[], job: SoundPlayJob): Omit<Judgement, 'verdict'> {
  const reference = String(runs[0]?.found['reference'] ?? '');
  const next = job.guest === 'debian' ? NEXT_DEBIAN : NEXT;
  const wrong = runs.filter((r) => !r.matches);
  if (wrong.length > 0)
    return {
      sentence: `What ${wrong.map((r) => r.method).join(' and ')} played is not what was given.`, reference, next,
    };
  const idle = job.values.busy === 0;
  const least = [...runs].sort((a, b) => busySeconds(a) - busySeconds(b))[0];
  const heard = runs.every((r) => r.found['inTime'] === 'yes')
    ? 'Every sample was played in time'
    : runs.map(heardOf).join('; ');
  const cost = !idle || runs.length < 2
    ? ''
    : `; ${least.method} took the least of the processor, ${(100 * Number(least.measures['cpuBusy'])).toFixed(2)} %`;
  return { sentence: `${heard}${cost}.`, details: idle ? crossover(runs) : [], reference, next };
}
