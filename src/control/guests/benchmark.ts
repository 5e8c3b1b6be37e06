import { block } from './block.ts';
import { u32, word } from './fields.ts';

/** The jobs of guest/benchmark. */
export const JOBS = [
  'sort', 'sha256', 'copy-rep', 'copy-loop', 'chase', 'x87', 'ports', 'ports-uart', 'mmio', 'chase-far',
] as const;
export type Job = (typeof JOBS)[number];

/** guest/benchmark: jobs that the benchmarks measure here and in other emulators. */
export const BENCHMARK = block('benchmark', 4, {
  about: `What one iteration of a job is:
  sort: fill 65536 dwords with noise and sort them
  sha256: SHA-256 of 64 KiB
  copy-rep, copy-loop: copy 256 KiB with rep movsd, or with a loop over dwords
  chase, chase-far: 65536 steps through a random cycle in 256 KiB, or in 4 MiB
  x87: a pass over 256 doubles
  ports: one byte read from port 21h, the mask of the first 8259A
  ports-uart: one byte read from port 3FDh, the line status of COM1
  mmio: one byte read from B8000h with paging on, the page uncached (PCD = PWT = 1)`,
  in: {
    job: word('JOB_*', JOBS),
    iterations: u32('0: 1', { initial: 0 }),
    warmUp: u32('iterations before the start line', { initial: 0 }),
  },
  out: {
    checksum: u32(''),
    iterationsDone: u32(''),
  },
});
