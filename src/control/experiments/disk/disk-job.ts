/** What experiments with one IDE disk have in common. */
import type { BlockBackend } from '../../../host/block.ts';
import { PC_OPTIONS } from '../../../machine/boards/pc/options.ts';
import { choice, choices, count, ParameterError, size, type ValuesOf } from '../../../sim/parameter.ts';
import { generatedDisk } from '../../image-disk.ts';
import { formatRate, formatShare } from '../../quantities.ts';
import type { GuestKind, JobOf, Kit, RunResult } from '../experiment.ts';
import { DISK_METHODS } from './methods.ts';
import { modeFor, modeNamed, TRANSFER_MODES, type TransferMode } from './transfer-mode.ts';

const MiB = 2 ** 20;
export const SECTOR = 512;
const DEFAULT_BYTES = 16 * MiB;

/** The fastest modes that controller and drive have: a guest of ours uses them by default. */
const FASTEST: Readonly<Record<string, readonly string[]>> = {
  piix3: ['pio4', 'mwdma2'], piix4: ['pio4', 'udma2'],
};

/** Parameters of a job that moves bytes to or from the disk's beginning. */
export const DISK_PARAMETERS = {
  bytes: size(DEFAULT_BYTES, {
    doc: 'how much to move, a multiple of 512, e.g. 16MiB or 64KiB',
    source: 'large enough that the cost of a command does not show', minimum: SECTOR, step: SECTOR,
  }),
  mode: choices(TRANSFER_MODES.map((m) => m.name), [], {
    doc: 'ATA transfer modes: pio0-pio4, mwdma0-mwdma2, udma0-udma2; with commas for PIO and DMA; none: the fastest',
    source: 'ATA/ATAPI-6 §8.46, table 40',
  }),
  multcount: count(16, {
    doc: 'pio-multiple: sectors of a DRQ block (READ and WRITE MULTIPLE), a power of two; 1: READ and WRITE SECTORS',
    source: 'the largest that the drive offers (ATA/ATAPI-6 §8.15, word 47)', minimum: 1, maximum: 16,
  }),
  width: choice(['16', '32'], '16', {
    doc: 'PIO: bits of an access to the data port; 32 needs a controller that makes two cycles of it, as this one does',
    source: 'ATA/ATAPI-6 §6.2: the data port has 16; Intel 290550-002 takes 32',
  }),
};

export type DiskParameters = typeof DISK_PARAMETERS;
export type DiskJob = JobOf<DiskParameters>;

/**
 * Checks bytes and modes against disk, memory and controller.
 * @param ram what the guest needs for that many bytes
 * @throws ParameterError
 */
export function settleDisk(
  job: DiskJob, kit: Kit, ram: (bytes: number) => number,
): ValuesOf<DiskParameters> {
  const { disk } = kit, { given } = job;
  const most = given.has('ram') ? Number(job.boardOptions['ram']) : PC_OPTIONS.ram.maximum ?? Infinity;
  let { bytes } = job.values;
  if (disk !== null && !given.has('bytes')) bytes = Math.min(bytes, disk.size);
  if (disk !== null && bytes > disk.size)
    throw new ParameterError(
      `bytes: the disk has only ${disk.size} bytes (${DISK_PARAMETERS.bytes.format(disk.size)})`,
    );
  if (ram(bytes) > most)
    throw new ParameterError(
      `bytes: the data do not fit into the machine's memory, which is ${DISK_PARAMETERS.bytes.format(most)}` +
        `${given.has('ram') ? '' : ' at most'}; it takes ${DISK_PARAMETERS.bytes.format(ram(bytes))}`,
    );
  checkModes(job.values.mode.map(modeNamed), job);
  const { multcount } = job.values;
  if ((multcount & (multcount - 1)) !== 0) throw new ParameterError(`multcount: ${multcount} is no power of two`);
  const ultra = job.methods.find((m) => m.startsWith('udma'));
  if (ultra !== undefined && job.given.has('ide') && job.boardOptions['ide'] === 'piix3')
    throw new ParameterError(`ide: a PIIX3 has no Ultra DMA; leave ${ultra} out, or --ide`);
  return { ...job.values, bytes };
}

function checkModes(asked: readonly TransferMode[], { methods, boardOptions }: DiskJob): void {
  for (const mode of asked) {
    if (!methods.some((m) => modeFor(m, [mode]) === mode))
      throw new ParameterError(
        `mode: ${mode.name} fits none of the methods ${methods.join(', ')}; PIO methods take pio0-pio4, ` +
          `dma takes mwdma0-mwdma2 and udma0-udma2`,
      );
    if (mode.kind === 'udma' && boardOptions['ide'] === 'piix3')
      throw new ParameterError(`mode: ${mode.name}: a PIIX3 has no Ultra DMA; give --ide piix4 too`);
  }
  for (const kind of ['PIO', 'DMA'] as const) {
    const same = asked.filter((m) => (m.kind === 'pio') === (kind === 'PIO'));
    if (same.length > 1)
      throw new ParameterError(`mode: ${same.map((m) => m.name).join(' and ')} are two ${kind} modes; give one`);
  }
}

/**
 * The transfer mode that a run sets: the one asked for, else the fastest for a guest of ours; null
 * leaves it to the guest.
 */
export function modeOf(job: DiskJob, method: string): TransferMode | null {
  const fastest = job.guest === 'bare' ? FASTEST[String(job.boardOptions['ide'])] ?? [] : [];
  return modeFor(method, [...job.values.mode, ...fastest].map(modeNamed));
}

