/** paging, as far as it needs no Debian; test/guest/paging.test.ts has the rest. */
import { expect, test } from 'vitest';
import { GuestFailure } from '../../failure.ts';
import { ConsoleLines } from '../console-lines.ts';
import type { EndedTrial } from '../experiment.ts';
import { jobOf } from '../job.ts';
import { allRuns, diskPages, kernelCounts } from './counts.ts';
import { PAGING } from './experiment.ts';
import { kneeOf } from './judge.ts';
import { KERNEL_COUNTS } from './linux.ts';

const vmstat = (value: number): string[] => KERNEL_COUNTS.map((name, n) => `${name} ${value * (n + 1)}`);

/** What a guest with two processes says. */
const SAID = [
  'nb: processes 1', 'nb: us 1000', 'nb: lost 0', 'nb: wrong 0', 'nb: uses 100', 'nb: missed 0', 'nb: minor 0',
  'nb: major 0', 'nb: processes 2', 'nb: us 50000', 'nb: lost 0', 'nb: wrong 0', 'nb: uses 200', 'nb: missed 8',
  'nb: minor 7', 'nb: major 3', 'nb: begin vmstat-before', ...vmstat(10), 'nb: end vmstat-before',
  'nb: begin vmstat-after',
  ...vmstat(30), 'nb: end vmstat-after',
];

function ended(said: readonly string[], bytes: { in: number; out: number } | null): EndedTrial {
  const lines = new ConsoleLines();
  for (const c of said.map((line) => `${line}\n`).join('')) lines.put(c.charCodeAt(0));
  const counters = bytes === null ? null : { ideBytesIn: bytes.in, ideBytesOut: bytes.out };
  return {
    lines, between: () => counters, failure: (why: string) => new GuestFailure(why, []),
  } as unknown as EndedTrial;
}
const PAGES = { in: 60 * 4096, out: 80 * 4096 };

test('what the guest said becomes counts', () => {
  const end = ended(SAID, PAGES), kernel = kernelCounts(end);
  expect(kernel).toMatchObject({ pgpgin: 20, pswpin: 60, pswpout: 80 });
  expect(diskPages(end, kernel)).toEqual({ pagesIn: 60, pagesOut: 80 });
  expect(allRuns(end, 2)).toEqual([
    { processes: 1, seconds: 1e-3, uses: 100, misses: 0, faults: 0 },
    { processes: 2, seconds: 50e-3, uses: 200, misses: 8, faults: 10 },
  ]);
});

test('a page more or less than the kernel counted is a failure', () => {
  for (const bytes of [{ ...PAGES, in: 61 * 4096 }, { ...PAGES, out: 80 * 4096 - 512 }, null]) {
    const end = ended(SAID, bytes), said = bytes === null ? 'no mark' : 'the kernel counted 60 and 80';
    expect(() => diskPages(end, kernelCounts(end))).toThrow(said);
  }
});

test('so is a count that is missing, a page that is not as it was, a process that was lost', () => {
  expect(() => kernelCounts(ended(SAID.filter((l) => !l.startsWith('pswpin')), PAGES))).toThrow('pswpin');
  const changed = (from: string, to: string): EndedTrial => ended(SAID.map((l) => (l === from ? to : l)), PAGES);
  expect(() => allRuns(changed('nb: wrong 0', 'nb: wrong 1'), 2)).toThrow('not as its process');
  expect(() => allRuns(changed('nb: lost 0', 'nb: lost 1'), 2)).toThrow('did not come to its end');
  expect(() => allRuns(changed('nb: us 1000', ''), 2)).toThrow('did not say');
});

test('the knee is where a use takes more than twice what it takes while all fits', () => {
  expect(kneeOf([[1, 1], [2, 1.1], [3, 90], [4, 200]])).toEqual({ before: [2, 1.1], behind: [3, 90] });
  expect(kneeOf([[1, 1], [2, 1.9]])).toBe(null);
  expect(kneeOf([])).toBe(null);
});

test('more memory than there is room for is refused', () => {
  expect(() => PAGING.settle?.(jobOf(PAGING, { guest: 'debian', values: { each: 64 * 2 ** 20 } }), null as never))
    .toThrow(/^each: 5 processes of this size need more than the 128MiB/);
});
