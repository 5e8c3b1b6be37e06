import { PageTally } from '../../copies/page-tally.ts';
import type { Counters } from '../../counters.ts';
import { POST } from '../../guests/status.ts';
import { DiskOverlay } from '../../disk-overlay.ts';
import { ext2Image } from '../../ext2-image.ts';
import { ImageDisk, pseudoRandomImage } from '../../image-disk.ts';
import { choice, size } from '../../../sim/parameter.ts';
import { linuxMode } from '../disk/transfer-mode.ts';
import {
  experiment, type EndedTrial, type JobOf, type Kit, type Measure, type Outcome, type Trial,
} from '../experiment.ts';
import { digestOfWords } from '../files/digest.ts';
import {
  BYTES_PER_SECOND, CPU_BUSY, DEVICE_BYTES, found, INSTRUCTIONS, INTERRUPTS, SECONDS,
} from '../measures.ts';
import { judge } from './judge.ts';
import { FILE, FILE_MARKS, fileJob, fileSaid, type FileJob } from './linux.ts';
import { FILE_MMAP_STATEMENTS } from './statements.ts';

const KiB = 1024, MiB = 2 ** 20;
const PAGE = 4096;
/** An access to the data port by libata for a PIIX: 32 bits. */
const PIO_BYTES = 4;
const RAM = 128 * MiB;

export const FILE_MMAP_PARAMETERS = {
  bytes: size(MiB, {
    doc: 'size of the file, all of which is read; a multiple of 4096', source: 'a run of seconds',
    minimum: 64 * KiB, maximum: 32 * MiB, step: PAGE,
  }),
  cache: choice(['cold', 'warm'], 'cold', {
    doc: 'cold: nothing of the file is in memory; warm: it was read once before', source: 'a choice',
  }),
  advice: choice(['normal', 'random'], 'normal', {
    doc: 'what the program tells the kernel: normal, or random (madvise, posix_fadvise): then it reads nothing ahead',
    source: 'a choice',
  }),
};

export type FileMmapJob = JobOf<typeof FILE_MMAP_PARAMETERS>;

const WAYS = ['read', 'mmap', 'direct'] as const;

/** Bytes that went over the disk's cable. */
function diskBytes(counters: Counters | null): number {
  return counters === null ? 0 : counters.deviceBytes + PIO_BYTES * (counters['dataPortAccesses'] ?? 0);
}

function prepare(job: FileMmapJob, method: string, kit: Kit): Trial {
  const { bytes, cache, advice } = job.values;
  const [way, carrier] = method.split('-') as [FileJob['method'], string];
  const data = pseudoRandomImage(bytes), tally = new PageTally();
  const image = ext2Image([{ name: FILE, bytes: data }]);
  const base = new ImageDisk('ext2', image, `ext2 of xorshift32, ${bytes} bytes, version 1`);
  return {
    machine: { options: { ram: RAM }, disks: [new DiskOverlay(base)] },
    software: fileJob(kit, { method: way, bytes, advice, cache, driver: carrier === 'pio' ? 'dma=0' : '' }),
    bytes,
    phases: ['booting Linux', 'reading', 'checking'],
    limit: 120 + bytes / 100e3,
    resumable: true, tally,
    marks: [POST.begin, POST.end, ...Object.values(FILE_MARKS)],
    attach: (machine) => tally.clear(machine.ram.length),
    finish: (end) => outcome(end, job, tally, digestOfWords(data)),
  };
}

