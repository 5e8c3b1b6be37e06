import * as zlib from 'node:zlib';
import type { KernelPayload } from '../../../src/machine/loader/kernel-payload.ts';
import { DamagedKernelError, NoDecoderError } from './errors.ts';
import { decodeXz } from './xz.ts';

type Unzip = (
  packed: Uint8Array, options: { maxOutputLength: number }, done: (error: Error | null, bytes: Uint8Array) => void,
) => void;

/**
 * Unpacks a kernel: never more than its size says, and what is less is refused.
 * @throws NoDecoderError if its method has no decoder here
 * @throws DamagedKernelError
 */
export async function unpackKernel({ method, bytes, size }: KernelPayload): Promise<Uint8Array> {
  switch (method) {
    case 'none': return bytes;
    case 'xz': return decodeXz(bytes, size);
    case 'gzip': return unzip(zlib.gunzip as Unzip, bytes, size);
    case 'zstd': {
      // Node has it from 22.15 on; the types are those of the oldest Node that is supported.
      const { zstdDecompress } = zlib as { zstdDecompress?: Unzip };
      if (zstdDecompress === undefined)
        throw new NoDecoderError('it is packed by zstd, which Node unpacks from 22.15 on');
      return unzip(zstdDecompress, bytes, size);
    }
    default: throw new NoDecoderError(`it is packed by ${method}, for which there is no decoder here`);
  }
}

async function unzip(decode: Unzip, packed: Uint8Array, size: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    decode(packed, { maxOutputLength: size }, (error, bytes) => {
      if (error !== null) reject(new DamagedKernelError(reasonOf(error, size)));
      else if (bytes.length < size) reject(new DamagedKernelError(`it has ${bytes.length} bytes and says ${size}`));
      else resolve(bytes);
    });
  });
}

function reasonOf(error: Error, size: number): string {
  if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
    return `it has more than the ${size} bytes that it says`;
  return error.message;
}
