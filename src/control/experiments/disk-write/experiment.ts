import { DiskOverlay } from '../../disk-overlay.ts';
import { pseudoRandomImage } from '../../image-disk.ts';
import {
  detailsOf, DISK_PARAMETERS, diskDigest, diskOf, digestOf, modeOf, nextOf, pioAgainstDma, roundedRam, settleDisk,
  wrongData, type DiskJob,
} from '../disk/disk-job.ts';
import { blockSectors, bridgeFor, diskMethod, DISK_VARIANTS } from '../disk/methods.ts';
import { linuxDiskWrite, speedLimits } from '../disk/linux-disk.ts';
import { linuxMode } from '../disk/transfer-mode.ts';
import { bare, experiment, type GuestKind, type Kit, type Trial } from '../experiment.ts';
import { COMMON } from '../measures.ts';
import { DISK_WRITE_BLOCK, DISK_WRITE_BUFFER } from './block.ts';
import { DISK_WRITE_STATEMENTS } from './statements.ts';

const MiB = 2 ** 20;
/** Not what a generated disk holds: data that never arrived must not look right. */
const SEED = 0x5eed_0002;

/** The same by Linux, from a file in its memory to the disk, past the page cache. */
function prepareLinux(job: DiskJob, method: string, kit: Kit): Trial {
  const { bytes } = job.values;
  const mode = modeOf(job, method);
  const disk = new DiskOverlay(diskOf(job, kit));
  const data = pseudoRandomImage(bytes, SEED);
  const parameters = [...(method === 'pio' ? ['dma=0'] : []), ...(mode === null ? [] : [`force=${mode.name}`])];
  return {
    machine: { options: { ram: ramFor(job.guest, bytes) }, disks: [disk] },
    software: linuxDiskWrite(kit, data, parameters.join(' ')),
    bytes,
    phases: ['booting Linux', 'writing', 'ending'],
    limit: 600 + bytes / 50e3,
    resumable: true,
    finish: ({ lines }) => {
      const sha256 = diskDigest(kit, disk, bytes);
      return {
        mode: linuxMode(lines.after('nb: mode ')), matches: sha256 === digestOf(kit, data),
        found: {
          sha256, reference: digestOf(kit, data), limits: speedLimits(lines.section('dmesg') ?? []).join('; '),
        },
      };
    },
  };
}

function prepare(job: DiskJob, method: string, kit: Kit): Trial {
  if (job.guest === 'debian') return prepareLinux(job, method, kit);
  const { bytes } = job.values;
  const mode = modeOf(job, method);
  const disk = new DiskOverlay(diskOf(job, kit));
  const data = pseudoRandomImage(bytes, SEED);
  const expected = digestOf(kit, data);
  return {
    machine: { options: { ram: ramFor('bare', bytes), ...bridgeFor(method, job) }, disks: [disk] },
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

function ramFor(guest: GuestKind, bytes: number): number {
  // Linux has the data in its archive and, unpacked, in a file.
  return guest === 'bare'
    ? roundedRam(DISK_WRITE_BUFFER + bytes, 32 * MiB)
    : roundedRam(224 * MiB + 3 * bytes, 256 * MiB);
}

/** The same bytes to the same disk, by PIO and by DMA. */
export const DISK_WRITE = experiment({
  name: 'disk-write',
  place: 60,
  question: 'And in the other direction: what does it cost to write a disk by programmed I/O, and what by DMA?',
  summary: 'The same bytes to the same disk, moved by the processor (PIO) or by the controller (bus-master DMA).',
  shows: ['R3', 'R9'],
  statements: DISK_WRITE_STATEMENTS,
  parameters: DISK_PARAMETERS,
  inputs: { disk: 'raw disk image; what is written to it is forgotten (default: generated, the same every time)' },
  variants: [
    ...DISK_VARIANTS,
    { method: 'pio', guest: 'debian', boards: ['pc'], carriers: ['processor'] },
    { method: 'dma', guest: 'debian', boards: ['pc'], carriers: ['device'] },
  ],
  linuxJobs: true,
  measures: COMMON,
  modeLabel: 'transfer mode',
  plots: [{ x: 'bytes', y: 'bytesPerSecond', series: 'method', log: 'x' }],
  blocks: [DISK_WRITE_BLOCK as never],
  decides: ['ram'],
  settle: (job, kit) => settleDisk(job, kit, (bytes) => ramFor(job.guest, bytes)),
  title: (job, kit) => `${job.texts['bytes']} to ${kit.disk === null ? 'the generated disk' : `'${kit.disk.name}'`}`,
  prepare,
  judge: (runs, job) => ({
    sentence: wrongData(runs, 'the bytes on the disk') || pioAgainstDma(runs, 'wrote'),
    ...detailsOf(runs), next: nextOf('write', job.guest),
    reference: String(runs[0]?.found['reference'] ?? ''),
  }),
});