function outcome(end: EndedTrial, job: FileMmapJob, tally: PageTally, expected: string): Outcome {
  const said = fileSaid(end), { shared } = said;
  const inside = end.between(POST.begin, POST.end), touch = end.between(FILE_MARKS.touch, FILE_MARKS.touched);
  const fromDisk = diskBytes(inside);
  if (fromDisk !== said.pagedIn)
    throw end.failure(`the kernel says that it read ${said.pagedIn} bytes, and the drive sent ${fromDisk}`);
  const written = diskBytes(end.between(FILE_MARKS.writeBack, FILE_MARKS.written));
  if (shared !== null && written !== shared.pagedOut)
    throw end.failure(`the kernel says that it wrote ${shared.pagedOut} bytes, and the drive took ${written}`);
  const buffer = tally.of(said.buffer), file = tally.of(said.file);
  const copied = Math.min(file.kernel.loads, buffer.kernel.stores);
  const cycles = Number(job.boardOptions['cyclesPerInstruction']) / Number(job.boardOptions['processorClock']);
  const copyInstructions = copied === 0 ? 0 : buffer.kernelStores;
  return {
    mode: linuxMode(end.lines.after('nb: mode ')),
    matches: said.digest === expected && (shared === null || (shared.seen && shared.same)),
    found: {
      digest: said.digest, copied, copyInstructions, copySeconds: copyInstructions * cycles,
      inPlace: file.user.loads, fromBuffer: buffer.user.loads,
      byDevice: file.device.stores + buffer.device.stores,
      byProcessor: file.kernel.stores + buffer.kernel.stores - copied,
      fromDisk, pagedIn: said.pagedIn, atFirstTouch: diskBytes(touch), minor: said.minor, major: said.major,
      resident: said.resident,
      seen: shared === null ? null : shared.seen ? 'yes' : 'no',
      samePages: shared === null ? null : shared.same ? 'yes' : 'no',
      bytesUntilSeen: shared === null ? null : diskBytes(end.between(FILE_MARKS.store, FILE_MARKS.seen)),
      dirty: shared === null ? null : shared.dirty * PAGE, written: shared === null ? null : written,
    },
  };
}

const COPY_SHARE: Measure = {
  key: 'copyShare', label: '  share of the time, at least', unit: 'share', better: 'less',
  of: ({ found: f, seconds }) => Number(f['copySeconds']) / seconds,
};

const bytesFound = (key: string, label: string): Measure => found(key, label, { unit: 'B' });

/** The same file by read, mmap and O_DIRECT, and the page cache under them by PIO and DMA. */
export const FILE_MMAP = experiment({
  name: 'file-mmap',
  place: 240,
  question: 'Is a memory-mapped file DMA, and what does it save?',
  summary: 'A file is read, mapped, or read past the page cache, and its pages come from the disk by PIO or by DMA.',
  shows: ['R24', 'R28'],
  statements: FILE_MMAP_STATEMENTS,
  parameters: FILE_MMAP_PARAMETERS,
  variants: WAYS.flatMap((way) => (['pio', 'dma'] as const).map((by) => ({
    method: `${way}-${by}`, guest: 'debian', boards: ['pc'], carriers: [by === 'pio' ? 'processor' : 'device'],
  }) as const)),
  linuxJobs: true,
  measures: [
    SECONDS, BYTES_PER_SECOND, CPU_BUSY, INSTRUCTIONS,
    bytesFound('copied', 'copied from the page cache to the buffer'), COPY_SHARE,
    bytesFound('inPlace', 'loaded by the program from the page cache'),
    bytesFound('fromBuffer', 'loaded by the program from its buffer'),
    bytesFound('fromDisk', 'read from the disk'),
    bytesFound('byProcessor', '  stored to these pages by the processor'),
    bytesFound('byDevice', '  stored to these pages by the controller'),
    bytesFound('atFirstTouch', '  read when the first page was touched'),
    bytesFound('pagedIn', '  as the kernel counts it (pgpgin)'),
    found('major', 'page faults with a wait for the disk'), found('minor', 'page faults without'),
    found('resident', 'pages of the file in the page cache at the end'),
    found('samePages', 'two processes have the same physical page', { unit: 'word' }),
    found('seen', 'a store to the mapping is seen by read', { unit: 'word' }),
    bytesFound('bytesUntilSeen', '  over the disk\'s cable until then'),
    bytesFound('dirty', 'dirty pages'), bytesFound('written', '  written to the disk by msync'),
    DEVICE_BYTES, INTERRUPTS,
    found('digest', 'FNV-1a of what arrived', { unit: 'digest' }),
  ],
  modeLabel: 'transfer mode',
  blocks: [],
  decides: ['ram'],
  title: ({ texts }) => `a file of ${texts['bytes']}, page cache ${texts['cache']}`,
  prepare,
  judge,
});
