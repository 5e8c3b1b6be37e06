/** What file-mmap's statements say of its table is so: a check for each, on one boot of Debian. */
import { beforeAll, describe, expect, test } from 'vitest';
import { DEBIAN_WANTED, linuxKit } from '../../../../test/benches/linux-bench.ts';
import type { RunResult } from '../experiment.ts';
import { jobOf } from '../job.ts';
import { runMethod } from '../runner.ts';
import { FILE_MMAP } from './experiment.ts';
import { FILE_MMAP_STATEMENTS } from './statements.ts';

/** More than one block of pointers is needed for: so the file system reads one page of its own. */
const BYTES = 128 * 1024, PAGE = 4096, POINTERS = PAGE;
let run: RunResult;

const CHECKS: Readonly<Record<string, () => void>> = {
  S43: () => {
    expect(run.measures['atFirstTouch']).toBeGreaterThanOrEqual(2 * PAGE);
    expect(run.measures['major']).toBeLessThan(BYTES / PAGE / 2);
  },
  S133: () => {
    expect(run.measures).toMatchObject({ byProcessor: BYTES, byDevice: 0, deviceBytes: 0 });
  },
  S141: () => {
    expect(run).toMatchObject({ mode: 'pio4', matches: true });
    expect(run.measures).toMatchObject({
      fromDisk: BYTES + POINTERS, pagedIn: BYTES + POINTERS, byProcessor: BYTES, byDevice: 0, resident: BYTES / PAGE,
    });
  },
  S142: () => {
    expect(run.measures).toMatchObject({
      samePages: 'yes', seen: 'yes', bytesUntilSeen: 0, dirty: 16 * PAGE, written: 16 * PAGE,
    });
  },
  S149: () => {
    expect(run.measures).toMatchObject({ copied: 0, inPlace: BYTES, fromBuffer: 0 });
    const faults = Number(run.measures['minor']) + Number(run.measures['major']);
    expect(faults).toBeGreaterThan(0);
    expect(faults).toBeLessThanOrEqual(BYTES / PAGE);
  },
};

test('there is a check for each statement', () => {
  expect(Object.keys(CHECKS)).toEqual(FILE_MMAP_STATEMENTS.map((s) => s.id));
});

describe.skipIf(!DEBIAN_WANTED)('mmap-pio under Debian', () => {
  beforeAll(async () => {
    const base = jobOf(FILE_MMAP, { values: { bytes: BYTES } });
    const job = { ...base, boardOptions: { ...base.boardOptions, kernelEntry: 'vmlinux' } };
    const steps = runMethod(FILE_MMAP, job, 'mmap-pio', await linuxKit(), {});
    for (let step = steps.next(); ; step = steps.next()) {
      if (step.done !== true) continue;
      run = step.value;
      break;
    }
  });
  test.each(FILE_MMAP_STATEMENTS.map(({ id, where }) => [id, where]))('%s: %s', (id) => CHECKS[id]());
});
