import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { parseBzImage } from '../../src/machine/loader/bzimage.ts';
import { findMultiboot } from '../../src/machine/loader/multiboot.ts';
import { isProgram, planProgram } from '../../src/machine/loader/program.ts';
import { LoadError } from '../../src/machine/loader/load-error.ts';
import { InputError, systemReason } from './input-error.ts';

const LINUX_BANNER = 'Linux version ';
const VMLINUX = 'it is an unpacked Linux kernel (vmlinux); give its bzImage, the vmlinuz that it lies beside';
/** The largest kernel or initrd that is read. */
const LARGEST = 2 ** 31;

/**
 * Reads a whole input file.
 * @param what what it is, for the message, e.g. `kernel`
 * @throws InputError
 */
export function readInput(path: string, what: string): Uint8Array {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw new InputError(`cannot open ${what} '${path}': ${systemReason(error)}`);
  }
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) throw new InputError(`${what} '${path}' is no regular file`);
    if (stat.size === 0) throw new InputError(`${what} '${path}' is empty`);
    if (stat.size > LARGEST) throw new InputError(`${what} '${path}' has ${stat.size} bytes; the limit is 2 GiB`);
    return readFileSync(fd);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`cannot read ${what} '${path}': ${systemReason(error)}`);
  } finally {
    closeSync(fd);
  }
}

/** Reads a Linux kernel and checks that it is a sound bzImage. @throws InputError */
export function readKernel(path: string): Uint8Array {
  return checkedKernel(path, readInput(path, 'kernel'));
}

function checkedKernel(path: string, image: Uint8Array): Uint8Array {
  try {
    parseBzImage(image);
  } catch (error) {
    if (error instanceof LoadError)
      throw new InputError(
        `kernel '${path}' cannot be used: ` +
          (isVmlinux(image) ? VMLINUX : `${error.message}${isBzImage(image) ? '' : hint(image)}`),
      );
    throw error;
  }
  return image;
}

/** Reads a bare-metal program and checks that it is one. @throws InputError */
export function readProgram(path: string): Uint8Array {
  const image = readInput(path, 'program');
  if (!isProgram(image))
    throw new InputError(`program '${path}' cannot be used: it is no ELF file and has no multiboot header`);
  checkProgram(image, `program '${path}'`);
  return image;
}

/** All but its fit into the machine's memory, which the machine checks. @throws InputError */
function checkProgram(image: Uint8Array, what: string): void {
  try {
    planProgram(image, { memoryMap: [{ base: 0, size: 2 ** 32, type: 1 }], commandLine: '' });
  } catch (error) {
    if (error instanceof LoadError) throw new InputError(`${what} cannot be used: ${error.message}`);
    throw error;
  }
}

/** Reads what `run` starts: a bzImage, or a bare-metal program. @throws InputError */
export function readBootable(path: string): { kind: 'linux' | 'program'; image: Uint8Array } {
  const image = readInput(path, 'kernel');
  if (isBzImage(image) || !isProgram(image)) return { kind: 'linux', image: checkedKernel(path, image) };
  // A vmlinux is an ELF file, too, but it is entered with what only a bzImage's loader leaves.
  if (isVmlinux(image)) throw new InputError(`kernel '${path}' cannot be used: ${VMLINUX}`);
  checkProgram(image, `kernel '${path}'`);
  return { kind: 'program', image };
}

/** Whether it says that it is one; then what is wrong with it is no mistake of the user's. */
function isBzImage(image: Uint8Array): boolean {
  return image.length > 0x206 && Buffer.from(image.buffer, image.byteOffset + 0x202, 4).toString('latin1') === 'HdrS';
}

/** Whether it is an unpacked Linux kernel, without a multiboot header to be entered by. */
function isVmlinux(image: Uint8Array): boolean {
  if (!isElf(image) || !Buffer.from(image.buffer, image.byteOffset, image.length).includes(LINUX_BANNER)) return false;
  try {
    return findMultiboot(image) === null;
  } catch {
    return false;
  }
}

const isElf = (image: Uint8Array): boolean => image[0] === 0x7f && image[1] === 0x45;

function hint(image: Uint8Array): string {
  if (isElf(image))
    return '; it is an ELF file: give the bzImage (arch/x86/boot/bzImage, or /boot/vmlinuz-… of an i386 kernel)';
  if (image[0] === 0x1f && image[1] === 0x8b) return '; it is a gzip file: unpack it first';
  return '; give a bzImage (/boot/vmlinuz-… of an i386 Linux kernel), or for run an ELF or multiboot program';
}

/** What to do about a bare-metal program that the RAM does not hold; `ram` is its size in words. */
export function programAdvice(ram: string): string {
  return `the machine has ${ram}; give it more (--memory 256MiB), or link the program where RAM is ` +
    '(ld -Ttext-segment=0x100000)';
}

/**
 * The words in which a loader refuses, as an InputError; other errors pass through.
 * @param memoryAdvice what to do if it is memory that lacks
 */
export function loadRefusal(error: unknown, memoryAdvice: string): unknown {
  if (!(error instanceof LoadError)) return error;
  if (error.message.startsWith('kernel command line')) return new InputError(`--append: ${error.message}`);
  return new InputError(/\bRAM\b/.test(error.message) ? `${error.message}; ${memoryAdvice}` : error.message);
}
