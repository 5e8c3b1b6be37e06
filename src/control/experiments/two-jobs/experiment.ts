import { choice, count, size, valuesOf, type ValuesOf } from '../../../sim/parameter.ts';
import { toSeconds } from '../../../sim/time.ts';
import { POST } from '../../guests/status.ts';
import {
  DISK_PARAMETERS, diskDigest, diskOf, digestOf, modeOf, settleDisk, wrongData, type DiskJob,
} from '../disk/disk-job.ts';
import { bare, experiment, type EndedTrial, type JobOf, type Kit, type Trial } from '../experiment.ts';
import { DiskOverlay } from '../../disk-overlay.ts';
import {
  MOST_BYTES, TWO_JOBS_BLOCK, TWO_JOBS_BUFFER, TWO_JOBS_METHODS, TWO_JOBS_POST, WORKS, type TwoJobsMethod,
} from './block.ts';
import { details, sentence } from './judgement.ts';
import { TWO_JOBS_MEASURES } from './measures.ts';
import { arithmeticChecksum, patternBytes, transferChecksum } from './second-job.ts';
import { TWO_JOBS_STATEMENTS } from './statements.ts';

const KiB = 1024, MiB = 2 ** 20;

const PARAMETERS = {
  bytes: size(256 * KiB, {
    doc: 'how much the transfer moves, a multiple of 512', source: 'a choice: four times what an 8237 moves at once',
    minimum: 512, step: 512, maximum: MOST_BYTES,
  }),
  work: choice(WORKS, 'arithmetic', {
    doc: 'the second job: arithmetic in RAM, or a second transfer, byte by byte from the port of a card',
  }),
  period: count(0, {
    doc: 'microseconds from one byte of the card to the next, for 8237-*; 0: as fast as they are taken',
    source: 'a choice', maximum: 255,
  }),
};

type Job = JobOf<typeof PARAMETERS>;

/** The job as the disk's helpers know it: PIO and DMA in the fastest modes. */
const asDiskJob = (job: Job): DiskJob =>
  ({ ...job, values: valuesOf(DISK_PARAMETERS, { bytes: job.values.bytes }) });
const usesCard = (method: string): boolean => method.startsWith('8237');
const needsCard = (method: string, job: Job): boolean => usesCard(method) || job.values.work === 'transfer';

/** Why a method cannot do a job, or ''. */
function lacks(method: string, job: Job): string {
  if (needsCard(method, job) && job.given.has('patternSource') && job.boardOptions['patternSource'] === false)
    return 'the card is not there: --pattern-source is off';
  return usesCard(method) && job.values.work === 'transfer' ? 'the second job has the card that the 8237 serves' : '';
}

function settle(job: Job, kit: Kit): ValuesOf<typeof PARAMETERS> {
  const { bytes } = settleDisk(asDiskJob(job), kit, (n) => TWO_JOBS_BUFFER + n);
  return { ...job.values, bytes };
}

