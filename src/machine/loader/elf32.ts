import { LoadError } from './load-error.ts';

/**
 * One PT_LOAD segment. `bytes` is a view of the image; `memorySize - bytes.length` zero bytes
 * follow it.
 */
export interface Elf32Segment {
  /** Physical address (p_paddr). */
  readonly address: number;
  readonly virtualAddress: number;
  readonly bytes: Uint8Array;
  readonly memorySize: number;
  /** PF_X 1, PF_W 2, PF_R 4. */
  readonly flags: number;
}

/** A little-endian ELF32 executable. */
export interface Elf32 {
  /** e_machine: 3 is the 80386. */
  readonly machine: number;
  /** Entry as a physical address. */
  readonly entry: number;
  /** In the order of the program headers; none is empty, none overlap. */
  readonly segments: readonly Elf32Segment[];
}

/** e_machine of IA-32. */
export const EM_386 = 3;

/** e_machine in words (System V ABI, machine registry). */
const MACHINES: Readonly<Record<number, string>> = {
  2: 'SPARC', 3: 'IA-32', 4: 'the 68000', 8: 'MIPS', 20: 'PowerPC', 40: 'Arm', 62: 'x86-64', 183: 'AArch64',
  243: 'RISC-V',
};

function machineName(machine: number): string {
  return MACHINES[machine] ?? `machine ${machine}`;
}

const HEADER_SIZE = 52;
const PROGRAM_HEADER_SIZE = 32;
const ET_EXEC = 2;
const PT_LOAD = 1;
/** More program headers than any linker makes; bounds the overlap check on a hostile file. */
const MAX_SEGMENTS = 256;

/**
 * Refuses an image that does not begin with the header of a little-endian ELF32 file; returns a
 * view of it.
 */
export function elf32View(image: Uint8Array): DataView {
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  if (image.length < HEADER_SIZE)
    throw new LoadError('ELF', 0, `${image.length} bytes are less than a header's ${HEADER_SIZE}`);
  if (view.getUint32(0) !== 0x7f454c46) throw new LoadError('ELF', 0, 'no ELF magic');
  if (image[4] !== 1) {
    const what = image[4] === 2 ? ` (64 bit) for ${machineName(view.getUint16(18, true))}` : '';
    throw new LoadError('ELF', 4, `class ${image[4]}${what}, wanted 1 (32 bit)`);
  }
  if (image[5] !== 1) throw new LoadError('ELF', 5, `data encoding ${image[5]}, wanted 1 (little-endian)`);
  if (image[6] !== 1) throw new LoadError('ELF', 6, `version ${image[6]}, wanted 1`);
  return view;
}

/**
 * Reads header and program headers (System V ABI, chapters 4 and 5). Sections are not looked at.
 * @param machine the e_machine to accept
 * @param entryIs what e_entry is: a virtual address, or a physical one, as in Linux/i386
 * @throws LoadError for anything that is not a sound executable of that machine
 */
export function parseElf32(
  image: Uint8Array,
  { machine = EM_386, entryIs = 'virtual' }: { machine?: number; entryIs?: 'virtual' | 'physical' } = {},
): Elf32 {
  const view = elf32View(image);
  const type = view.getUint16(16, true);
  if (type !== ET_EXEC) throw new LoadError('ELF', 16, `type ${type}, wanted 2 (executable)`);
  const fileMachine = view.getUint16(18, true);
  if (fileMachine !== machine)
    throw new LoadError('ELF', 18, `it is for ${machineName(fileMachine)}, wanted ${machineName(machine)}`);
  const entryPoint = view.getUint32(24, true);
  const table = view.getUint32(28, true);
  const entrySize = view.getUint16(42, true);
  const count = view.getUint16(44, true);
  if (count === 0) throw new LoadError('ELF', 44, 'no program headers');
  if (count > MAX_SEGMENTS) throw new LoadError('ELF', 44, `${count} program headers, the limit is ${MAX_SEGMENTS}`);
  if (entrySize !== PROGRAM_HEADER_SIZE)
    throw new LoadError('ELF', 42, `program header size ${entrySize}, wanted ${PROGRAM_HEADER_SIZE}`);
  if (table + count * PROGRAM_HEADER_SIZE > image.length)
    throw new LoadError('ELF', 28, `the program header table at 0x${table.toString(16)} ends behind the file's end`);

  const segments: Elf32Segment[] = [];
  let entry = -1;
  for (let i = 0; i < count; i++) {
    const at = table + i * PROGRAM_HEADER_SIZE;
    if (view.getUint32(at, true) !== PT_LOAD) continue;
    const segment = loadSegment(image, view, at);
    if (segment.memorySize === 0) continue;
    for (const other of segments) {
      if (segment.address < other.address + other.memorySize && other.address < segment.address + segment.memorySize) {
        throw new LoadError('ELF', at, `segment ${i} overlaps the one at 0x${other.address.toString(16)}`);
      }
    }
    segments.push(segment);
    const within = entryPoint - (entryIs === 'virtual' ? segment.virtualAddress : segment.address);
    if (within >= 0 && within < segment.memorySize) entry = segment.address + within;
  }
  if (segments.length === 0) throw new LoadError('ELF', table, 'no segment to load');
  if (entry < 0) throw new LoadError('ELF', 24, `the entry 0x${entryPoint.toString(16)} lies in no loaded segment`);
  return { machine: fileMachine, entry, segments };
}

function loadSegment(image: Uint8Array, view: DataView, at: number): Elf32Segment {
  const offset = view.getUint32(at + 4, true);
  const virtualAddress = view.getUint32(at + 8, true);
  const address = view.getUint32(at + 12, true);
  const fileSize = view.getUint32(at + 16, true);
  const memorySize = view.getUint32(at + 20, true);
  const flags = view.getUint32(at + 24, true);
  if (fileSize > memorySize)
    throw new LoadError(
      'ELF',
      at + 16,
      `file size 0x${fileSize.toString(16)} is more than memory size 0x${memorySize.toString(16)}`,
    );
  // Sums of two 32-bit numbers are exact in a double, so nothing wraps here.
  if (offset + fileSize > image.length)
    throw new LoadError(
      'ELF',
      at + 4,
      `the segment's 0x${fileSize.toString(16)} bytes at 0x${offset.toString(16)} end behind the file's end`,
    );
  if (address + memorySize > 2 ** 32)
    throw new LoadError(
      'ELF',
      at + 12,
      `0x${memorySize.toString(16)} bytes at 0x${address.toString(16)} end above 4 GiB`,
    );
  if (virtualAddress + memorySize > 2 ** 32)
    throw new LoadError(
      'ELF',
      at + 8,
      `0x${memorySize.toString(16)} bytes at virtual 0x${virtualAddress.toString(16)} end above 4 GiB`,
    );
  return { address, virtualAddress, bytes: image.subarray(offset, offset + fileSize), memorySize, flags };
}
