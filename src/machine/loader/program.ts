import { parseElf32 } from './elf32.ts';
import { LoadError } from './load-error.ts';
import { findMultiboot, MULTIBOOT_BOOTED, multibootInformation } from './multiboot.ts';
import { checkPlacement, flatDescriptors, type LoadPlan, type LoadSegment, type MemoryRange } from './plan.ts';

/** Where the plan puts descriptor table, stack and multiboot information. */
export const PROGRAM_GDT_ADDRESS = 0x1000;
export const PROGRAM_STACK_TOP = 0x9000;
export const PROGRAM_INFORMATION_ADDRESS = 0x9000;
const INFORMATION_LIMIT = 0x4000;

/** Whether an image is an ELF file or has a multiboot header: a program, and no Linux kernel. */
export function isProgram(image: Uint8Array): boolean {
  if (image.length >= 4 && [0x7f, 0x45, 0x4c, 0x46].every((b, i) => image[i] === b)) return true;
  try {
    return findMultiboot(image) !== null;
  } catch {
    return true;
  }
}

/**
 * Makes the plan to start a user's bare-metal program: an ELF32 executable at its physical
 * addresses, or an image with the addresses in its multiboot header. Entered in flat 32-bit
 * protected mode, paging and interrupts off, with a small stack below 9000h; with a multiboot
 * header EAX and EBX are as that specification says, else 0.
 * @throws LoadError if the image is bad or does not fit into the map's RAM
 */
export function planProgram(
  image: Uint8Array, boot: { readonly memoryMap: readonly MemoryRange[]; readonly commandLine: string },
): LoadPlan {
  const multiboot = findMultiboot(image);
  const gdt = flatDescriptors(PROGRAM_GDT_ADDRESS);
  const segments: LoadSegment[] = [
    { name: 'descriptor table', address: PROGRAM_GDT_ADDRESS, bytes: gdt.bytes, zeroBytes: 0 },
  ];
  let entry: number;
  if (multiboot !== null && multiboot.addresses !== null) {
    segments.push(multiboot.addresses.segment);
    entry = multiboot.addresses.entry;
  } else {
    const elf = parseElf32(image);
    entry = elf.entry;
    elf.segments.forEach((s, i) => {
      const zeroBytes = s.memorySize - s.bytes.length;
      segments.push({ name: `segment ${i}`, address: s.address, bytes: s.bytes, zeroBytes });
    });
  }
  if (multiboot !== null) {
    const bytes = multibootInformation(PROGRAM_INFORMATION_ADDRESS, printable(boot.commandLine), boot.memoryMap);
    if (bytes.length > INFORMATION_LIMIT)
      throw new LoadError('command line', -1, `${boot.commandLine.length} characters are more than fit`);
    segments.push({ name: 'multiboot information', address: PROGRAM_INFORMATION_ADDRESS, bytes, zeroBytes: 0 });
  }
  checkPlacement('program', segments, boot.memoryMap);
  return {
    segments, entry, gdt,
    registers: {
      eax: multiboot === null ? 0 : MULTIBOOT_BOOTED, ebx: multiboot === null ? 0 : PROGRAM_INFORMATION_ADDRESS,
      ecx: 0, edx: 0, esi: 0, edi: 0, ebp: 0, esp: PROGRAM_STACK_TOP,
    },
  };
}

function printable(text: string): string {
  const at = [...text].findIndex((c) => c < ' ' || c > '~');
  if (at >= 0) throw new LoadError('command line', at, 'a character is not printable ASCII');
  return text;
}
