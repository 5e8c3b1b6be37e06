import { DiskOverlay } from '../../disk-overlay.ts';
import { generatedDisk, pseudoRandomImage } from '../../image-disk.ts';
import { digestOf, diskDigest } from '../disk/disk-job.ts';
import { bare, experiment, type EndedTrial, type Kit, type Trial } from '../experiment.ts';
import { FLOPPY_BLOCK, FLOPPY_BUFFER, FLOPPY_TRIES, type FloppyMethod } from '../floppy/block.ts';
import {
  busyLoops, DISK_BYTES, FLOPPY_MEASURES, FLOPPY_PARAMETERS, FLOPPY_VARIANTS, floppyDetails, floppySentence, foundBy,
  limitFor, type FloppyJob,
} from '../floppy/job.ts';
import { linuxWrite } from '../floppy/linux.ts';
import { FLOPPY_WRITE_STATEMENTS } from './statements.ts';

const MiB = 2 ** 20;
/** Not what the disk holds: data that never arrived must not look right. */
const SEED = 0x5eed_0003;

function prepare(job: FloppyJob, method: string, kit: Kit): Trial {
  const { bytes, threshold } = job.values;
  const disk = new DiskOverlay(generatedDisk(DISK_BYTES));
  const data = pseudoRandomImage(bytes, SEED);
  const expected = digestOf(kit, data);
  const bareGuest = job.guest === 'bare';
  return {
    machine: { options: { ram: (bareGuest ? 32 : 256) * MiB }, floppies: [disk] },
    software: job.guest === 'debian' ? linuxWrite(kit, method, data) : bare(kit.guestImage('floppy'), FLOPPY_BLOCK, {
      method: method as FloppyMethod, direction: 'write', byteCount: bytes, threshold, busyLoops: busyLoops(job),
      tries: FLOPPY_TRIES,
    }),
    bytes,
    phases: [bareGuest ? 'starting' : 'booting Linux', 'writing', 'finishing'],
    limit: limitFor(job),
    attach: (machine) => {
      if (bareGuest) machine.ram.set(data, FLOPPY_BUFFER);
    },
    finish: ({ block }: EndedTrial) => {
      const answer = bareGuest ? foundBy(FLOPPY_BLOCK.decode(block), job) : { arrived: bytes };
      const arrived = diskDigest(kit, disk, bytes);
      return {
        mode: null, matches: answer['arrived'] === bytes && arrived === expected,
        found: { ...answer, sha256: arrived, reference: expected },
      };
    },
  };
}

/** The same bytes to a floppy disk, by the processor and by the 8237A. */
export const FLOPPY_WRITE = experiment({
  name: 'floppy-write',
  question: 'A floppy controller has a FIFO of 16 bytes: who fills it better, the processor or the 8237A?',
  summary: 'The same tracks of a 1.44 MB disk, each byte put into the FIFO by the processor or by third-party DMA.',
  shows: ['R3', 'R4', 'R8'],
  statements: FLOPPY_WRITE_STATEMENTS,
  parameters: FLOPPY_PARAMETERS,
  variants: FLOPPY_VARIANTS,
  measures: FLOPPY_MEASURES,
  checks: { right: 'all bytes arrived and are right', wrong: 'bytes were lost' },
  plots: [
    { x: 'busy', y: 'arrived', series: 'method' },
    { x: 'busy', y: 'bytesPerSecond', series: 'method' },
    { x: 'threshold', y: 'cpuBusy', series: 'method' },
  ],
  // Its program's block stands with floppy-read.
  blocks: [],
  linuxJobs: true,
  decides: ['ram'],
  title: (job) => `${job.texts['bytes']} to a generated floppy disk`,
  prepare,
  judge: (runs, job) => ({
    sentence: floppySentence(runs, job, 'wrote'),
    details: floppyDetails(runs, job, 'write'),
    next: job.guest === 'debian'
      ? 'compare floppy-write --guest debian --bytes 126KiB; compare floppy-read --guest debian; compare floppy-write'
      : 'compare floppy-write --busy 200us, then with --threshold 15; compare floppy-read',
    reference: String(runs[0]?.found['reference'] ?? ''),
  }),
});
