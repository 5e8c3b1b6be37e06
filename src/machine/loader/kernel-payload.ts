import { parseBzImage } from './bzimage.ts';
import { LoadError } from './load-error.ts';

/** How the kernel's build has packed it; `none`: it is the ELF file itself. */
export type PayloadMethod = 'gzip' | 'bzip2' | 'lzma' | 'xz' | 'lzo' | 'lz4' | 'zstd' | 'none';

/** The packed kernel inside a bzImage. */
export interface KernelPayload {
  readonly method: PayloadMethod;
  /** The packed bytes, a view of the image, without the size that the build appends. */
  readonly bytes: Uint8Array;
  /** Bytes of what is packed, as the last four bytes of the payload say. */
  readonly size: number;
}

/**
 * First bytes of what the methods make: boot.rst, payload_offset, and lib/decompress.c for LZO. The
 * programs' own magic is longer than two bytes, and so is what is compared here.
 */
const MAGICS: readonly (readonly [method: PayloadMethod, magic: readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['lzma', [0x5d, 0, 0]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]],
  ['lzo', [0x89, 0x4c, 0x5a]],
  ['lz4', [0x02, 0x21, 0x4c, 0x18]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['none', [0x7f, 0x45, 0x4c, 0x46]],
];
/** The least that an ELF file has: its header. */
const LEAST = 52;
/** KERNEL_IMAGE_SIZE of i386 (arch/x86/include/asm/page_32_types.h). */
const MOST = 512 * 2 ** 20;

/**
 * Finds the packed kernel in a bzImage; null where its header does not say where that is (before
 * boot protocol 2.08). Nothing is unpacked; a size that cannot be is refused here.
 *
 * The last four bytes are the unpacked size for every method: gzip's format has it there (RFC 1952,
 * ISIZE), for the others the build appends it (scripts/Makefile.lib, size_append). It counts in
 * init_size, since the decompressor unpacks in place (arch/x86/boot/header.S).
 * @throws LoadError if the image is no bzImage, the payload lies outside of it, is packed by a
 * method that nobody knows, or would be larger than the memory that the kernel says it takes
 */
export function findKernelPayload(image: Uint8Array): KernelPayload | null {
  const { kernel, payload, workStart, workEnd } = parseBzImage(image);
  if (payload === null) return null;
  const { offset, size: length } = payload;
  if (offset + length > kernel.length)
    throw new LoadError(
      'bzImage', 0x24c,
      'the header is damaged, or the file cut: ' +
        `the packed kernel, ${length} bytes at ${offset}, ends behind the kernel's ${kernel.length} bytes`,
    );
  if (length < 8) throw new LoadError('bzImage', 0x24c, `a packed kernel of ${length} bytes`);
  const bytes = kernel.subarray(offset, offset + length);
  const method = MAGICS.find(([, magic]) => magic.every((b, i) => bytes[i] === b))?.[0];
  const at = kernel.byteOffset - image.byteOffset + offset;
  if (method === undefined) {
    const first = [...bytes.subarray(0, 4)].map((b) => b.toString(16).padStart(2, '0')).join(' ');
    throw new LoadError('bzImage', at, `the kernel is packed by an unknown method (it begins with ${first})`);
  }
  if (method === 'none') return { method, bytes, size: length };
  const size = new DataView(bytes.buffer, bytes.byteOffset).getUint32(length - 4, true);
  const most = workEnd > workStart ? Math.min(workEnd - workStart, MOST) : MOST;
  if (size < LEAST || size > most)
    throw new LoadError(
      'bzImage', at + length - 4,
      'the header or what is packed is damaged: the kernel would have ' +
        `${size} bytes unpacked, and that is ${size < LEAST ? 'no kernel' : `above its ${most}`}`,
    );
  return { method, bytes: method === 'gzip' ? bytes : bytes.subarray(0, length - 4), size };
}
