import type { EndedTrial, Kit, Software } from '../experiment.ts';
import { mountedJob, readSaid, type ReadSaid } from '../files/mounted-job.ts';
import { Said } from '../linux/said.ts';

/** Name of the file on the disk. */
export const FILE = 'data';
/** Pages of the program's buffer. */
const BUFFER_PAGES = 32;
/** POST codes of guest/linux/file-io. */
export const FILE_MARKS = {
  touch: 0xb2, touched: 0xb3, store: 0xb4, seen: 0xb5, writeBack: 0xb6, written: 0xb7,
} as const;

/** A run of guest/linux/file-io on a disk that is an ext2 file system, its driver's parameters. */
export interface FileJob {
  readonly method: 'read' | 'mmap' | 'direct';
  readonly bytes: number;
  readonly advice: string;
  readonly cache: string;
  readonly driver: string;
}

/** Lets the program read the file of a mounted disk. */
export function fileJob(kit: Kit, { method, bytes, advice, cache, driver }: FileJob): Software {
  return mountedJob(kit, {
    name: 'file-io', words: `$method /disk/${FILE} $bytes $advice $cache`, driver,
    parameters: { bytes, method, advice, cache },
    after: 'umount /disk || fail "the disk cannot be unmounted"',
  });
}

/** What file-io said, by its words. */
export interface FileSaid extends ReadSaid {
  /** Pages of the file in memory at the end. */
  readonly resident: number;
  readonly buffer: readonly number[];
  readonly file: readonly number[];
  /** What two processes and `read` saw; null without mmap. */
  readonly shared: {
    readonly seen: boolean;
    readonly same: boolean;
    readonly dirty: number;
    readonly pagedOut: number;
  } | null;
}

/** @throws GuestFailure if something is missing */
export function fileSaid(end: EndedTrial): FileSaid {
  const said = new Said(end), resident = said.number('resident');
  const [own, other] = said.has('pages') ? said.text('pages').split(' ') : [];
  return {
    ...readSaid(said), resident,
    buffer: said.pages('buffer', BUFFER_PAGES), file: said.pages('file', resident),
    shared: said.has('seen')
      ? {
          seen: said.text('seen') === 'yes', same: own === other && own !== '00000',
          dirty: said.number('dirty'), pagedOut: 1024 * said.number('paged-out'),
        }
      : null,
  };
}
