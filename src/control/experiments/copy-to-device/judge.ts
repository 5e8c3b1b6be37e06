import { formatCount, formatRate, formatShare } from '../../quantities.ts';
import type { Judgement, RunResult } from '../experiment.ts';
import { against, crossoversOf } from '../paths/crossover.ts';

const DMA = ['dma', 'engine-dma'];

function number(run: RunResult, key: string): number {
  return Number(run.measures[key]);
}

/** `uc: 16,384 transfers of 4.0 bytes, 0.40 bytes a clock, 13.3 MB/s` */
function line(run: RunResult): string {
  return `${run.method}: ${formatCount(number(run, 'pciTransfers'))} transfers of ` +
    `${number(run, 'bytesPerTransfer').toFixed(1)} bytes, ${number(run, 'bytesPerClock').toFixed(2)} bytes of data ` +
    `in each clock of the held bus, ${formatRate(number(run, 'rate'))}.`;
}

/** Why there is write combining, from what was measured. */
export function judge(runs: readonly RunResult[]): Omit<Judgement, 'verdict'> {
  const wrong = runs.filter((r) => !r.matches).map((r) => r.method);
  const uncached = runs.find((r) => r.method === 'uc'), combined = runs.find((r) => r.method === 'wc');
  const mover = runs.find((r) => r.method === 'dma') ?? runs.find((r) => r.method === 'engine-dma');
  const found = crossoversOf(runs, 'secondsBySize', DMA);
  const details = [
    ...runs.map(line),
    ...[...new Set(found.map((c) => c.dma))].map((m) =>
      `One copy: ${m} is faster ${against(found.filter((c) => c.dma === m))}.`),
  ];
  return { sentence: sentence(wrong, uncached, combined, mover), details, next: NEXT, reference: '' };
}

function sentence(
  wrong: readonly string[], uncached: RunResult | undefined, combined: RunResult | undefined,
  mover: RunResult | undefined,
): string {
  if (wrong.length > 0) return `The bytes that arrived by ${wrong.join(', ')} are wrong.`;
  const parts: string[] = [];
  if (uncached !== undefined && combined !== undefined) {
    const times = number(combined, 'rate') / number(uncached, 'rate');
    parts.push(
      'Each uncached store is a transfer of its own and pays for the way to the device each time; combined stores ' +
        `share it in one burst for each full line, and that alone made the copy ${times.toFixed(1)} times as fast.`,
    );
  }
  if (mover !== undefined) {
    parts.push(
      `By ${mover.method} the processor was busy for ${formatShare(number(mover, 'cpuBusy'))} of the time: bursts ` +
        'are what makes a copy fast, and who makes them decides only whether the processor waits.',
    );
  }
  return parts.length > 0 ? parts.join('\n') : 'No two ways to compare: leave --methods out.';
}

const NEXT = 'compare copy-to-device --combining-line 64, --width 8, --offset 1 or --card vga --bytes 4MiB; ' +
  'sweep copy-to-device --param bytes=4..16KiB*4; compare use-in-place';
