import { bootable, isBzImage, isVmlinux, LARGEST_INPUT, startsWith } from './bootable.ts';
import { isProgram } from '../../machine/loader/program.ts';
import { cdRefusal } from './cd-image.ts';
import { UnusableError } from './unusable.ts';

/** What a user's file is for. */
export type FileRole = 'kernel' | 'vmlinux' | 'program' | 'initrd' | 'disk' | 'cd' | 'device';

/** Bytes of a file's beginning that its role is told by. */
export const HEAD_BYTES = 64 * 1024;

/** How an initrd begins: cpio (newc), or what the kernel unpacks (lib/decompress.c). */
const INITRD_MAGICS: readonly (readonly number[])[] = [
  [0x30, 0x37, 0x30, 0x37, 0x30, 0x31], [0x30, 0x37, 0x30, 0x37, 0x30, 0x32], [0x1f, 0x8b],
  [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], [0x28, 0xb5, 0x2f, 0xfd], [0x42, 0x5a, 0x68], [0x02, 0x21, 0x4c, 0x18],
  [0x5d, 0, 0],
];
const QCOW2 = [0x51, 0x46, 0x49, 0xfb];
const SECTOR = 512;
/** What a partition table with sectors of 32 bits reaches (MBR). */
const LARGEST_DISK = 2 ** 41;
const WANTED = 'a Linux kernel (bzImage, i386), a program (32-bit ELF or multiboot), an initrd, a raw disk image, ' +
  'a CD image (.iso), or a device in TypeScript (.ts)';

/**
 * Tells by its contents what a file is for.
 * @param head its first `HEAD_BYTES`, or all if it has less
 * @param all reads all of it
 * @throws UnusableError in one line, if it is for nothing, or not sound
 */
export function roleOf(name: string, size: number, head: Uint8Array, all: () => Uint8Array): FileRole {
  if (size === 0) throw new UnusableError(`'${name}' is empty`);
  if (/\.(m?ts|m?js)$/.test(name)) return 'device';
  const noCd = cdRefusal(begins(size, head));
  if (noCd === '') return 'cd';
  if (/\.iso$/i.test(name)) throw new UnusableError(`'${name}' ${noCd}`);
  if (isBzImage(head)) return checked(name, size, all, 'kernel');
  if (isProgram(head)) {
    if (size <= LARGEST_INPUT && isVmlinux(all())) return 'vmlinux';
    return checked(name, size, all, 'program');
  }
  if (INITRD_MAGICS.some((magic) => startsWith(head, magic))) return 'initrd';
  if (isText(head)) throw new UnusableError(`'${name}' is a text; what a machine can use is ${WANTED}`);
  checkDisk(name, size, head);
  return 'disk';
}

/** Checks that a file can be read as a whole. @throws UnusableError */
export function checkInput(name: string, size: number): void {
  if (size === 0) throw new UnusableError(`'${name}' is empty`);
  if (size > LARGEST_INPUT) throw new UnusableError(`'${name}' has ${size} bytes; the limit is 2 GiB`);
}

/** Checks the image of a data CD by its size and first bytes. @throws UnusableError */
export function checkCd(name: string, size: number, head: Uint8Array): void {
  const refusal = cdRefusal(begins(size, head));
  if (refusal !== '') throw new UnusableError(`'${name}' ${refusal}`);
}

/** An image of which the beginning is known. */
function begins(size: number, head: Uint8Array): Parameters<typeof cdRefusal>[0] {
  return { size, read: (offset, buffer, at, length) => buffer.set(head.subarray(offset, offset + length), at) };
}

/** Checks a raw disk image by its size and first bytes. @throws UnusableError */
export function checkDisk(name: string, size: number, head: Uint8Array): void {
  if (startsWith(head, QCOW2))
    throw new UnusableError(`'${name}' is a qcow2 image; convert it first: qemu-img convert -O raw IMAGE disk.img`);
  if (size % SECTOR !== 0)
    throw new UnusableError(
      `'${name}' is not ${WANTED}; a raw disk image is made of whole sectors of 512 bytes, and it has ${size} bytes`,
    );
  if (size > LARGEST_DISK)
    throw new UnusableError(
      `'${name}' has ${(size / 2 ** 40).toFixed(1)} TiB; a disk has at most 2 TiB, which a partition table can tell`,
    );
}

function checked(name: string, size: number, all: () => Uint8Array, role: 'kernel' | 'program'): FileRole {
  checkInput(name, size);
  bootable(all(), `'${name}'`);
  return role;
}

/** No byte but those of a text in UTF-8 without control characters. */
function isText(head: Uint8Array): boolean {
  return head.every((b) => b >= 0x20 || b === 9 || b === 10 || b === 13 || b === 12);
}
