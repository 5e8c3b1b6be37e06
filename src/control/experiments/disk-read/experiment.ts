import { DiskOverlay } from '../../disk-overlay.ts';
import {
  detailsOf, DISK_PARAMETERS, diskDigest, diskOf, digestOf, modeOf, nextOf, pioAgainstDma, roundedRam, settleDisk,
  wrongData, type DiskJob,
} from '../disk/disk-job.ts';
import { blockSectors, bridgeFor, diskMethod, DISK_VARIANTS } from '../disk/methods.ts';
import { pioThenDma, speedLimits } from '../disk/linux-disk.ts';
import { linuxMode } from '../disk/transfer-mode.ts';
import {
  bare, experiment, type EndedTrial, type GuestKind, type Kit, type Software, type Trial,
} from '../experiment.ts';
import { COMMON } from '../measures.ts';
import { DISK_READ_BLOCK, DISK_READ_BUFFER } from './block.ts';
import { DISK_READ_STATEMENTS } from './statements.ts';

const MiB = 2 ** 20;

/**
 * RAM that a guest needs for `bytes` bytes: the bare guest its buffer, Linux itself and a file in a
 * tmpfs of 90 % of what it has.
 */
function ramFor(guest: GuestKind, bytes: number): number {
  return guest === 'bare'
    ? roundedRam(DISK_READ_BUFFER + bytes, 32 * MiB)
    : roundedRam(224 * MiB + Math.ceil(bytes * 1.2), 256 * MiB);
}

function softwareFor(job: DiskJob, method: string, kit: Kit): Software {
  const mode = modeOf(job, method);
  const { bytes } = job.values;
  if (job.guest === 'bare')
    return bare(kit.guestImage('disk-read'), DISK_READ_BLOCK, {
      method: diskMethod(method).program, byteCount: bytes, skipSha256: true,
      blockSectors: blockSectors(method, job.values.multcount), portWidth: Number(job.values.width),
      ...(mode === null ? {} : { transferMode: mode.value }),
    });
  if (method === 'pio-then-dma') return pioThenDma(kit, bytes, mode === null ? '' : `force=${mode.name}`);
  if (kit.linux === null) throw new Error('the host has not prepared Debian');
  const force = mode === null ? '' : ` libata.force=${mode.name}`;
  return {
    guest: 'debian',
    boot: {
      kind: 'linux', ...kit.linux,
      append: `${kit.linux.append} nb.bytes=${bytes}${method === 'pio' ? ' libata.dma=0' : ''}${force}`,
    },
  };
}

function prepare(job: DiskJob, method: string, kit: Kit): Trial {
  const { bytes } = job.values;
  const disk = diskOf(job, kit);
  const expected = diskDigest(kit, disk, bytes);
  const bareGuest = job.guest === 'bare';
  let arrived = '';
  return {
    machine: { options: { ram: ramFor(job.guest, bytes), ...bridgeFor(method, job) }, disks: [new DiskOverlay(disk)] },
    software: softwareFor(job, method, kit),
    bytes,
    phases: bareGuest ? ['starting', 'reading', 'finishing'] : ['booting Linux', 'reading', 'checking'],
    // Far more than the slowest mode needs.
    limit: (bareGuest ? 10 : 600) + bytes / 100e3,
    resumable: !bareGuest,
    measured: (machine) => {
      if (bareGuest) arrived = digestOf(kit, machine.ram.subarray(DISK_READ_BUFFER, DISK_READ_BUFFER + bytes));
    },
    finish: ({ block, lines, failure }: EndedTrial) => {
      if (bareGuest) {
        const { bytesDone } = DISK_READ_BLOCK.decode(block);
        if (bytesDone !== bytes) throw failure(`the guest read ${bytesDone} of ${bytes} bytes`);
      } else {
        arrived = lines.after('nb: sha256 ') ?? '';
      }
      return {
        // What the script switched on need not be what is in use.
        mode: (method === 'pio-then-dma' ? undefined : modeOf(job, method)?.name) ??
          linuxMode(lines.after('nb: mode ')),
        matches: arrived === expected,
        found: {
          sha256: arrived, reference: expected, trusted: lines.after('nb: trusted '),
          limits: speedLimits(lines.section('dmesg') ?? []).join('; '),
        },
      };
    },
  };
}

/** The same bytes from the same disk, by PIO and by DMA. */
export const DISK_READ = experiment({
  name: 'disk-read',
  place: 50,
  question: 'What does it cost to read a disk by programmed I/O, and what by DMA?',
  summary: 'The same bytes from the same disk, moved by the processor (PIO) or by the controller (bus-master DMA).',
  shows: ['R3', 'R9', 'R12'],
  statements: DISK_READ_STATEMENTS,
  parameters: DISK_PARAMETERS,
  inputs: { disk: 'raw disk image to read; never written (default: generated, the same every time)' },
  variants: [
    ...DISK_VARIANTS,
    { method: 'pio', guest: 'debian', boards: ['pc'], carriers: ['processor'] },
    { method: 'dma', guest: 'debian', boards: ['pc'], carriers: ['device'] },
    { method: 'pio-then-dma', guest: 'debian', boards: ['pc'], carriers: ['processor', 'device'], further: true },
  ],
  measures: COMMON,
  modeLabel: 'transfer mode',
  plots: [
    { x: 'bytes', y: 'bytesPerSecond', series: 'method', log: 'x' },
    { x: 'bytes', y: 'cpuBusy', series: 'method', log: 'x' },
  ],
  linuxJobs: true,
  blocks: [DISK_READ_BLOCK as never],
  decides: ['ram'],
  settle: (job, kit) => settleDisk(job, kit, (bytes) => ramFor(job.guest, bytes)),
  title: (job, kit) => `${job.texts['bytes']} from ${kit.disk === null ? 'the generated disk' : `'${kit.disk.name}'`}`,
  prepare,
  judge: (runs, job) => ({
    sentence: wrongData(runs, 'the bytes that arrived') || pioAgainstDma(runs, 'read'),
    ...detailsOf(runs), next: nextOf('read', job.guest),
    reference: String(runs[0]?.found['reference'] ?? ''),
  }),
});
