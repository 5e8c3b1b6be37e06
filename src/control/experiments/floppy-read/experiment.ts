import { DiskOverlay } from '../../disk-overlay.ts';
import { generatedDisk } from '../../image-disk.ts';
import { digestOf, diskDigest } from '../disk/disk-job.ts';
import { bare, experiment, type EndedTrial, type Kit, type Trial } from '../experiment.ts';
import { FLOPPY_BLOCK, FLOPPY_BUFFER, FLOPPY_TRIES, type FloppyMethod } from '../floppy/block.ts';
import {
  busyLoops, DISK_BYTES, FLOPPY_MEASURES, FLOPPY_PARAMETERS, FLOPPY_VARIANTS, floppyDetails, floppySentence, foundBy,
  limitFor, type FloppyJob,
} from '../floppy/job.ts';
import { linuxRead } from '../floppy/linux.ts';
import { FLOPPY_READ_STATEMENTS } from './statements.ts';

const MiB = 2 ** 20;

function prepare(job: FloppyJob, method: string, kit: Kit): Trial {
  const { bytes, threshold } = job.values;
  const disk = generatedDisk(DISK_BYTES);
  const expected = diskDigest(kit, disk, bytes);
  let arrived = '';
  const bareGuest = job.guest === 'bare';
  return {
    machine: { options: { ram: (bareGuest ? 32 : 256) * MiB }, floppies: [new DiskOverlay(disk)] },
    software: job.guest === 'debian' ? linuxRead(kit, method, bytes) : bare(kit.guestImage('floppy'), FLOPPY_BLOCK, {
      method: method as FloppyMethod, direction: 'read', byteCount: bytes, threshold, busyLoops: busyLoops(job),
      tries: FLOPPY_TRIES,
    }),
    bytes,
    phases: [bareGuest ? 'starting' : 'booting Linux', 'reading', 'finishing'],
    limit: limitFor(job),
    measured: (machine) => {
      if (bareGuest) arrived = digestOf(kit, machine.ram.subarray(FLOPPY_BUFFER, FLOPPY_BUFFER + bytes));
    },
    finish: ({ block, lines }: EndedTrial) => {
      if (!bareGuest) arrived = lines.after('nb: sha256 ') ?? '';
      const answer = bareGuest ? foundBy(FLOPPY_BLOCK.decode(block), job) : { arrived: bytes };
      return {
        mode: null, matches: answer['arrived'] === bytes && arrived === expected,
        found: { ...answer, sha256: arrived, reference: expected },
      };
    },
  };
}

/** The same tracks of a floppy disk, by the processor and by the 8237A. */
export const FLOPPY_READ = experiment({
  name: 'floppy-read',
  question: 'A floppy controller has a FIFO of 16 bytes: who empties it better, the processor or the 8237A?',
  summary: 'The same tracks of a 1.44 MB disk, each byte taken from the FIFO by the processor or by third-party DMA.',
  shows: ['R3', 'R4', 'R8'],
  statements: FLOPPY_READ_STATEMENTS,
  parameters: FLOPPY_PARAMETERS,
  variants: FLOPPY_VARIANTS,
  measures: FLOPPY_MEASURES,
  checks: { right: 'all bytes arrived and are right', wrong: 'bytes were lost' },
  plots: [
    { x: 'busy', y: 'arrived', series: 'method' },
    { x: 'busy', y: 'bytesPerSecond', series: 'method' },
    { x: 'threshold', y: 'cpuBusy', series: 'method' },
  ],
  blocks: [FLOPPY_BLOCK as never],
  linuxJobs: true,
  decides: ['ram'],
  title: (job) => `${job.texts['bytes']} from a generated floppy disk`,
  prepare,
  judge: (runs, job) => ({
    sentence: floppySentence(runs, job, 'read'),
    details: floppyDetails(runs, job, 'read'),
    next: job.guest === 'debian'
      ? 'compare floppy-read --guest debian --bytes 126KiB; compare floppy-write --guest debian; compare floppy-read'
      : 'compare floppy-read --busy 200us, then with --threshold 15; compare floppy-write',
    reference: String(runs[0]?.found['reference'] ?? ''),
  }),
});
