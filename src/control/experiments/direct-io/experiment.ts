import { PageTally } from '../../copies/page-tally.ts';
import { DiskOverlay } from '../../disk-overlay.ts';
import { ext2Image } from '../../ext2-image.ts';
import { ImageDisk, pseudoRandomImage } from '../../image-disk.ts';
import { formatSize } from '../../quantities.ts';
import { size } from '../../../sim/parameter.ts';
import { linuxMode } from '../disk/transfer-mode.ts';
import {
  experiment, type EndedTrial, type JobOf, type Judgement, type Kit, type Outcome, type RunResult, type Trial,
} from '../experiment.ts';
import { digestOfWords } from '../files/digest.ts';
import { BYTES_PER_SECOND, CPU_BUSY, found, INSTRUCTIONS, INTERRUPTS, SECONDS } from '../measures.ts';
import { directJob, directSaid, swapFile } from './linux.ts';
import { DIRECT_IO_STATEMENTS } from './statements.ts';

const KiB = 1024, MiB = 2 ** 20, PAGE = 4096;
const RAM = 128 * MiB;

export const DIRECT_IO_PARAMETERS = {
  bytes: size(512 * KiB, {
    doc: 'size of buffer and file, a multiple of 4096', source: 'a run of seconds', minimum: 64 * KiB, maximum: 4 * MiB,
    step: PAGE,
  }),
};

export type DirectIoJob = JobOf<typeof DIRECT_IO_PARAMETERS>;

function prepare(job: DirectIoJob, method: string, kit: Kit): Trial {
  const { bytes } = job.values;
  const data = pseudoRandomImage(bytes), tally = new PageTally();
  // Room for the buffer and the other one, twice.
  const image = ext2Image([{ name: 'data', bytes: data }, { name: 'swap', bytes: swapFile(4 * bytes + 64 * KiB) }]);
  const base = new ImageDisk('ext2', image, `ext2 of xorshift32, ${bytes} bytes, and swap, version 1`);
  return {
    machine: { options: { ram: RAM }, disks: [new DiskOverlay(base)] },
    software: directJob(kit, method, bytes),
    bytes,
    phases: ['booting Linux', 'reading', 'checking'],
    limit: 120 + bytes / 100e3,
    resumable: true, tally,
    attach: (machine) => tally.clear(machine.ram.length),
    finish: (end) => outcome(end, tally, bytes, digestOfWords(data)),
  };
}

function outcome(end: EndedTrial, tally: PageTally, bytes: number, expected: string): Outcome {
  const said = directSaid(end, bytes), { pinned } = said;
  const fromDisk = tally.all().device.stores;
  if (fromDisk !== said.pagedIn)
    throw end.failure(`the kernel says that it read ${said.pagedIn} bytes, and the controller stored ${fromDisk}`);
  const buffer = tally.of(said.buffer), file = tally.of(said.file);
  const pages = (n: number | undefined): number | null => (n === undefined ? null : n * PAGE);
  return {
    mode: linuxMode(end.lines.after('nb: mode ')),
    matches: said.digest === expected && (pinned === null || pinned.digest === expected),
    found: {
      digest: said.digest, fromDisk, toBuffer: buffer.device.stores, toCache: file.device.stores,
      copied: Math.min(file.kernel.loads, buffer.kernel.stores), minor: said.minor, major: said.major,
      flying: pinned === null ? null : pinned.flying ? 'yes' : 'no',
      stayed: pages(pinned?.stayed), pinnedOut: pages(pinned?.pinnedOut), otherOut: pages(pinned?.otherOut),
      freeOut: pages(pinned?.freeOut),
    },
  };
}

/** What is to be said of the runs that were made. */
function judge(runs: readonly RunResult[]): Omit<Judgement, 'verdict'> {
  const of = (run: RunResult, key: string): string => formatSize(Number(run.measures[key]));
  const wrong = runs.filter((r) => !r.matches).map((r) => r.method);
  const [buffered, direct] = ['buffered', 'direct'].map((m) => runs.find((r) => r.method === m));
  const sentences = wrong.length > 0 ? [`what arrived by ${wrong.join(', ')} is wrong`] : [
    ...(buffered === undefined ? [] : [
      `buffered: the controller stored ${of(buffered, 'toCache')} to the page cache and ` +
      `${of(buffered, 'toBuffer')} to the program's pages; the processor copied ${of(buffered, 'copied')}.`,
    ]),
    ...(direct === undefined ? [] : [
      `direct: the controller stored ${of(direct, 'toBuffer')} to the program's own pages; ` +
      `the processor copied ${of(direct, 'copied')}.`,
      `Asked to give pages up meanwhile, the kernel wrote ${of(direct, 'otherOut')} of an idle buffer to swap and ` +
      `${of(direct, 'pinnedOut')} of the pages under DMA; once the DMA was over, ${of(direct, 'freeOut')} of these.`,
    ]),
  ];
  return {
    sentence: sentences.join('\n') || 'Nothing can be said of these runs.',
    next: 'compare direct-io with --bytes 2MiB; compare file-mmap', reference: '',
  };
}

/** A device writes into a user's own pages, and they stay until it is done. */
export const DIRECT_IO = experiment({
  name: 'direct-io',
  place: 250,
  question: 'Can a device write straight into a program\'s pages, and who keeps them in their place meanwhile?',
  summary: 'A file is read through the page cache, or by O_DIRECT into the program\'s own pages, wanted by the kernel.',
  shows: ['R27'],
  statements: DIRECT_IO_STATEMENTS,
  parameters: DIRECT_IO_PARAMETERS,
  variants: (['buffered', 'direct'] as const).map((method) => ({
    method, guest: 'debian', boards: ['pc'],
    carriers: method === 'direct' ? ['device'] : ['device', 'processor'],
  }) as const),
  linuxJobs: true,
  measures: [
    SECONDS, BYTES_PER_SECOND, CPU_BUSY, INSTRUCTIONS,
    found('fromDisk', 'stored to memory by the controller', { unit: 'B' }),
    found('toCache', '  of these to the file\'s page cache', { unit: 'B' }),
    found('toBuffer', '  of these to the program\'s own pages', { unit: 'B' }),
    found('copied', 'copied from the page cache to the program', { unit: 'B', better: 'less' }),
    found('minor', 'page faults without a wait for the disk'), found('major', '  with one'),
    found('flying', 'under way when its pages are to be reclaimed', { unit: 'word' }),
    found('pinnedOut', '  written to swap of these pages', { unit: 'B' }),
    found('otherOut', '  of an idle buffer', { unit: 'B' }),
    found('stayed', '  in its place when it was done', { unit: 'B' }),
    found('freeOut', '  written to swap then', { unit: 'B' }),
    INTERRUPTS,
    found('digest', 'FNV-1a of what arrived', { unit: 'digest' }),
  ],
  modeLabel: 'transfer mode',
  blocks: [],
  decides: ['ram'],
  title: ({ texts }) => `${texts['bytes']} of a file`,
  prepare,
  judge,
});