/** Memory in steps of 16 MiB. */
export function roundedRam(bytes: number, least: number): number {
  return Math.max(least, Math.ceil(bytes / (16 * MiB)) * 16 * MiB);
}

/** The user's disk, or a generated one that is large enough. */
export function diskOf(job: DiskJob, kit: Kit): BlockBackend {
  return kit.disk ?? generatedDisk(Math.ceil(job.values.bytes / MiB) * MiB);
}

/** SHA-256 of a disk's first `bytes` bytes. */
export function diskDigest(kit: Kit, disk: BlockBackend, bytes: number): string {
  const hash = kit.sha256();
  const part = new Uint8Array(Math.min(bytes, MiB));
  for (let at = 0; at < bytes; at += part.length) {
    const n = Math.min(part.length, bytes - at);
    disk.read(at, part, 0, n);
    hash.update(part.subarray(0, n));
  }
  return hash.digest();
}

/** SHA-256 of bytes. */
export function digestOf(kit: Kit, bytes: Uint8Array): string {
  const hash = kit.sha256();
  hash.update(bytes);
  return hash.digest();
}

/** How the first PIO method and DMA compare, in one sentence. */
export function pioAgainstDma(runs: readonly RunResult[], verb: string): string {
  const rate = (r: RunResult): number => Number(r.measures['bytesPerSecond']);
  const busy = (r: RunResult): string => formatShare(Number(r.measures['cpuBusy']));
  const pio = runs.find((r) => r.method.startsWith('pio')), dma = runs.find((r) => r.method === 'dma');
  if (pio === undefined || dma === undefined) {
    const rates = runs.map((r) => `${r.method} ${verb} at ${formatRate(rate(r))}, the processor busy for ${busy(r)}`);
    return runs.length === 0 ? 'nothing was measured' : `${rates.join('; ')} of the time`;
  }
  const factor = rate(dma) / rate(pio);
  const speed = factor >= 1 ? `${factor.toFixed(2)} times as fast` : `${(1 / factor).toFixed(2)} times as slow`;
  return `dma ${verb} ${speed} as ${pio.method}, with the processor busy for ${busy(dma)} of the time ` +
    `in place of ${busy(pio)}`;
}

/** What to run next. */
export function nextOf(verb: 'read' | 'write', guest: GuestKind): string {
  const other = verb === 'read' ? 'write' : 'read';
  return guest === 'debian'
    ? `compare disk-${verb} --guest debian with --mode pio0,mwdma0, or --bytes 1MiB; ` +
      `compare disk-${other} --guest debian`
    : `compare disk-${verb} with --methods all, --mode pio0,mwdma0, --drive-mechanics surface, or ` +
      `--interrupt-entry 4000; compare disk-${other}`;
}

/** What else is to be said of runs, for their judgement. */
export function detailsOf(runs: readonly RunResult[]): { details?: readonly string[] } {
  const details = [...modesInOrder(runs), ...whatLinuxDid(runs)];
  return details.length === 0 ? {} : { details };
}

/** What Linux did about a disk that it could not trust, a line each. */
function whatLinuxDid(runs: readonly RunResult[]): string[] {
  return runs.flatMap(({ method, mode, found }) => [
    ...(found['trusted'] !== 'yes'
      ? []
      : mode?.startsWith('pio') === true
        ? [`${method}: DMA was switched on, and Linux itself came back to ${mode}`]
        : [`${method}: DMA read twice what PIO had read, and is used (${mode})`]),
    ...(found['trusted'] === 'no'
      ? [`${method}: DMA did not read what PIO had read, and is not used (${mode})`]
      : []),
    ...(found['limits'] ? [`${method}: Linux said: ${found['limits']}`] : []),
  ]);
}

/**
 * Where more methods were run than the usual: which was the fastest, and which DMA was slower than
 * programmed I/O; a line each.
 */
function modesInOrder(runs: readonly RunResult[]): string[] {
  if (!runs.some((r) => DISK_METHODS.some((m) => m.further && m.name === r.method))) return [];
  const rate = (r: RunResult): number => Number(r.measures['bytesPerSecond']);
  const words = (r: RunResult): string =>
    `${r.method} (${formatRate(rate(r))}, processor busy ${formatShare(Number(r.measures['cpuBusy']))})`;
  const sorted = [...runs].sort((a, b) => rate(b) - rate(a));
  const pio = sorted.find((r) => r.method.startsWith('pio')), [fastest] = sorted;
  const slower = pio === undefined ? [] : sorted.filter((r) => !r.method.startsWith('pio') && rate(r) < rate(pio));
  const bridge = runs.some((r) => r.method.startsWith('udma')) ? ['udma0 to udma2 need a PIIX4'] : [];
  return [
    `fastest: ${words(fastest)}; slowest: ${words(sorted[sorted.length - 1])}`,
    ...slower.map((r) => `either may win: ${words(r)} is slower than ${words(pio as RunResult)}, and leaves the ` +
      'processor free'),
    ...bridge,
  ];
}

/** What a judgement says of data that are wrong, or ''. */
export function wrongData(runs: readonly RunResult[], what: string): string {
  const wrong = runs.filter((r) => !r.matches).map((r) => r.method);
  return wrong.length === 0 ? '' : `${what} by ${wrong.join(', ')} are wrong`;
}
