import { DISK_FUNCTIONS, DISK_MODULES } from '../disk/linux-disk.ts';
import type { EndedTrial, Kit, Software } from '../experiment.ts';
import { Said } from '../file-mmap/said.ts';
import { linuxJob } from '../linux/job.ts';

const PAGE = 4096;

/** A swap file for Linux (include/linux/swap.h, union swap_header). @param bytes whole pages */
export function swapFile(bytes: number): Uint8Array {
  const file = new Uint8Array(bytes), view = new DataView(file.buffer);
  view.setUint32(1024, 1, true);
  view.setUint32(1028, bytes / PAGE - 1, true);
  const magic = 'SWAPSPACE2';
  for (let n = 0; n < magic.length; n++) file[PAGE - magic.length + n] = magic.charCodeAt(n);
  return file;
}

/** guest/linux/direct-io on a disk that is an ext2 file system with the files `data` and `swap`. */
export function directJob(kit: Kit, method: string, bytes: number): Software {
  return linuxJob(kit, {
    modules: [...DISK_MODULES, 'crc32c_generic', 'ext4'], modulesToLoadLater: ['ata-piix'], programs: ['direct-io'],
    parameters: { bytes, method },
    // Or each page of the page cache would be cleared before it is filled.
    append: 'init_on_alloc=0',
    script: `${DISK_FUNCTIONS}
driver
echo "nb: mode $(mode)"
mkdir /disk
mount -t ext2 /dev/sda /disk || fail "the disk cannot be mounted"
drain
direct-io $method /disk/data $bytes /disk/swap > /tmp/said 2> /tmp/why || fail "direct-io: $(cat /tmp/why)"
copy said /tmp/said
`,
  });
}

/** What direct-io said, by its words. */
export interface DirectSaid {
  readonly digest: string;
  readonly minor: number;
  readonly major: number;
  /** Bytes that the kernel says it read from disks. */
  readonly pagedIn: number;
  readonly buffer: readonly number[];
  readonly file: readonly number[];
  /** Pages while a device writes to them and after; null with the page cache between. */
  readonly pinned: {
    readonly flying: boolean;
    readonly pinnedOut: number;
    readonly otherOut: number;
    readonly stayed: number;
    readonly freeOut: number;
    readonly digest: string;
  } | null;
}

/** @throws GuestFailure if something is missing */
export function directSaid(end: EndedTrial, bytes: number): DirectSaid {
  const said = new Said(end), count = bytes / PAGE;
  return {
    digest: said.text('digest'), minor: said.number('minor'), major: said.number('major'),
    pagedIn: 1024 * said.number('paged-in'),
    buffer: said.pages('buffer', count), file: said.has('file') ? said.pages('file', count) : [],
    pinned: said.has('flying')
      ? {
          flying: said.text('flying') === 'yes', pinnedOut: said.number('pinned-out'),
          otherOut: said.number('other-out'), stayed: said.number('stayed'), freeOut: said.number('free-out'),
          digest: said.text('digest-again'),
        }
      : null,
  };
}
