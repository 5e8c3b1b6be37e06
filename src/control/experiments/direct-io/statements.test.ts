/** What direct-io's statements say of its table is so: a check for each, on one boot of Debian. */
import { beforeAll, describe, expect, test } from 'vitest';
import { DEBIAN_WANTED, linuxKit } from '../../../../test/benches/linux-bench.ts';
import type { RunResult } from '../experiment.ts';
import { jobOf } from '../job.ts';
import { runMethod } from '../runner.ts';
import { DIRECT_IO } from './experiment.ts';
import { swapFile } from './linux.ts';
import { DIRECT_IO_STATEMENTS } from './statements.ts';

const BYTES = 128 * 1024;
let run: RunResult;

const CHECKS: Readonly<Record<string, () => void>> = {
  S2: () => {
    expect(run).toMatchObject({ mode: 'mwdma2', matches: true });
    expect(run.measures).toMatchObject({ fromDisk: BYTES, toBuffer: BYTES, toCache: 0, copied: 0 });
  },
  S33: () => {
    expect(run.measures).toMatchObject({
      flying: 'yes', pinnedOut: 0, otherOut: BYTES, stayed: BYTES, freeOut: BYTES,
    });
  },
};

test('there is a check for each statement', () => {
  expect(Object.keys(CHECKS)).toEqual(DIRECT_IO_STATEMENTS.map((s) => s.id));
});

test('a swap file has the header of the second version in its first page (include/linux/swap.h)', () => {
  const file = swapFile(3 * 4096);
  expect([...file.subarray(1024, 1032)]).toEqual([1, 0, 0, 0, 2, 0, 0, 0]);
  expect(Buffer.from(file.subarray(4086, 4096)).toString()).toBe('SWAPSPACE2');
});

describe.skipIf(!DEBIAN_WANTED)('direct under Debian', () => {
  beforeAll(async () => {
    const base = jobOf(DIRECT_IO, { values: { bytes: BYTES } });
    const job = { ...base, boardOptions: { ...base.boardOptions, kernelEntry: 'vmlinux' } };
    const steps = runMethod(DIRECT_IO, job, 'direct', await linuxKit(), {});
    for (let step = steps.next(); ; step = steps.next()) {
      if (step.done !== true) continue;
      run = step.value;
      break;
    }
  });
  test.each(DIRECT_IO_STATEMENTS.map(({ id, where }) => [id, where]))('%s: %s', (id) => CHECKS[id]());
});
