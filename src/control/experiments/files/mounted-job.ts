import { DISK_FUNCTIONS, DISK_MODULES } from '../disk/linux-disk.ts';
import type { Kit, Software } from '../experiment.ts';
import { linuxJob } from '../linux/job.ts';
import type { Said } from '../linux/said.ts';

/** A program of guest/linux that works on files of a disk. */
export interface FileProgram {
  readonly name: string;
  /** What stands behind its name; the disk is mounted at /disk. */
  readonly words: string;
  /** Shell variables of `words`. */
  readonly parameters: Readonly<Record<string, string | number>>;
  /** Parameters of libata. */
  readonly driver: string;
  /** Shell commands when it is done. */
  readonly after?: string;
}

/**
 * Mounts the disk by ext4's driver, which is ext2's too, and runs the program. What it prints is
 * the section `said`.
 */
export function mountedJob(kit: Kit, { name, words, parameters, driver, after = '' }: FileProgram): Software {
  return linuxJob(kit, {
    modules: [...DISK_MODULES, 'crc32c_generic', 'ext4'], modulesToLoadLater: ['ata-piix'], programs: [name],
    parameters,
    // Or each page of the page cache would be cleared before it is filled.
    append: 'init_on_alloc=0',
    script: `${DISK_FUNCTIONS}
${`driver ${driver}`.trimEnd()}
echo "nb: mode $(mode)"
mkdir /disk
mount -t ext2 /dev/sda /disk || fail "the disk cannot be mounted"
drain
${name} ${words} > /tmp/said 2> /tmp/why || fail "${name}: $(cat /tmp/why)"
copy said /tmp/said
${after}
`,
  });
}

/** What each of these programs says. */
export interface ReadSaid {
  /** Of what arrived: `digestOfWords`. */
  readonly digest: string;
  /** Page faults without and with a wait for the disk. */
  readonly minor: number;
  readonly major: number;
  /** Bytes that the kernel says it read from disks. */
  readonly pagedIn: number;
}

/** @throws GuestFailure if something is missing */
export function readSaid(said: Said): ReadSaid {
  return {
    digest: said.text('digest'), minor: said.number('minor'), major: said.number('major'),
    pagedIn: 1024 * said.number('paged-in'),
  };
}
