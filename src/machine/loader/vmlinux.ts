import type { BzImage } from './bzimage.ts';
import { parseElf32, type Elf32 } from './elf32.ts';
import { LoadError } from './load-error.ts';
import type { LoadSegment } from './plan.ts';

/** A kernel's own ELF file, ready to be placed. */
export interface VmlinuxPlan {
  readonly segments: readonly LoadSegment[];
  /** Physical address. */
  readonly entry: number;
  /** Behind the last segment. */
  readonly end: number;
}

const hex = (value: number): string => `0x${value.toString(16)}`;

/**
 * Reads the ELF file that a bzImage has packed; its e_entry is a physical address
 * (arch/x86/kernel/vmlinux.lds.S, phys_startup_32).
 * @throws LoadError if it is no sound ELF32 file for IA-32
 */
export function parseVmlinux(vmlinux: Uint8Array): Elf32 {
  try {
    return parseElf32(vmlinux, { entryIs: 'physical' });
  } catch (error) {
    if (error instanceof LoadError) throw new LoadError('vmlinux', -1, error.message);
    throw error;
  }
}

/**
 * Why a kernel cannot be entered without its decompressor, or '': that is so where the decompressor
 * would put it elsewhere than it was linked for, which takes its table of relocations
 * (arch/x86/boot/compressed/misc.c, handle_relocations).
 * @param commandLine whose word `kaslr` asks for an address by chance
 */
export function obstacleToEntry(kernel: BzImage, vmlinux: Elf32, commandLine: string): string {
  if (/(^|\s)kaslr(\s|$)/.test(commandLine))
    return 'its command line asks for an address by chance (kaslr)';
  const linked = Math.min(...vmlinux.segments.map((s) => s.address));
  if (kernel.relocatable && linked !== kernel.workStart)
    return `it was linked for ${hex(linked)}, and its decompressor would move it to ${hex(kernel.workStart)}`;
  return '';
}

/**
 * What the decompressor leaves for the kernel proper, at the same addresses: the bytes of the
 * PT_LOAD segments (misc.c, parse_elf). The kernel clears its own BSS (arch/x86/kernel/head_32.S).
 * @throws LoadError if there is an obstacle, or a segment lies outside of the memory that the
 * header says the kernel works in
 */
export function planVmlinux(kernel: BzImage, image: Uint8Array, commandLine: string): VmlinuxPlan {
  const elf = parseVmlinux(image);
  const obstacle = obstacleToEntry(kernel, elf, commandLine);
  if (obstacle !== '') throw new LoadError('vmlinux', -1, `the kernel cannot be entered directly: ${obstacle}`);
  const told = kernel.workEnd > kernel.workStart;
  const segments = elf.segments.map(({ address, bytes, memorySize }, i) => {
    if (told && (address < kernel.workStart || address + memorySize > kernel.workEnd))
      throw new LoadError(
        'vmlinux', -1,
        `segment ${i}, ${hex(address)}-${hex(address + memorySize)}, lies outside of the kernel's memory, ` +
          `${hex(kernel.workStart)}-${hex(kernel.workEnd)}`,
      );
    return { name: `kernel segment ${i}`, address, bytes, zeroBytes: memorySize - bytes.length };
  });
  return { segments, entry: elf.entry, end: Math.max(...elf.segments.map((s) => s.address + s.memorySize)) };
}
