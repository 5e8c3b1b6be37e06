import { LoadError } from '../../src/machine/loader/load-error.ts';
import { keepLastUsed } from './cache/contents.ts';
import { cacheFolder } from './cache/folder.ts';
import { InputError } from './input-error.ts';
import { vmlinuxBeside } from './guests/debian/index.ts';
import {
  DamagedKernelError, obstacle, readKept, unpackedInCache, unpackedKernel, type Unpacked,
} from './kernels/index.ts';

/** How a kernel is started: the board's option, and what it needs. */
export interface KernelEntry {
  readonly kernelEntry: 'decompressor' | 'vmlinux';
  readonly vmlinux?: Uint8Array;
}

/** A kernel for which the entry is to be chosen. */
export interface Choice {
  readonly path: string;
  readonly kernel: Uint8Array;
  /** Kernel command line. */
  readonly append: string;
  /** What `--kernel-entry` says, if it was given. */
  readonly given: string | undefined;
  /** Where its unpacked form is kept; else the cache folder. */
  readonly kept?: string;
  /** Not to say on stderr why the kernel unpacks itself, where it must. */
  readonly quiet: boolean;
}

/**
 * Enters the unpacked kernel where it can be had, and else leaves the unpacking to the guest, as
 * the user has said or by itself.
 * @throws InputError if the packed kernel is damaged, or if `vmlinux` was asked for and cannot be
 */
export async function chooseKernelEntry(choice: Choice): Promise<KernelEntry> {
  const { path, kernel, append, given, kept } = choice;
  if (given === 'decompressor') return { kernelEntry: 'decompressor' };
  try {
    const found = await (kept === undefined ? unpackedAndKept(kernel, path) : unpackedKernel(kernel, kept));
    const why = found.vmlinux === null ? found.why : obstacle(kernel, found.vmlinux, append);
    if (found.vmlinux !== null && why === '') return { kernelEntry: 'vmlinux', vmlinux: found.vmlinux };
    if (given === 'vmlinux')
      throw new InputError(
        `--kernel-entry vmlinux: kernel '${path}' cannot be entered directly: ${why === '' ? NOTHING_PACKED : why}`,
      );
    if (why !== '' && !choice.quiet)
      process.stderr.write(`northbridge: the kernel unpacks itself, which takes longer: ${why}\n`);
    return { kernelEntry: 'decompressor' };
  } catch (error) {
    if (error instanceof LoadError) throw new InputError(`kernel '${path}' cannot be used: ${error.message}`);
    if (error instanceof DamagedKernelError)
      throw new InputError(`kernel '${path}' cannot be used: the kernel packed in it is damaged: ${error.message}`);
    throw error;
  }
}

const NOTHING_PACKED = 'nothing is packed in it';
/** Unpacked kernels that stay in the cache; each has some 16 MB. */
const MOST_KEPT = 8;

/** From beside the kernel, as a prepared guest has it, else from the cache. */
async function unpackedAndKept(kernel: Uint8Array, path: string): Promise<Unpacked> {
  const beside = await readKept(vmlinuxBeside(path), kernel);
  if (beside !== null) return { vmlinux: beside, kept: true };
  const cache = cacheFolder();
  const found = await unpackedInCache(kernel, cache);
  keepLastUsed(cache, 'kernel', MOST_KEPT);
  return found;
}
