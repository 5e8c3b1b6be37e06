import { parseBzImage } from '../../../src/machine/loader/bzimage.ts';
import { findKernelPayload } from '../../../src/machine/loader/kernel-payload.ts';
import { obstacleToEntry, parseVmlinux } from '../../../src/machine/loader/vmlinux.ts';
import { NoDecoderError } from './errors.ts';
import { keep, placeInCache, readKept } from './kept-vmlinux.ts';
import { unpackKernel } from './unpack.ts';

/** An unpacked kernel, or why there is none: '' where nothing is packed in the bzImage. */
export type Unpacked =
  | { readonly vmlinux: Uint8Array; readonly kept: boolean }
  | { readonly vmlinux: null; readonly why: string };

/**
 * The kernel that is packed in a bzImage, from where it is kept, else unpacked and kept there.
 * @param path where it is kept; `kept` tells whether it is there now
 * @throws LoadError, DamagedKernelError if the bzImage is not sound
 */
export async function unpackedKernel(kernel: Uint8Array, path: string): Promise<Unpacked> {
  const payload = findKernelPayload(kernel);
  if (payload === null) return { vmlinux: null, why: whyNoPayload(kernel) };
  const there = await readKept(path, kernel);
  if (there !== null) return { vmlinux: there, kept: true };
  try {
    const vmlinux = await unpackKernel(payload);
    parseVmlinux(vmlinux);
    return { vmlinux, kept: await keep(path, kernel, vmlinux) };
  } catch (error) {
    if (error instanceof NoDecoderError) return { vmlinux: null, why: error.message };
    throw error;
  }
}

/** The same with a place in a cache folder. */
export async function unpackedInCache(kernel: Uint8Array, cacheDir: string): Promise<Unpacked> {
  return unpackedKernel(kernel, placeInCache(cacheDir, kernel));
}

/**
 * Why an unpacked kernel cannot be entered in place of its decompressor, or ''.
 * @param append kernel command line
 */
export function obstacle(kernel: Uint8Array, vmlinux: Uint8Array, append: string): string {
  return obstacleToEntry(parseBzImage(kernel), parseVmlinux(vmlinux), append);
}

/** Before protocol 2.08 the header has no such field; then 0 says that nothing is packed. */
function whyNoPayload(kernel: Uint8Array): string {
  const { version } = parseBzImage(kernel);
  return version >= 0x208
    ? ''
    : `its header, of boot protocol ${version >> 8}.${String(version & 255).padStart(2, '0')}, does not tell where ` +
      'it is packed';
}
