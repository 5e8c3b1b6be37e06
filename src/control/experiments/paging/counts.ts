import type { EndedTrial } from '../experiment.ts';
import { POST } from '../../guests/status.ts';
import { KERNEL_COUNTS, QUIET } from './linux.ts';

const PAGE = 4096;

/** What the kernel counted from the first use of a page to the disk's rest, as in /proc/vmstat. */
export type KernelCounts = Readonly<Record<(typeof KERNEL_COUNTS)[number], number>>;

/** The kernel's counts of a run. @throws GuestFailure if one is missing */
export function kernelCounts({ lines, failure }: EndedTrial): KernelCounts {
  const [before, after] = ['vmstat-before', 'vmstat-after'].map((name) => numbers(lines.section(name) ?? []));
  return Object.fromEntries(KERNEL_COUNTS.map((name) => {
    const from = before?.get(name), to = after?.get(name);
    if (from === undefined || to === undefined) throw failure(`the guest did not say its ${name}`);
    return [name, to - from];
  })) as KernelCounts;
}

function numbers(section: readonly string[]): ReadonlyMap<string, number> {
  return new Map(section.map((line) => line.split(' ')).map(([name = '', value]) => [name, Number(value)]));
}

/** Pages that came from the disk and went to it, as its controller counted them. */
export interface DiskPages {
  readonly pagesIn: number;
  readonly pagesOut: number;
}

/**
 * Pages between the marks, by the bytes that went through the disk's controller.
 * @throws GuestFailure if the kernel counted others: then one of the two is wrong
 */
export function diskPages({ between, failure }: EndedTrial, kernel: KernelCounts): DiskPages {
  const counters = between(POST.begin, QUIET);
  if (counters === null) throw failure('the guest set no mark when the disk was at rest');
  const pagesIn = Number(counters['ideBytesIn']) / PAGE, pagesOut = Number(counters['ideBytesOut']) / PAGE;
  if (pagesIn !== kernel.pswpin || pagesOut !== kernel.pswpout)
    throw failure(
      `the disk's controller moved ${pagesIn} pages in and ${pagesOut} out, the kernel counted ${kernel.pswpin} and ` +
        `${kernel.pswpout}`,
    );
  return { pagesIn, pagesOut };
}

/** A run of fewer processes, before the measured one. */
export interface EarlierRun {
  readonly processes: number;
  readonly seconds: number;
  readonly uses: number;
  /** Of these with a page fault, or several. */
  readonly misses: number;
  readonly faults: number;
}

/**
 * The runs before the measured one, and it.
 * @throws GuestFailure if a page was not as it was left
 */
export function allRuns({ lines, failure }: EndedTrial, processes: number): EarlierRun[] {
  const told = (what: string): number[] => lines.all(`nb: ${what} `).map(Number);
  const [numbered, us, uses, missed, minor, major] =
    ['processes', 'us', 'uses', 'missed', 'minor', 'major'].map(told) as
      [number[], number[], number[], number[], number[], number[]];
  if (told('lost').some((n) => n !== 0)) throw failure('a process did not come to its end');
  if (told('wrong').some((n) => n !== 0)) throw failure('a page was not as its process had left it');
  if (numbered.length !== processes || [us, uses, missed, minor, major].some((list) => list.length !== processes))
    throw failure('the guest did not say what all runs took');
  return numbered.map((n, k) => ({
    processes: n, seconds: (us[k] ?? 0) / 1e6, uses: uses[k] ?? 0, misses: missed[k] ?? 0,
    faults: (minor[k] ?? 0) + (major[k] ?? 0),
  }));
}
