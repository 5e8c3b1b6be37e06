import type { AddressSpace } from '../../mem/address-space.ts';
import { Ram } from '../../mem/ram.ts';
import type { MemoryRange } from '../loader/plan.ts';

/**
 * The memory map that a BIOS would report, read from the board's own map: RAM is usable, apart from
 * the extended BIOS data area (1 KiB below 640 KiB) and the BIOS area 0xF0000..0xFFFFF, which are
 * reserved.
 */
export function e820(memory: AddressSpace): MemoryRange[] {
  const entries: MemoryRange[] = [];
  // Memory of PCI functions stands below system RAM (`PciFunction.attach`) and is no system RAM.
  const regions = memory.mapped
    .filter((r) => r.enabled && r.target instanceof Ram && !r.target.readOnly && r.priority >= 0)
    .sort((a, b) => a.base - b.base);
  for (const r of regions) {
    const end = r.base + r.size;
    if (r.base === 0) {
      entries.push({ base: 0, size: 0x9fc00, type: 1 }, { base: 0x9fc00, size: 0x400, type: 2 });
    } else if (end <= 0x100000) {
      if (end > 0xf0000) entries.push({ base: 0xf0000, size: 0x10000, type: 2 });
    } else {
      entries.push({ base: r.base, size: r.size, type: 1 });
    }
  }
  return entries;
}
