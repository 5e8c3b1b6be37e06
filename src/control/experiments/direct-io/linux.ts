import type { EndedTrial, Kit, Software } from '../experiment.ts';
import { mountedJob, readSaid, type ReadSaid } from '../files/mounted-job.ts';
import { Said } from '../linux/said.ts';

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
  return mountedJob(kit, {
    name: 'direct-io', words: '$method /disk/data $bytes /disk/swap', parameters: { bytes, method }, driver: '',
  });
}

/** What direct-io said, by its words. */
export interface DirectSaid extends ReadSaid {
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
    ...readSaid(said),
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
