import { DiskOverlay } from '../../disk-overlay.ts';
import { generatedDisk } from '../../image-disk.ts';
import { digestOf, diskDigest } from '../disk/disk-job.ts';
import { experiment, type Kit, type Trial } from '../experiment.ts';
import { FLOPPY_BLOCK, FLOPPY_BUFFER } from '../floppy/block.ts';
import { DISK_BYTES, floppyDetails, floppySentence, type FloppyJob } from '../floppy/job.ts';
import { linuxRead } from '../floppy/linux.ts';
import { FLOPPY_EXPERIMENT, floppyTrial } from '../floppy/trial.ts';
import { FLOPPY_READ_STATEMENTS } from './statements.ts';

function prepare(job: FloppyJob, method: string, kit: Kit): Trial {
  const { bytes } = job.values;
  const disk = generatedDisk(DISK_BYTES);
  let inMemory = '';
  return floppyTrial(job, method, kit, {
    direction: 'read', disk: new DiskOverlay(disk), expected: diskDigest(kit, disk, bytes),
    linux: () => linuxRead(kit, method, bytes),
    measured: (machine) => {
      inMemory = digestOf(kit, machine.ram.subarray(FLOPPY_BUFFER, FLOPPY_BUFFER + bytes));
    },
    arrived: ({ lines }) => (job.guest === 'bare' ? inMemory : lines.after('nb: sha256 ') ?? ''),
  });
}

/** The same tracks of a floppy disk, by the processor and by the 8237A. */
export const FLOPPY_READ = experiment({
  ...FLOPPY_EXPERIMENT,
  name: 'floppy-read',
  place: 70,
  question: 'A floppy controller has a FIFO of 16 bytes: who empties it better, the processor or the 8237A?',
  summary: 'The same tracks of a 1.44 MB disk, each byte taken from the FIFO by the processor or by third-party DMA.',
  statements: FLOPPY_READ_STATEMENTS,
  blocks: [FLOPPY_BLOCK as never],
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
