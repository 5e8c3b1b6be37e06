import { DiskOverlay } from '../../disk-overlay.ts';
import { pseudoRandomImage } from '../../image-disk.ts';
import {
  DISK_PARAMETERS, diskDigest, diskOf, digestOf, modeOf, modesInOrder, pioAgainstDma, roundedRam, settleDisk, wrongData,
  type DiskJob,
} from '../disk/disk-job.ts';
import { blockSectors, bridgeFor, diskMethod, DISK_VARIANTS } from '../disk/methods.ts';
import { bare, experiment, type Kit, type Trial } from '../experiment.ts';
import { COMMON } from '../measures.ts';
import { DISK_WRITE_BLOCK, DISK_WRITE_BUFFER } from './block.ts';
import { DISK_WRITE_STATEMENTS } from './statements.ts';

const MiB = 2 ** 20;
/** Not what a generated disk holds: data that never arrived must not look right. */
const SEED = 0x5eed_0002;

function prepare(job: DiskJob, method: string, kit: Kit): Trial {
  const { bytes } = job.values;
  const mode = modeOf(job, method);
  const disk = new DiskOverlay(diskOf(job, kit));
  const data = pseudoRandomImage(bytes, SEED);
  const expected = digestOf(kit, data);
  return {
    machine: { options: { ram: ramFor(bytes), ...bridgeFor(method, job) }, disks: [disk] },
    software: bare(kit.guestImage('disk-write'), DISK_WRITE_BLOCK, {
      method: diskMethod(method).program, byteCount: bytes, portWidth: Number(job.values.width),
      blockSectors: blockSectors(method, job.values.multcount), ...(mode === null ? {} : { transferMode: mode.value }),
    }),
    bytes,
    phases: ['starting', 'writing', 'reading back'],
    // Far more than the slowest mode needs, for both ways.
    limit: 10 + bytes / 50e3,
    attach: (machine) => machine.ram.set(data, DISK_WRITE_BUFFER),
    finish: ({ block, failure }) => {
      const { bytesDone, bytesVerified } = DISK_WRITE_BLOCK.decode(block);
      if (bytesDone !== bytes) throw failure(`the guest wrote ${bytesDone} of ${bytes} bytes`);
      if (bytesVerified !== bytes) throw failure(`the guest read back ${bytesVerified} of ${bytes} bytes`);
      const sha256 = diskDigest(kit, disk, bytes);
      return { mode: mode?.name ?? null, matches: sha256 === expected, found: { sha256, reference: expected } };
    },
  };
}

function ramFor(bytes: number): number {
  return roundedRam(DISK_WRITE_BUFFER + bytes, 32 * MiB);
}

/** The same bytes to the same disk, by PIO and by DMA. */
export const DISK_WRITE = experiment({
  name: 'disk-write',
  question: 'And in the other direction: what does it cost to write a disk by programmed I/O, and what by DMA?',
  summary: 'The same bytes to the same disk, moved by the processor (PIO) or by the controller (bus-master DMA).',
  shows: ['R3', 'R9'],
  statements: DISK_WRITE_STATEMENTS,
  parameters: DISK_PARAMETERS,
  inputs: { disk: 'raw disk image; what is written to it is forgotten (default: generated, the same every time)' },
  variants: DISK_VARIANTS,
  measures: COMMON,
  modeLabel: 'transfer mode',
  plots: [{ x: 'bytes', y: 'bytesPerSecond', series: 'method', log: 'x' }],
  blocks: [DISK_WRITE_BLOCK as never],
  decides: ['ram'],
  settle: (job, kit) => settleDisk(job, kit, ramFor),
  title: (job, kit) => `${job.texts['bytes']} to ${kit.disk === null ? 'the generated disk' : `'${kit.disk.name}'`}`,
  prepare,
  judge: (runs) => ({
    sentence: wrongData(runs, 'the bytes on the disk') || pioAgainstDma(runs, 'wrote'),
    ...(modesInOrder(runs).length === 0 ? {} : { details: modesInOrder(runs) }),
    reference: String(runs[0]?.found['reference'] ?? ''),
  }),
});
