import { parseBzImage } from '../../machine/loader/bzimage.ts';
import { LoadError } from '../../machine/loader/load-error.ts';
import { findMultiboot } from '../../machine/loader/multiboot.ts';
import { isProgram, planProgram } from '../../machine/loader/program.ts';
import { UnusableError } from './unusable.ts';

const LINUX_BANNER = Uint8Array.from('Linux version ', (c) => c.charCodeAt(0));
const VMLINUX = 'it is an unpacked Linux kernel (vmlinux); give its bzImage, the vmlinuz that it lies beside';
/** Bytes of the largest kernel or initrd that is read. */
export const LARGEST_INPUT = 2 ** 31;
/** Kernel command line where none is given. */
export const DEFAULT_APPEND = 'console=ttyS0,115200';

/** What a machine can be started with, by its contents. */
export interface Bootable {
  readonly kind: 'linux' | 'program';
  readonly image: Uint8Array;
}

/**
 * Checks that an image is a sound bzImage or a bare-metal program.
 * @param what what it is called in the message, e.g. `kernel 'vmlinuz'`
 * @throws UnusableError
 */
export function bootable(image: Uint8Array, what: string): Bootable {
  if (isBzImage(image) || !isProgram(image)) return { kind: 'linux', image: soundKernel(image, what) };
  // A vmlinux is an ELF file, too, but it is entered with what only a bzImage's loader leaves.
  if (isVmlinux(image)) throw new UnusableError(`${what} cannot be used: ${VMLINUX}`);
  return { kind: 'program', image: soundProgram(image, what) };
}

/** Checks that a Linux kernel is a sound bzImage. @throws UnusableError */
export function soundKernel(image: Uint8Array, what: string): Uint8Array {
  try {
    parseBzImage(image);
  } catch (error) {
    if (error instanceof LoadError)
      throw new UnusableError(
        `${what} cannot be used: ` +
          (isVmlinux(image) ? VMLINUX : `${error.message}${isBzImage(image) ? '' : hint(image)}`),
      );
    throw error;
  }
  return image;
}

/**
 * Checks a bare-metal program: all but its fit into the machine's memory, which the machine checks.
 * @throws UnusableError
 */
export function soundProgram(image: Uint8Array, what: string): Uint8Array {
  if (!isProgram(image))
    throw new UnusableError(`${what} cannot be used: it is no ELF file and has no multiboot header`);
  try {
    planProgram(image, { memoryMap: [{ base: 0, size: 2 ** 32, type: 1 }], commandLine: '' });
  } catch (error) {
    if (error instanceof LoadError) throw new UnusableError(`${what} cannot be used: ${error.message}`);
    throw error;
  }
  return image;
}

/** Whether it says that it is one; then what is wrong with it is no mistake of the user's. */
export function isBzImage(image: Uint8Array): boolean {
  return image.length > 0x206 && startsWith(image, [0x48, 0x64, 0x72, 0x53], 0x202);
}

/** Whether it is an unpacked Linux kernel, without a multiboot header to be entered by. */
export function isVmlinux(image: Uint8Array): boolean {
  if (!isElf(image) || !includes(image, LINUX_BANNER)) return false;
  try {
    return findMultiboot(image) === null;
  } catch {
    return false;
  }
}

const isElf = (image: Uint8Array): boolean => image[0] === 0x7f && image[1] === 0x45;

/** Whether `bytes` stand in an image at an offset. */
export function startsWith(image: Uint8Array, bytes: readonly number[], at = 0): boolean {
  return bytes.every((b, n) => image[at + n] === b);
}

function includes(image: Uint8Array, bytes: Uint8Array): boolean {
  for (let at = image.indexOf(bytes[0]); at >= 0; at = image.indexOf(bytes[0], at + 1))
    if (bytes.every((b, n) => image[at + n] === b)) return true;
  return false;
}

function hint(image: Uint8Array): string {
  if (isElf(image))
    return '; it is an ELF file: give the bzImage (arch/x86/boot/bzImage, or /boot/vmlinuz-… of an i386 kernel)';
  if (startsWith(image, [0x1f, 0x8b])) return '; it is a gzip file: unpack it first';
  return '; give a bzImage (/boot/vmlinuz-… of an i386 Linux kernel), or for run an ELF or multiboot program';
}
