import { formatSeconds, formatShare } from '../../quantities.ts';
import type { RunResult } from '../experiment.ts';

/** What a method takes: time for the bytes, and of it what the second job lost (seconds). */
interface Cost {
  readonly method: string;
  readonly time: number;
  readonly lost: number;
}

function costOf(run: RunResult): Cost {
  return { method: run.method, time: Number(run.measures['seconds']), lost: Number(run.measures['lost']) };
}

/** Time until both jobs are done, if the second one takes `work` seconds alone. */
export function bothDone({ time, lost }: Cost, work: number): number {
  return Math.max(time, work + lost);
}

/** Part of its time by which a method has to be ahead, to be called another winner. */
const MARGIN = 0.001;

/** Who ends both jobs first, by the length of the second one: method and from which length on. */
export function winners(costs: readonly Cost[]): { method: string; from: number }[] {
  // Each total is flat up to time - lost and then rises one for one: they cross where one begins
  // to rise above another's level.
  const points = [0, ...costs.flatMap((a) => costs.map((b) => b.time - a.lost))].filter((p) => p >= 0);
  const found: (Cost & { from: number })[] = [];
  for (const from of [...new Set(points)].sort((a, b) => a - b)) {
    // Just behind the point, as both are equal at it.
    const work = from + 1e-9;
    const best = costs.reduce((a, b) => (bothDone(b, work) < bothDone(a, work) ? b : a));
    const before = found.at(-1);
    // What it can be ahead of the one before, however long the work is.
    const ahead = before === undefined ? Infinity : before.lost - best.lost;
    if (before?.method !== best.method && ahead > MARGIN * best.time) found.push({ ...best, from });
  }
  return found;
}

/** Who ends both jobs first, in words; '' if there is nothing to compare. */
function race(runs: readonly RunResult[]): string {
  const [first, ...others] = runs.length < 2 ? [] : winners(runs.map(costOf));
  if (first === undefined) return '';
  const later = others.map((w) => `${w.method} if it takes more than ${formatSeconds(w.from)} alone`);
  return later.length === 0
    ? `${first.method} ends both jobs first, however long the second one is`
    : `either may win: ${first.method} ends both jobs first if the second one is short, ${later.join(', ')}`;
}

/** The experiment's answer. */
export function sentence(runs: readonly RunResult[]): string {
  const parts = [
    runs.map((r, i) => {
      const share = formatShare(Number(r.measures['workShare']));
      return `beside ${r.method} ${i === 0 ? `the second job keeps ${share} of its speed` : share}`;
    }).join(', '),
  ];
  if (race(runs) !== '') parts.push(race(runs));
  const without = runs.filter((r) => r.method !== 'dma');
  if (without.length < runs.length && race(without) !== '') parts.push(`without a bus master ${race(without)}`);
  return parts.join('; ');
}

/** What else follows: what the 8237 took from the processor. */
export function details(runs: readonly RunResult[], hold: string): string[] {
  const old = runs.filter((r) => r.method.startsWith('8237'));
  if (old.length === 0) return [];
  const held = old.map((r) => `${formatShare(Number(r.measures['held']))} beside ${r.method}`);
  return [
    'the disk gives what pio, pio-irq and dma read; a card on ISA, as fast as it is asked, what the 8237 moves',
    hold === 'processor'
      ? "the 8237 has the processor's bus (dma-hold processor), which stands still meanwhile: for " +
        `${held.join(', ')}`
      : 'the 8237 has PCI and ISA (dma-hold pci): the processor goes on in RAM, and waits where it wants a device',
  ];
}
