import { formatCount, formatShare } from '../../quantities.ts';
import type { Judgement, RunResult } from '../experiment.ts';

const NEXT = 'compare frame-buffer --wait-retrace on, --depth 32, --vram shared or --vram shared --snow on; ' +
  'compare copy-to-device; compare paths';

function number(run: RunResult, key: string): number {
  return Number(run.measures[key]);
}

/** `linear-uc: 3 of 7 frames were torn, the first at line 211.` */
function torn(run: RunResult): string {
  const tears = number(run, 'torn'), frames = number(run, 'frames');
  return tears === 0
    ? `${run.method}: none of ${formatCount(frames)} frames was torn.`
    : `${run.method}: ${formatCount(tears)} of ${formatCount(frames)} frames were torn, the first at line ` +
      `${number(run, 'tearLine')}.`;
}

/** Which way is the fastest into the picture, and what the beam made of it. */
export function judge(runs: readonly RunResult[]): Omit<Judgement, 'verdict'> {
  const wrong = runs.filter((r) => !r.matches).map((r) => r.method);
  const details = runs.map(torn);
  if (wrong.length > 0)
    return { sentence: `The last picture by ${wrong.join(', ')} is wrong.`, details, next: NEXT, reference: '' };
  const best = runs.toSorted((a, b) => number(b, 'pixelRate') - number(a, 'pixelRate'))[0];
  const first = `The most pixels came by ${best.method}, ${millions(number(best, 'pixelRate'))} million a second, ` +
    `while the PCI bus was held for ${formatShare(number(best, 'busShare'))} of the time.`;
  const second = 'The display card does not know that a value has changed: its beam reads the memory all the time ' +
    'and shows what is there when it comes by. Who draws while it passes is seen at it.';
  return { sentence: `${first}\n${second}`, details, next: NEXT, reference: '' };
}

function millions(n: number): string {
  return (n / 1e6).toFixed(1);
}
