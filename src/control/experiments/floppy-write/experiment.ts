import { DiskOverlay } from '../../disk-overlay.ts';
import { generatedDisk, pseudoRandomImage } from '../../image-disk.ts';
import { digestOf, diskDigest } from '../disk/disk-job.ts';
import { experiment, type Kit, type Trial } from '../experiment.ts';
import { FLOPPY_BUFFER } from '../floppy/block.ts';
import { DISK_BYTES, floppyDetails, floppySentence, type FloppyJob } from '../floppy/job.ts';
import { linuxWrite } from '../floppy/linux.ts';
import { FLOPPY_EXPERIMENT, floppyTrial } from '../floppy/trial.ts';
import { FLOPPY_WRITE_STATEMENTS } from './statements.ts';

/** Not what the disk holds: data that never arrived must not look right. */
const SEED = 0x5eed_0003;

function prepare(job: FloppyJob, method: string, kit: Kit): Trial {
  const { bytes } = job.values;
  const disk = new DiskOverlay(generatedDisk(DISK_BYTES)), data = pseudoRandomImage(bytes, SEED);
  return floppyTrial(job, method, kit, {
    direction: 'write', disk, expected: digestOf(kit, data),
    linux: () => linuxWrite(kit, method, data),
    attach: (machine) => machine.ram.set(data, FLOPPY_BUFFER),
    arrived: () => diskDigest(kit, disk, bytes),
  });
}

/** The same bytes to a floppy disk, by the processor and by the 8237A. */
export const FLOPPY_WRITE = experiment({
  ...FLOPPY_EXPERIMENT,
  name: 'floppy-write',
  place: 80,
  question: 'A floppy controller has a FIFO of 16 bytes: who fills it better, the processor or the 8237A?',
  summary: 'The same tracks of a 1.44 MB disk, each byte put into the FIFO by the processor or by third-party DMA.',
  statements: FLOPPY_WRITE_STATEMENTS,
  // Its program's block stands with floppy-read.
  blocks: [],
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