function prepare(job: Job, method: string, kit: Kit): Trial {
  const { bytes, work, period } = job.values;
  const disk = diskOf(asDiskJob(job), kit);
  const expected = usesCard(method) ? digestOf(kit, patternBytes(bytes)) : diskDigest(kit, disk, bytes);
  const mode = usesCard(method) ? null : modeOf(asDiskJob(job), method);
  const unitsAlone = work === 'transfer' ? 8000 : 2000;
  let arrived = '';
  return {
    machine: {
      options: { ram: 16 * MiB, patternSource: needsCard(method, job) }, disks: [new DiskOverlay(disk)],
    },
    software: bare(kit.guestImage('two-jobs'), TWO_JOBS_BLOCK, {
      method: method as TwoJobsMethod, work, byteCount: bytes, unitsAlone, period,
      ...(mode === null ? {} : { transferMode: mode.value }),
    }),
    bytes,
    phases: ['second job alone', 'both', 'transfer alone'],
    limit: 10 + (bytes * (10e-6 + period * 1e-6)) * 2,
    marks: [TWO_JOBS_POST.workAlone, POST.begin, POST.end, TWO_JOBS_POST.transferAlone, TWO_JOBS_POST.over],
    measured: (machine) => {
      const buffer = machine.ram.subarray(TWO_JOBS_BUFFER, TWO_JOBS_BUFFER + bytes);
      arrived = digestOf(kit, buffer);
      // The transfer alone has to bring them anew.
      buffer.fill(0);
    },
    finish: (end: EndedTrial) => {
      const answer = TWO_JOBS_BLOCK.decode(end.block);
      if (answer.bytesDone !== bytes) throw end.failure(`the guest moved ${answer.bytesDone} of ${bytes} bytes`);
      const checksum = work === 'transfer' ? transferChecksum : arithmeticChecksum;
      if (answer.checksum !== checksum(answer.unitsAll))
        throw end.failure(`the second job came to ${answer.checksum} after ${answer.unitsAll} units, which is wrong`);
      const again = digestOf(kit, end.machine.ram.subarray(TWO_JOBS_BUFFER, TWO_JOBS_BUFFER + bytes));
      const time = (from: number, to: number): number => toSeconds(end.between(from, to)?.ticks ?? 0);
      const beside = time(POST.begin, POST.end);
      const workRate = answer.units / beside;
      const workRateAlone = unitsAlone / time(TWO_JOBS_POST.workAlone, POST.begin);
      const rateAlone = bytes / time(TWO_JOBS_POST.transferAlone, TWO_JOBS_POST.over);
      const workShare = workRate / workRateAlone;
      return {
        mode: mode?.name ?? method.replace('8237-', ''),
        matches: arrived === expected && again === expected,
        found: {
          sha256: arrived, reference: expected, workRate, workRateAlone, workShare, rateAlone,
          transferShare: bytes / beside / rateAlone, lost: beside * (1 - workShare),
        },
      };
    },
  };
}

/** The same second job beside a transfer by each method. */
export const TWO_JOBS = experiment({
  name: 'two-jobs',
  place: 90,
  question: 'What can the processor do beside a transfer, and what does the transfer take from it?',
  summary: 'A second job beside a transfer by PIO, by a bus master and by the 8237, each alone and both together.',
  shows: ['R8', 'R13'],
  statements: TWO_JOBS_STATEMENTS,
  parameters: PARAMETERS,
  inputs: { disk: 'raw disk image to read; never written (default: generated, the same every time)' },
  variants: TWO_JOBS_METHODS.map((method) => ({
    method, guest: 'bare', boards: ['pc'],
    carriers: [method.startsWith('8237') ? 'DMA controller' : method === 'dma' ? 'device' : 'processor'],
    fits: (job: Job) => lacks(method, job),
  }) as const),
  measures: TWO_JOBS_MEASURES,
  modeLabel: 'transfer mode',
  checks: { right: 'the bytes and the second job\'s results are right', wrong: 'the bytes are wrong' },
  plots: [{ x: 'bytes', y: 'workShare', series: 'method', log: 'x' }],
  blocks: [TWO_JOBS_BLOCK as never],
  decides: ['ram', 'patternSource'],
  settle,
  title: (job, kit) =>
    `${job.texts['bytes']} from ${kit.disk === null ? 'the generated disk' : `'${kit.disk.name}'`} or a card, ` +
    `beside ${job.values.work}`,
  prepare,
  judge: (runs, job) => ({
    sentence: wrongData(runs, 'the bytes that arrived') || sentence(runs),
    details: details(runs, String(job.boardOptions['dmaHold'])),
    reference: '',
    next: job.boardOptions['dmaHold'] === 'processor' || !runs.some((r) => usesCard(r.method))
      ? 'compare two-jobs with --period 50, or --methods pio,pio-irq,dma --work transfer; compare disk-read'
      : 'compare two-jobs --dma-hold processor',
  }),
});
