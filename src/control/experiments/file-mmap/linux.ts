import { DISK_FUNCTIONS, DISK_MODULES } from '../disk/linux-disk.ts';
import type { EndedTrial, Kit, Software } from '../experiment.ts';
import { linuxJob } from '../linux/job.ts';
import { Said } from './said.ts';

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

/** Mounts the disk by ext4's driver, which is ext2's too, and lets the program read the file. */
export function fileJob(kit: Kit, { method, bytes, advice, cache, driver }: FileJob): Software {
  return linuxJob(kit, {
    modules: [...DISK_MODULES, 'crc32c_generic', 'ext4'], modulesToLoadLater: ['ata-piix'], programs: ['file-io'],
    parameters: { bytes, method, advice, cache },
    // Or each page of the page cache would be cleared before it is filled.
    append: 'init_on_alloc=0',
    script: `${DISK_FUNCTIONS}
driver ${driver}
echo "nb: mode $(mode)"
mkdir /disk
mount -t ext2 /dev/sda /disk || fail "the disk cannot be mounted"
drain
file-io $method /disk/${FILE} $bytes $advice $cache > /tmp/said 2> /tmp/why || fail "file-io: $(cat /tmp/why)"
copy said /tmp/said
umount /disk || fail "the disk cannot be unmounted"
`,
  });
}

/** What file-io said, by its words. */
export interface FileSaid {
  readonly digest: string;
  readonly minor: number;
  readonly major: number;
  /** Bytes that the kernel says it read from disks. */
  readonly pagedIn: number;
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
    digest: said.text('digest'), minor: said.number('minor'), major: said.number('major'),
    pagedIn: 1024 * said.number('paged-in'), resident,
    buffer: said.pages('buffer', BUFFER_PAGES), file: said.pages('file', resident),
    shared: said.has('seen')
      ? {
          seen: said.text('seen') === 'yes', same: own === other && own !== '00000',
          dirty: said.number('dirty'), pagedOut: 1024 * said.number('paged-out'),
        }
      : null,
  };
}
