import { formatSeconds } from '../../quantities.ts';
import type { Judgement, RunResult } from '../experiment.ts';
import type { FbDrawMethod } from './linux.ts';

const NEXT = 'compare fb-draw --mode 1024x768x16; compare device-mmap; compare frame-buffer';

/** What drawing costs by each way. */
export function judge(runs: readonly RunResult[]): Omit<Judgement, 'verdict'> {
  const seconds = (method: FbDrawMethod): number | null => {
    const value = runs.find((r) => r.method === method)?.measures['seconds'];
    return typeof value === 'number' ? value : null;
  };
  const [kernel, mmap, uc] = [seconds('console'), seconds('mmap'), seconds('mmap-uc')];
  const parts = [
    kernel === null || mmap === null ? ''
      : `The kernel draws the page in ${formatSeconds(kernel)}, a program in memory that it has mapped in ` +
        `${formatSeconds(mmap)}.`,
    mmap === null || uc === null ? ''
      : `The same program takes ${formatSeconds(uc)} if the processor may not combine its stores.`,
  ].filter((part) => part !== '');
  return { sentence: parts.join('\n') || 'Two ways are needed for a comparison.', reference: '', next: NEXT };
}
