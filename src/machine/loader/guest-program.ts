import { parseElf32 } from './elf32.ts';
import { LoadError } from './load-error.ts';
import type { LoadPlan, LoadSegment, MemoryRange } from './plan.ts';
import { checkPlacement, flatDescriptors } from './plan.ts';

/** EAX at a guest's entry; EBX is the block's address. */
export const BOOT_MAGIC = 0x4e42_0001;
/** Where the plan puts descriptor table, stack and parameter block. */
export const GUEST_GDT_ADDRESS = 0x1000;
export const GUEST_STACK_TOP = 0x9000;
export const GUEST_BLOCK_ADDRESS = 0x9000;
const BLOCK_LIMIT = 0x1000;

/**
 * Makes the plan to start one of our guest programs: ELF32 segments at their physical addresses,
 * parameter block at GUEST_BLOCK_ADDRESS, flat segments, EAX = BOOT_MAGIC, EBX = the block's
 * address.
 * @param block the program's parameter block, as the guest shall find it
 * @throws LoadError if the image is bad, does not fit into the map's RAM, or covers the block
 */
export function planGuest(image: Uint8Array, block: Uint8Array, memoryMap: readonly MemoryRange[]): LoadPlan {
  const elf = parseElf32(image);
  if (block.length > BLOCK_LIMIT)
    throw new LoadError('parameter block', -1, `${block.length} bytes, the limit is ${BLOCK_LIMIT}`);
  const gdt = flatDescriptors(GUEST_GDT_ADDRESS);
  const segments: LoadSegment[] = [
    { name: 'descriptor table', address: GUEST_GDT_ADDRESS, bytes: gdt.bytes, zeroBytes: 0 },
    { name: 'parameter block', address: GUEST_BLOCK_ADDRESS, bytes: block, zeroBytes: 0 },
  ];
  elf.segments.forEach((s, i) => {
    segments.push({
      name: `segment ${i}`,
      address: s.address, bytes: s.bytes,
      zeroBytes: s.memorySize - s.bytes.length,
    });
  });
  checkPlacement('ELF', segments, memoryMap);
  return {
    segments, entry: elf.entry, gdt,
    registers: {
      eax: BOOT_MAGIC, ebx: GUEST_BLOCK_ADDRESS, ecx: 0, edx: 0, esi: 0, edi: 0, ebp: 0, esp: GUEST_STACK_TOP,
    },
  };
}
