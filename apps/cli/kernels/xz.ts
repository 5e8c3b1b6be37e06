import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { DamagedKernelError, NoDecoderError } from './errors.ts';

/** What is used of liblzma (its API's container.h) as node-liblzma compiles it to WebAssembly. */
interface Liblzma {
  /** Anew after each growth of its memory. */
  readonly HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
  _lzma_stream_buffer_decode(
    memoryLimit: number, flags: number, allocator: number, input: number, inputAt: number, inputSize: number,
    output: number, outputAt: number, outputSize: number,
  ): number;
}

/** lzma_ret, liblzma's base.h. */
const OK = 0, MEMORY = 5, MEMORY_LIMIT = 6, FORMAT = 7, OPTIONS = 8, DATA = 9, BUFFER = 10;
/** The kernel's build packs with a dictionary of 32 or 128 MiB (scripts/xz_wrap.sh). */
const MEMORY_MOST = 200 * 2 ** 20;

const FACTORY = 'node-liblzma/wasm/liblzma.js', BINARY = 'node-liblzma/wasm/liblzma.wasm';

/** The package is optional: neither the compiler nor Node looks for it before it is needed. */
async function liblzma(): Promise<Liblzma> {
  try {
    const { default: create } = await import(FACTORY) as { default: (given: object) => Promise<Liblzma> };
    return await create({ wasmBinary: readFileSync(createRequire(import.meta.url).resolve(BINARY)) });
  } catch {
    throw new NoDecoderError('it is packed by xz, and the package node-liblzma, which unpacks that, is not installed');
  }
}

/**
 * Decodes an xz file with any of its filters (a kernel has that for x86 jumps) and checksums into a
 * room of `size` bytes. The decoder's memory is its own and goes with it.
 * @param size bytes that it must have unpacked
 * @throws NoDecoderError, DamagedKernelError
 */
export async function decodeXz(packed: Uint8Array, size: number): Promise<Uint8Array> {
  const lzma = await liblzma();
  const { _malloc: allocate, _lzma_stream_buffer_decode: decode } = lzma;
  // Four words: the limit of memory (64 bits), and how far input and output are.
  const words = allocate(16), input = allocate(packed.length), output = allocate(size);
  if (words === 0 || input === 0 || output === 0) throw new NoDecoderError('it is too large for the decoder of xz');
  const state = (): DataView => new DataView(lzma.HEAPU8.buffer, words, 16);
  state().setBigUint64(0, BigInt(MEMORY_MOST), true);
  state().setBigUint64(8, 0n, true);
  lzma.HEAPU8.set(packed, input);
  const status = decode(words, 0, 0, input, words + 8, packed.length, output, words + 12, size);
  const taken = state().getUint32(8, true), made = state().getUint32(12, true);
  switch (status) {
    case OK: break;
    case MEMORY: case MEMORY_LIMIT: throw new NoDecoderError('the decoder of xz lacks the memory for it');
    case OPTIONS: throw new NoDecoderError('it is packed with a filter that the decoder of xz does not have');
    case FORMAT: throw new DamagedKernelError('it is no xz file');
    case DATA: throw new DamagedKernelError('its bytes or their checksum are wrong, or some are missing');
    case BUFFER: throw new DamagedKernelError(`it has more than the ${size} bytes that it says`);
    default: throw new DamagedKernelError(`liblzma's error ${status}`);
  }
  if (made < size) throw new DamagedKernelError(`it has ${made} bytes and says ${size}`);
  if (taken < packed.length) throw new DamagedKernelError(`${packed.length - taken} bytes follow its end`);
  return lzma.HEAPU8.slice(output, output + size);
}
