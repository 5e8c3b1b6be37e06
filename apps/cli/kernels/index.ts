export { obstacle, unpackedInCache, unpackedKernel, type Unpacked } from './direct-entry.ts';
export { DamagedKernelError, NoDecoderError } from './errors.ts';
export { isKept, readKept } from './kept-vmlinux.ts';
export { makeFolder } from './make-folder.ts';
