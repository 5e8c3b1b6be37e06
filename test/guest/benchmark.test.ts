import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checksum, JOBS, runHere, type Job } from '../../bench/guest-run.ts';
import { ENGINE_KINDS } from '../../src/jit/engine-kind.ts';

const image = new Uint8Array(readFileSync(new URL('../../guest/images/benchmark.elf', import.meta.url)));

/** Iterations, and the checksum on which QEMU 7.2 (TCG) and v86 0.5.462 agree. */
const EXPECTED: Readonly<Record<Job, readonly [number, string]>> = {
  sort: [2, '1986317f'],
  sha256: [3, 'ca94f2c8'],
  'copy-rep': [5, 'e15c1de2'],
  'copy-loop': [3, 'b80764db'],
  chase: [2, 'a332c90f'],
  'chase-far': [2, '278a9c64'],
  x87: [60, '7afefd3d'],
  ports: [2000, '0007c830'],
  'ports-uart': [2000, '0002ee00'],
  mmio: [2000, '0002bf20'],
};

describe.each(ENGINE_KINDS)('the benchmark program, %s', (engine) => {
  test.each(JOBS)('%s computes what other machines compute', (job) => {
    const [iterations, expected] = EXPECTED[job];
    expect(checksum(runHere(image, engine, { job, iterations, warmUp: 1 }).output)).toBe(expected);
  });
});
