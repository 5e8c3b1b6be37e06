import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import {
  bootable, LARGEST_INPUT, soundKernel, soundProgram, type Bootable,
} from '../../src/control/software/bootable.ts';
import { UnusableError } from '../../src/control/software/unusable.ts';
import { LoadError } from '../../src/machine/loader/load-error.ts';
import { InputError, systemReason } from './input-error.ts';

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
    if (stat.size > LARGEST_INPUT) throw new InputError(`${what} '${path}' has ${stat.size} bytes; the limit is 2 GiB`);
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
  return checked(path, 'kernel', soundKernel);
}

/** Reads a bare-metal program and checks that it is one. @throws InputError */
export function readProgram(path: string): Uint8Array {
  return checked(path, 'program', soundProgram);
}

/** Reads what `run` starts: a bzImage, or a bare-metal program. @throws InputError */
export function readBootable(path: string): Bootable {
  return checked(path, 'kernel', bootable);
}

function checked<T>(path: string, what: string, check: (image: Uint8Array, what: string) => T): T {
  const image = readInput(path, what);
  try {
    return check(image, `${what} '${path}'`);
  } catch (error) {
    throw error instanceof UnusableError ? new InputError(error.message) : error;
  }
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
