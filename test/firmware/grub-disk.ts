import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { grubImage, type GrubWork } from './grub-image.ts';

/** What GRUB needs for a menu from an ext2 partition and a Linux kernel, with what these need. */
const MODULES = [
  'biosdisk', 'boot', 'bufio', 'crypto', 'datetime', 'ext2', 'extcmd', 'fshelp', 'gettext', 'linux', 'mmap', 'net',
  'normal', 'part_msdos', 'priority_queue', 'relocator', 'terminal', 'vbe', 'verifiers', 'video', 'video_fb',
];
const SECTOR = 512;
/** Where the partition begins, in sectors: GRUB's core image lies in the gap before it. */
const FIRST = 2048;

/**
 * A hard disk with GRUB in its first sectors and one ext2 partition that holds `files` (paths from
 * its root, `boot/grub/grub.cfg`), or null with a reason if the tools cannot be had.
 */
export function grubDisk(files: Readonly<Record<string, Uint8Array | string>>): Promise<Uint8Array | null> {
  const format = { name: 'i386-pc', prefix: '(hd0,msdos1)/boot/grub', modules: MODULES };
  return grubImage(format, ['boot.img', 'diskboot.img'], ({ core, part, work }: GrubWork) =>
    disk(part('boot.img'), core, partition(files, work)));
}

function partition(files: Readonly<Record<string, Uint8Array | string>>, work: string): Uint8Array {
  const root = join(work, 'root'), image = join(work, 'ext2.img');
  let bytes = 0;
  for (const [path, content] of Object.entries(files)) {
    bytes += content.length;
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  execFileSync('mke2fs', ['-q', '-t', 'ext2', '-d', root, image, `${4 + Math.ceil(bytes / 2 ** 20)}M`], {
    stdio: 'pipe', env: { ...process.env, PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin` },
  });
  return readFileSync(image);
}

/** What grub-bios-setup writes: grub-core/boot/i386/pc/{boot,diskboot}.S name the fields. */
function disk(boot: Uint8Array, core: Uint8Array, part: Uint8Array): Uint8Array {
  const coreSectors = Math.ceil(core.length / SECTOR);
  if (coreSectors >= FIRST) throw new Error(`GRUB's core image has ${coreSectors} sectors, the gap ${FIRST - 1}`);
  // A whole number of cylinders of 16 heads and 63 sectors.
  const cylinder = 16 * 63 * SECTOR;
  const image = new Uint8Array(Math.ceil((FIRST * SECTOR + part.length) / cylinder) * cylinder);
  const view = new DataView(image.buffer);
  image.set(boot.subarray(0, 0x1b8));
  image.set(core, SECTOR);
  image.set(part, FIRST * SECTOR);
  // boot.img: the core's first sector; the drive is the one of the BIOS (FFh); the drive check goes.
  view.setBigUint64(0x5c, 1n, true);
  image[0x64] = 0xff;
  image.set([0x90, 0x90], 0x66);
  // The core's first sector ends with the list of the others: start, count, segment to load to.
  view.setBigUint64(2 * SECTOR - 12, 2n, true);
  view.setUint16(2 * SECTOR - 4, coreSectors - 1, true);
  view.setUint16(2 * SECTOR - 2, 0x820, true);
  // One partition, active, Linux (83h), by LBA alone.
  image.set([0x80, 0xfe, 0xff, 0xff, 0x83, 0xfe, 0xff, 0xff], 0x1be);
  view.setUint32(0x1be + 8, FIRST, true);
  view.setUint32(0x1be + 12, part.length / SECTOR, true);
  image.set([0x55, 0xaa], 510);
  return image;
}
