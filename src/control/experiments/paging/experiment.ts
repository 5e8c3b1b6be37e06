import { choice, count, ParameterError, size, type ValuesOf } from '../../../sim/parameter.ts';
import { DiskOverlay } from '../../disk-overlay.ts';
import { POST } from '../../guests/status.ts';
import { generatedDisk } from '../../image-disk.ts';
import { linuxMode } from '../disk/transfer-mode.ts';
import { experiment, type JobOf, type Kit, type Measure, type Trial } from '../experiment.ts';
import {
  CPU_BUSY, CPU_PORT_ACCESSES, DATA_PORT_ACCESSES, DEVICE_BYTES, DEVICE_TRANSFERS, found, INTERRUPTS, SECONDS,
} from '../measures.ts';
import { allRuns, diskPages, kernelCounts } from './counts.ts';
import { judge } from './judge.ts';
import { pagingBySwap, QUIET } from './linux.ts';
import { PAGING_STATEMENTS } from './statements.ts';

const MiB = 2 ** 20, PAGE = 4096;
/** A few processes fill it: the prepared guest leaves some 17 MiB of it free. */
const RAM = 48 * MiB;

export const PAGING_PARAMETERS = {
  processes: count(5, {
    doc: 'processes at once in the measured run; before it there is a run of 1, of 2, and so on', source: 'a choice',
    minimum: 1, maximum: 16,
  }),
  each: size(5 * MiB, {
    doc: 'memory of each process', source: 'a choice', minimum: MiB, maximum: 64 * MiB, step: MiB,
  }),
  rounds: count(2, { doc: 'times that each goes through its memory', source: 'a choice', minimum: 1, maximum: 100 }),
  change: count(4, {
    doc: 'every which page is changed in a round; 0: none', source: 'a choice', minimum: 0, maximum: 1000,
  }),
  order: choice(['forward', 'random'], 'forward', {
    doc: 'order in which a process uses its pages: one after the other, or scattered', source: 'a choice',
  }),
};

type PagingJob = JobOf<typeof PAGING_PARAMETERS>;

const SWAP = 256 * MiB;

function settle({ values }: PagingJob): ValuesOf<typeof PAGING_PARAMETERS> {
  if (values.processes * values.each > SWAP / 2)
    throw new ParameterError(
      `each: ${values.processes} processes of this size need more than the ${SWAP / 2 / MiB}MiB that there is room for`,
    );
  return values;
}

function prepare(job: PagingJob, method: string, kit: Kit): Trial {
  const { processes, each, rounds, change, order } = job.values;
  const pages = each / PAGE;
  return {
    machine: { options: { ram: RAM }, disks: [new DiskOverlay(generatedDisk(SWAP))] },
    software: pagingBySwap(
      kit, { processes, pages, rounds, change, order: order === 'random' ? 'random' : 'forward' },
      method === 'pio' ? 'dma=0' : '',
    ),
    bytes: processes * each * rounds,
    phases: ['booting Linux, with fewer processes', 'using pages', 'coming to rest'],
    // Every use a miss by the slowest PIO mode, in and out.
    limit: 600 + processes * processes * pages * (rounds + 1) * 8e-3,
    resumable: true,
    marks: [POST.begin, QUIET],
    finish: (end) => {
      const runs = allRuns(end, processes), measured = runs.at(-1);
      const kernel = kernelCounts(end), { pagesIn, pagesOut } = diskPages(end, kernel);
      const uses = measured?.uses ?? 0, misses = measured?.misses ?? 0;
      return {
        mode: linuxMode(end.lines.after('nb: mode ')), matches: true,
        found: {
          uses, hitShare: uses === 0 ? 0 : 1 - misses / uses, misses,
          faults: measured?.faults ?? 0, kernelFaults: kernel.pgfault,
          majorFaults: kernel.pgmajfault, pagesIn, pagesOut, readAhead: kernel.swap_ra,
          readAheadUsed: kernel.swap_ra_hit, evicted: kernel.pgsteal_kswapd + kernel.pgsteal_direct,
          scanned: kernel.pgscan_kswapd + kernel.pgscan_direct,
        },
        series: {
          secondsPerUse: runs.map((run) => [run.processes, run.seconds / run.uses] as const),
          missShare: runs.map((run) => [run.processes, run.misses / run.uses] as const),
        },
      };
    },
  };
}

const MEASURES: readonly Measure[] = [
  SECONDS,
  found('uses', 'uses of a page', { better: 'more' }),
  found('hitShare', 'uses that hit', { unit: 'share', better: 'more' }),
  found('misses', 'uses that miss', { better: 'less' }),
  found('faults', '  page faults in them', { better: 'less' }),
  found('kernelFaults', 'page faults, of all', { better: 'less' }),
  found('majorFaults', '  of these major: the disk was needed', { better: 'less' }),
  found('pagesIn', 'pages in from the disk', { better: 'less' }),
  found('readAhead', '  of these in advance', { better: '' }),
  found('readAheadUsed', '    and then used', { better: 'more' }),
  found('evicted', 'pages evicted', { better: 'less' }),
  found('scanned', '  pages looked at for that', { better: 'less' }),
  found('pagesOut', '  written back', { better: 'less' }),
  CPU_BUSY, CPU_PORT_ACCESSES, DATA_PORT_ACCESSES, DEVICE_BYTES, DEVICE_TRANSFERS, INTERRUPTS,
];

/** More processes than memory holds, and a disk behind it. */
export const PAGING = experiment({
  name: 'paging',
  place: 260,
  question: 'Is virtual memory a cache of the disk, and what does DMA have to do with it?',
  summary: 'Processes that need more memory than there is: pages come from the swap disk by PIO or by DMA.',
  shows: ['R28'],
  statements: PAGING_STATEMENTS,
  parameters: PAGING_PARAMETERS,
  variants: [
    { method: 'pio', guest: 'debian', boards: ['pc'], carriers: ['processor'] },
    { method: 'dma', guest: 'debian', boards: ['pc'], carriers: ['device'] },
  ],
  linuxJobs: true,
  measures: MEASURES,
  modeLabel: 'transfer mode',
  checks: {
    right: 'each page was as its process had left it', wrong: 'a page was not as its process had left it',
  },
  plots: [
    { x: 'processes', y: 'secondsPerUse', series: 'method', log: 'y', curve: true },
    { x: 'processes', y: 'missShare', series: 'method', curve: true },
  ],
  blocks: [],
  decides: ['ram'],
  settle,
  title: ({ values }) => `${values.processes} processes of ${values.each / MiB}MiB, ${values.order}`,
  prepare,
  judge: (runs, { texts }) => judge(runs, texts['each'] ?? ''),
});
